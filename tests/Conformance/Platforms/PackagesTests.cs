using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The packages that <c>.ci/run</c> installs: skipped tests are reported, and a missing package fails the run in CI.</summary>
public sealed class PackagesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    /// <summary>A system of which everything is missing but the programs that install: each test says how these fare.</summary>
    public PackagesTests()
    {
        Tool("apt-get", "echo \"$@\" >> \"$ROOT/asked\"");
        Tool("apt-cache", "exit 0");
        Tool("fc-list", "exit 1");
        Tool("id", "echo 0");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [UnixFact]
    public void If_all_packages_are_present_the_script_installs_and_prints_nothing()
    {
        Tool("fc-list", "echo DejaVu");
        Directory.CreateDirectory(Path.Combine(_root, "usr", "share", "datasets", "fashion-mnist"));
        Directory.CreateDirectory(Path.Combine(_root, "usr", "share", "libonnx-testdata"));
        foreach (var program in new[] { "python3", "google-chrome" })
        {
            Program(Path.Combine(_root, "usr", "bin"), program, "exit 0");
        }

        Install(ci: "true").Should().Be(new CommandLine.Outcome(0, "", ""));
        File.Exists(Path.Combine(_root, "asked")).Should().BeFalse();
    }

    [UnixTheory]
    [InlineData("true")]
    [InlineData("")]
    public void A_package_missing_from_the_distribution_prints_a_line_and_the_others_are_installed(string ci)
    {
        Tool("apt-cache", "[ \"$2\" != chromium ]");

        var outcome = Install(ci);

        outcome.ExitStatus.Should().Be(0);
        outcome.Output.Should().Contain("this distribution has no package chromium: tests that need it are skipped");
        File.ReadAllText(Path.Combine(_root, "asked"))
            .Should()
            .Contain("install -y -qq python3-numpy")
            .And.Contain("install -y -qq dataset-fashion-mnist")
            .And.NotContain("chromium");
    }

    [UnixFact]
    public void An_installed_package_without_the_expected_program_prints_a_line() =>
        Install(ci: "true").Output.Should().Contain("package chromium is installed and brought not what tests need: they are skipped");

    [UnixTheory]
    [InlineData("[ \"$1\" != update ]", "apt-get update failed")]
    [InlineData("[ \"$4\" != chromium ]", "apt-get failed to install chromium")]
    public void A_failing_apt_get_fails_the_script_in_CI_and_prints_a_line_elsewhere(string aptGet, string words)
    {
        Tool("apt-get", aptGet);

        var read = Install(ci: "");
        (read.ExitStatus, read.Output)
            .Should()
            .Match<(int Status, string Text)>(outcome => outcome.Status == 0 && outcome.Text.Contains(words, StringComparison.Ordinal));
        var unread = Install(ci: "true");
        unread.ExitStatus.Should().Be(1);
        unread.Error.Should().Contain(words);
    }

    [UnixFact]
    public void The_lines_about_missing_packages_are_printed_at_the_end_of_the_run()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, ".ci", "run")).Where(line => line.Length > 0 && !line.StartsWith('#')).ToArray();

        lines.Should().Contain("not_here=$(bash .ci/packages)");
        lines[^3..].Should().Equal("[ -z \"$not_here\" ] || echo \"$not_here\"", "bash .ci/summary \"$results\" || status=1", "exit \"$status\"");
    }

    private CommandLine.Outcome Install(string ci) =>
        CommandLine.Run(
            "env",
            [$"PATH={Path.Combine(_root, "tools")}:/usr/bin:/bin", $"ROOT={_root}", $"CI={ci}", "bash", Path.Combine(Repository.Root, ".ci", "packages"), _root]
        );

    private void Tool(string name, string script) => Program(Path.Combine(_root, "tools"), name, script);

    private static void Program(string folder, string name, string script)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
