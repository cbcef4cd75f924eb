using System.Diagnostics;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public sealed class TutorialTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [NumPyFact]
    public void The_commands_of_the_tutorial_print_what_it_shows()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "examples", "numpy"), "*.py"))
        {
            Directory.CreateDirectory(Path.Combine(_folder, "examples", "numpy"));
            File.Copy(file, Path.Combine(_folder, "examples", "numpy", Path.GetFileName(file)));
        }

        var printed = string.Empty;
        foreach (var (language, text) in Repository.Blocks("docs/tutorial.md", "sh", "text"))
        {
            if (language == "sh")
            {
                printed = Run(text);
                continue;
            }

            var lines = printed.Split('\n');
            foreach (var line in text.TrimEnd('\n').Split('\n'))
            {
                lines.Should().Contain(line, "the tutorial shows it of\n{0}", printed);
            }
        }

        foreach (var name in new[] { "bn_ff.svg", "both.png", "report/report.html" })
        {
            new FileInfo(Path.Combine(_folder, name)).Length.Should().BePositive(name);
        }
    }

    private string Run(string script)
    {
        var start = new ProcessStartInfo("bash", ["-euc", $"wellbehaved() {{ dotnet \"$WELLBEHAVED\" \"$@\"; }}\n{script}"]) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["WELLBEHAVED"] = Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll");

        // The tutorial's python3 is the one that has NumPy.
        start.Environment["PATH"] = $"{Path.GetDirectoryName(NumPy.Python)}:{Environment.GetEnvironmentVariable("PATH")}";
        using var bash = Process.Start(start)!;
        var error = bash.StandardError.ReadToEndAsync();
        var output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        bash.ExitCode.Should().Be(0, "{0}\n{1}\n{2}", script, output, error.Result);
        return output;
    }
}
