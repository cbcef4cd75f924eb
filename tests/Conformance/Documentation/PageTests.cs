using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Every page can be reached from README.</summary>
public class PageTests
{
    private static readonly string[] Doors = ["docs/my-network.md", "docs/the-paper.md", "docs/my-implementation.md", "docs/csharp.md", "docs/how-it-works.md"];

    [Fact]
    public void README_links_the_main_pages_on_its_first_screen()
    {
        var firstScreen = string.Join('\n', Repository.Text("README.md").Split('\n').Take(20));
        foreach (var door in Doors)
        {
            firstScreen.Should().Contain($"]({door})");
        }
    }

    [Fact]
    public void Every_page_is_reached_by_links_from_README()
    {
        var reached = new HashSet<string> { "README.md" };
        var open = new Queue<string>(reached);
        while (open.TryDequeue(out var page))
        {
            foreach (var target in LinkTests.PagesLinkedFrom(page).Where(reached.Add))
            {
                open.Enqueue(target);
            }
        }

        Repository.Documents.Should().BeSubsetOf(reached, "a page that nothing links is found by nobody: link it from one of {0}", string.Join(", ", Doors));
    }
}
