using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What lies where a journal or a lock belongs is neither removed nor written unless it is recognisably ours, and never through a link.</summary>
public sealed class OwnFilesTests : IDisposable
{
    private const string Precious = "somebody's notes";

    private readonly Campaign _campaign = new();

    public OwnFilesTests() => File.WriteAllText(_campaign["victim"], Precious);

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var ending in new[] { ".journal", ".lock" })
            {
                foreach (var kind in new[] { "file", "link", "dangling link", "hard link", "pipe", "folder" })
                {
                    foreach (var flag in new[] { "", "--resume", "--overwrite" })
                    {
                        cases.Add(ending, kind, flag);
                    }
                }
            }

            return cases;
        }
    }

    public void Dispose() => _campaign.Dispose();

    [UnixTheory]
    [MemberData(nameof(Cases))]
    public void A_foreign_file_where_a_journal_or_a_lock_belongs_is_refused_and_stays(string ending, string kind, string flag)
    {
        var place = _campaign[$"x.npz{ending}"];
        switch (kind)
        {
            case "file":
                File.WriteAllText(place, "a few");
                break;
            case "link":
                File.CreateSymbolicLink(place, "victim");
                break;
            case "dangling link":
                File.CreateSymbolicLink(place, "nowhere");
                break;
            case "hard link":
                CommandLine.Run("ln", [_campaign["victim"], place]).ExitStatus.Should().Be(0);
                break;
            case "pipe":
                CommandLine.Run("mkfifo", [place]).ExitStatus.Should().Be(0);
                break;
            default:
                Directory.CreateDirectory(place);
                break;
        }

        var outcome = CommandLine.Run(_campaign.Arguments("x.npz", simulations: 1, more: flag.Length == 0 ? [] : [flag]));

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().StartWith($"wellbehaved: {place}: expected nothing or a ").And.NotContain("\n");
        CommandLine.Run("test", ["-e", place, "-o", "-L", place]).ExitStatus.Should().Be(0, "it is still there");
        File.ReadAllText(_campaign["victim"]).Should().Be(Precious);
        File.Exists(_campaign["nowhere"]).Should().BeFalse();
    }

    [Fact]
    public void An_empty_lock_that_a_killed_process_left_is_taken_over()
    {
        File.WriteAllText(_campaign["x.npz.lock"], "");

        CommandLine.Run(_campaign.Arguments("x.npz", simulations: 1)).ExitStatus.Should().Be(0);

        _campaign.Files.Should().Equal("victim", "x.npz");
    }

    [Theory]
    [InlineData("WBONNX1\n")]
    [InlineData("WBTRAIN1")]
    [InlineData("WBJRNL1\n")]
    public void A_journal_of_another_command_is_ours_and_may_be_replaced(string name)
    {
        File.WriteAllText(_campaign["x.npz.journal"], name + "and more");

        CommandLine.Run(_campaign.Arguments("x.npz", simulations: 1, more: ["--overwrite"])).ExitStatus.Should().Be(0);

        _campaign.Files.Should().Equal("victim", "x.npz");
    }
}
