using System.Diagnostics;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The PowerShell commands of the tutorial do the same as its bash commands.</summary>
public sealed class PowerShellTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [PowerShellFact]
    public void The_PowerShell_commands_of_the_tutorial_do_the_same_as_the_bash_commands()
    {
        var blocks = Repository.Blocks("docs/tutorial.md", "powershell").Select(block => block.Text).ToArray();
        blocks.Should().HaveCount(2);
        var examples = Directory.CreateDirectory(Path.Combine(_folder, "examples", "numpy")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "examples", "numpy"), "*.py").AtLeastOne())
        {
            File.Copy(file, Path.Combine(examples, Path.GetFileName(file)));
        }

        // The command that was built for the tests, and the Python that has NumPy.
        var name = blocks[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        name.Should().HaveCount(3);
        name[0].Should().Be("dotnet build -c Release src/Cli");
        var script =
            "$command = "
            + $"'{Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll")}'\n{name[2]}\n{blocks[1].Replace("python3", NumPy.Python, StringComparison.Ordinal)}";
        var start = new ProcessStartInfo("pwsh", ["-NoProfile", "-NonInteractive", "-Command", script])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var shell = Process.Start(start)!;
        var error = shell.StandardError.ReadToEndAsync();
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        output.TrimEnd().Split('\n')[^1].Trim().Should().Be("exit status 1", "{0}\n{1}", output, error.Result);
    }
}

[AttributeUsage(AttributeTargets.Method)]
public sealed class PowerShellFactAttribute : FactAttribute
{
    public PowerShellFactAttribute() => Skip = NumPy.Missing ?? Missing;

    private static string? Missing
    {
        get
        {
            try
            {
                return CommandLine.Run("pwsh", ["-NoProfile", "-Command", "exit 0"]).ExitStatus == 0 ? null : "pwsh does not run";
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return "PowerShell (pwsh) is not here";
            }
        }
    }
}
