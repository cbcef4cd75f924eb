using System.Text.RegularExpressions;
using FluentAssertions;
using Wellbehaved.Cli;
using Wellbehaved.Figures;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The gallery shows every network of data/networks as it is today.</summary>
public sealed class GalleryTests : IDisposable
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "gallery");
    private static readonly string Text = File.ReadAllText(Path.Combine(Folder, Gallery.Page)).ReplaceLineEndings("\n");
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    /// <summary>On every push one that takes seconds, all of them at night.</summary>
    public static TheoryData<string> Again => [.. Breadth.Choose(["silu_ff"], Gallery.Names)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_gallery_has_one_section_and_two_pictures_for_each_network()
    {
        Regex.Matches(Text, "^## (.*)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value).Should().Equal(Gallery.Names);
        Directory
            .EnumerateFiles(Folder)
            .Select(path => Path.GetFileName(path))
            .Should()
            .BeEquivalentTo(Gallery.Names.SelectMany(name => new[] { $"{name}.svg", $"{name}_layers.svg" }).Append(Gallery.Page));
        foreach (var name in Gallery.Names)
        {
            var section = Gallery.SectionOn(Text, name)!;
            section
                .Should()
                .Contain(NetworkSource.Recipe(name).Template.Description, "the description is that of the file")
                .And.MatchRegex(@"(?m)^\*\*(Well-behaved|Pathological|Undecided)")
                .And.Contain("Theory: ");
        }
    }

    [Fact]
    public void The_gallery_shows_the_layers_of_the_network_files()
    {
        foreach (var name in Gallery.Names)
        {
            var words = Regex.Match(Gallery.SectionOn(Text, name)!, $"`wellbehaved diagnose {name} ([^`]*)`").Groups[1].Value.Split(' ');
            int? Size(string option) =>
                Array.IndexOf(words, option) is >= 0 and var at ? int.Parse(words[at + 1], System.Globalization.CultureInfo.InvariantCulture) : null;
            var template = NetworkSource.Recipe(name).Template;
            var network = template.With(template.Input is null ? new Shape(32, 32, 3) : null, Size("--num-channels"), Size("--total-depth"));

            File.ReadAllText(Path.Combine(Folder, $"{name}_layers.svg"))
                .ReplaceLineEndings("\n")
                .Should()
                .Be(
                    System.Text.Encoding.UTF8.GetString(FigureRenderer.Draw(new NetworkDrawing(network), ".svg")),
                    "bench -- gallery docs/gallery draws it anew"
                );
        }
    }

    [Theory]
    [MemberData(nameof(Again))]
    public void A_network_that_is_run_again_gives_the_section_of_the_gallery(string name)
    {
        var section = Gallery.Entry(name, _folder).TrimEnd() + "\n";

        section.Should().Be(Gallery.SectionOn(Text, name), "bench -- gallery docs/gallery makes the page anew");
        Gallery
            .Difference(File.ReadAllText(Path.Combine(Folder, $"{name}.svg")).ReplaceLineEndings("\n"), File.ReadAllText(Path.Combine(_folder, $"{name}.svg")))
            .Should()
            .BeNull();
    }

    [Theory]
    [InlineData("<path d=\"M1 2.5\"/>", "<path d=\"M1 2.6\"/>", true)]
    [InlineData("<path d=\"M1 2.5\"/>", "<path d=\"M1 3.5\"/>", false)]
    [InlineData("<path d=\"M1 2.5\"/>", "<path d=\"M1\"/>", false)]
    [InlineData("well-behaved", "pathological", false)]
    public void Pictures_are_the_same_up_to_the_rounding_of_coordinates(string one, string other, bool areSame) =>
        (Gallery.Difference(one, other) is null).Should().Be(areSame);

    [ChromiumTheory]
    [InlineData(1280, false)]
    [InlineData(390, true)]
    public void All_text_of_every_gallery_picture_is_readable(int width, bool dark)
    {
        var pictures = Gallery
            .Names.SelectMany(name => new[] { $"{name}.svg", $"{name}_layers.svg" })
            .Select(
                (file, i) =>
                    $"<p>{File.ReadAllText(Path.Combine(Folder, file)).Replace("\"figure", $"\"figure{i}").Replace("#figure", $"#figure{i}").Replace(" figure-words", $" figure{i}-words")}</p>"
            );

        var reading = Chromium.Read(
            "<!DOCTYPE html><html lang=\"en\"><style>body { margin: 16px; } svg { max-width: 100%; height: auto; "
                + $"}}</style><body>{string.Concat(pictures)}</body></html>",
            width,
            dark,
            _folder
        );

        (reading.Width, reading.IsDark).Should().Be((width, dark));
        reading.Texts.Should().BeGreaterThan(500);
        string.Join("\n", reading.Faults).Should().BeEmpty();
    }
}
