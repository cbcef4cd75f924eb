using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The script by which CI compares the checksums of its platforms.</summary>
public sealed class SameBitsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [UnixFact]
    public void Equal_checksums_of_all_platforms_pass()
    {
        var outcome = Compare(("linux-x64", _ => "a"), ("linux-arm64", _ => "a"), ("windows-x64", _ => "a"));
        outcome.ExitStatus.Should().Be(0, outcome.Output);
        outcome.Output.Should().Contain("0 differ").And.Contain("linux-arm64: made up");
    }

    [UnixFact]
    public void A_processor_that_differs_on_the_same_system_is_reported() =>
        Compare(("linux-x64", _ => "a"), ("linux-arm64", line => line == "products logarithms" ? "b" : "a"))
            .Should()
            .Match<CommandLine.Outcome>(outcome => outcome.ExitStatus == 1 && outcome.Output.Contains("products logarithms on linux: linux-"));

    [UnixFact]
    public void Results_of_system_libraries_may_differ_between_systems() =>
        Compare(("linux-x64", _ => "a"), ("macos-arm64", line => line.StartsWith("spectral") || line.EndsWith("logarithms") ? "b" : "a"))
            .ExitStatus.Should()
            .Be(0);

    [UnixFact]
    public void Other_results_must_not_differ_between_systems() =>
        Compare(("linux-x64", _ => "a"), ("macos-arm64", line => line == "convolutions moments" ? "b" : "a")).ExitStatus.Should().Be(1);

    [UnixFact]
    public void A_platform_with_missing_checksums_fails()
    {
        var whole = Write("linux-x64", _ => "a");
        var cut = Path.Combine(_folder, "linux-arm64.txt");
        File.WriteAllLines(cut, File.ReadLines(whole).Take(3));
        Run(whole, cut)
            .Should()
            .Match<CommandLine.Outcome>(outcome => outcome.ExitStatus == 1 && outcome.Output.Contains("linux-arm64: expected 10 checksums, got 2"));
    }

    [UnixFact]
    public void A_single_platform_is_refused() =>
        Run(Write("linux-x64", _ => "a"))
            .Should()
            .Match<CommandLine.Outcome>(outcome => outcome.ExitStatus == 2 && outcome.Error.Contains("at least two files"));

    private static CommandLine.Outcome Run(params string[] files) => CommandLine.Run("bash", [Path.Combine(Repository.Root, ".ci", "same-bits"), .. files]);

    private CommandLine.Outcome Compare(params (string Platform, Func<string, string> Sum)[] platforms) =>
        Run([.. platforms.Select(platform => Write(platform.Platform, platform.Sum))]);

    /// <summary>A file as <see cref="Checksums"/> prints it.</summary>
    private string Write(string platform, Func<string, string> sum)
    {
        var lines = Checksums.Experiments.SelectMany(experiment => new[] { $"{experiment.Name} moments", $"{experiment.Name} logarithms" });
        var path = Path.Combine(_folder, platform + ".txt");
        File.WriteAllLines(path, lines.Select(line => $"{line} {sum(line)}").Prepend("# made up"));
        return path;
    }
}
