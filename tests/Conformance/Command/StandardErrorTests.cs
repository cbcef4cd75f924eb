using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Standard error may be closed, or a log on a full disk: then messages are lost, and nothing else.</summary>
public sealed class StandardErrorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [UnixTheory]
    [InlineData("2>/dev/full", 2, "diagnose", "nosuch.npz")]
    [InlineData("2>&-", 2, "diagnose", "nosuch.npz")]
    [InlineData("2>/dev/full", 2, "bogus")]
    [InlineData("2>&-", 2, "claims", "X")]
    public void A_refusal_that_cannot_be_said_still_has_its_exit_status(string redirection, int expected, params string[] arguments) =>
        Run(redirection, arguments).Should().Be(expected);

    [UnixFact]
    public void A_warning_that_cannot_be_said_leaves_a_finished_run_finished()
    {
        var path = Path.Combine(_folder, "result.npz");
        string[] sizes = ["--total-depth", "4", "--kernel-size", "1", "--num-channels", "4", "--batch-size", "4", "--num-sims", "2"];

        Run("2>/dev/full", ["run", "--architecture", "bn_ff", "--epsilon", "1e308", .. sizes, "--out", path]).Should().Be(0);

        Directory.GetFiles(_folder).Should().Equal(path);
        ResultFile.Read(path).Simulations.Should().Be(2);
    }

    private static int Run(string redirection, string[] arguments) =>
        CommandLine
            .Run("bash", ["-c", $"exec dotnet \"$0\" \"$@\" {redirection}", Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll"), .. arguments])
            .ExitStatus;
}
