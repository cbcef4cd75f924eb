using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public sealed class PythonPackageTests(PythonPackage package) : IClassFixture<PythonPackage>, IDisposable
{
    private const string Torch = "torch",
        Notebook = "torch, pandas, matplotlib, ipykernel, nbconvert";

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>With PyTorch and pandas where they are; the others of its tests skip themselves.</summary>
    [PythonPackageFact]
    public void The_tests_of_the_Python_package_pass_with_the_installed_wheel()
    {
        var python =
            NumPy.With($"{PythonPackage.Builders}, torch, pandas") ?? NumPy.With($"{PythonPackage.Builders}, torch") ?? NumPy.With(PythonPackage.Builders)!;

        var outcome = package.Run(python, _folder, "-m", "unittest", "discover", "-s", Path.Combine(PythonPackage.Sources, "tests"));

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        int.Parse(Regex.Match(outcome.Error, "Ran ([0-9]+) tests").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)
            .Should()
            .BeGreaterThan(10, outcome.Error);
        using var wheel = ZipFile.OpenRead(package.Wheel);
        wheel
            .Entries.Select(entry => entry.FullName)
            .Where(name => !name.Contains(".dist-info/", StringComparison.Ordinal))
            .Should()
            .BeEquivalentTo(
                Directory.GetFiles(Path.Combine(PythonPackage.Sources, "wellbehaved")).Select(file => $"wellbehaved/{Path.GetFileName(file)}"),
                "types are told, and nothing else comes along"
            )
            .And.Contain("wellbehaved/py.typed");
    }

    /// <summary>Who follows the paragraph has a verdict and a figure.</summary>
    [PythonPackageFact(Torch)]
    public void The_PyTorch_example_in_README_is_recorded_diagnosed_and_plotted()
    {
        var script = Repository.Blocks("README.md", "python").First().Text;
        script.Should().Contain("wellbehaved.torch.record(").And.Contain("wellbehaved.diagnose(").And.Contain("wellbehaved.plot(");

        // It is pasted more than once.
        File.WriteAllText(Path.Combine(_folder, "mine.npz"), "what an earlier call left");

        var outcome = package.Run(NumPy.With($"{PythonPackage.Builders}, {Torch}")!, _folder, "-c", script);

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome
            .Output.Should()
            .StartWith("Well-behaved over 40 units", "that is what batch norm and skip connections together do")
            .And.NotContain("diagnosis.json", "nobody asked for it");
        File.ReadAllText(Path.Combine(_folder, "mine.svg")).Should().Contain("Sequential: signal and noise by depth");
    }

    [PythonPackageFact("pandas, torch")]
    public void The_example_in_the_Python_README_reads_the_file_that_it_recorded()
    {
        string[] blocks = [.. Repository.Blocks("python/README.md", "python").Take(2).Select(block => block.Text)];
        var script = Regex.Replace(blocks[0], "(?m)^(print|wellbehaved.plot).*$", "") + blocks[1];

        var outcome = package.Run(NumPy.With($"{PythonPackage.Builders}, pandas, torch")!, _folder, "-c", script);

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Output.Should().MatchRegex(@"depth +\n1 +[0-9.]+ +[0-9.]+\n").And.MatchRegex(@"\n40 +[0-9.]+ +[0-9.]+\n");
    }

    [PythonPackageFact(Torch)]
    public void The_Python_adapter_has_about_forty_lines_and_passes_the_audit()
    {
        var adapter = Path.Combine(Repository.Root, "examples", "python", "adapter.py");
        File.ReadAllLines(adapter).Count(line => line.Trim().Length > 0).Should().BeInRange(30, 50);

        var outcome = package.Run(
            "dotnet",
            _folder,
            Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll"),
            "audit",
            "--smoke",
            "--allow-declined",
            "--command",
            $"{NumPy.With($"{PythonPackage.Builders}, {Torch}")} {adapter}"
        );

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        outcome.Output.Should().Contain("(20 of 20 checks), 0 rejected, 0 inconclusive").And.Contain("declined, so not judged: boundary symmetric");
    }

    [PythonPackageFact(Notebook)]
    public void The_notebook_runs_and_gives_its_stored_output()
    {
        var notebook = Path.Combine(Repository.Root, "examples", "python", "ten_minutes.ipynb");
        var executed = Path.Combine(_folder, "executed.ipynb");

        var outcome = package.Run(
            NumPy.With($"{PythonPackage.Builders}, {Notebook}")!,
            _folder,
            "-m",
            "nbconvert",
            "--to",
            "notebook",
            "--execute",
            "--output",
            executed,
            notebook
        );

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        Verdicts(executed)
            .Should()
            .Equal("plain: Pathological signal", "normalised: Pathological SNR", "residual: Well-behaved")
            .And.Equal(Verdicts(notebook), "the stored outputs are its own");
        Regex.Count(File.ReadAllText(executed), "\"image/png\"").Should().Be(2, "figures").And.Be(Regex.Count(File.ReadAllText(notebook), "\"image/png\""));
    }

    private static string[] Verdicts(string notebook)
    {
        using var read = JsonDocument.Parse(File.ReadAllText(notebook));
        var printed = string.Concat(
            read.RootElement.GetProperty("cells")
                .EnumerateArray()
                .Where(cell => cell.TryGetProperty("outputs", out _))
                .SelectMany(cell => cell.GetProperty("outputs").EnumerateArray())
                .Where(output => output.TryGetProperty("text", out _))
                .SelectMany(output => output.GetProperty("text").EnumerateArray().Select(line => line.GetString()))
        );
        return [.. Regex.Matches(printed, @"(?m)^(plain|normalised|residual): (Pathological \w+|Well-behaved)").Select(match => match.Value)];
    }
}
