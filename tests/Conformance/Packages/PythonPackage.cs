using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The Python package, built as a wheel and installed into a folder, without an index: as a stranger gets it.</summary>
public sealed class PythonPackage : IDisposable
{
    /// <summary>What builds and installs it.</summary>
    internal const string Builders = "setuptools, wheel, pip";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wellbehaved");
    private readonly Lazy<string> _installed;

    public PythonPackage() => _installed = new(Install);

    /// <summary>The folder of its sources.</summary>
    internal static string Sources => Path.Combine(Repository.Root, "python");

    /// <summary>The wheel's file.</summary>
    internal string Wheel => Directory.GetFiles(Path.Combine(_folder.FullName, "dist"), "*.whl").Single();

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Runs Python, or a script of its tools, with the installed package and the command that was built for the tests.</summary>
    /// <param name="python">The interpreter.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">Its arguments.</param>
    internal CommandLine.Outcome Run(string python, string folder, params string[] arguments) =>
        CommandLine.Run(
            "env",
            [
                $"--chdir={folder}",
                $"PYTHONPATH={_installed.Value}",
                "OMP_NUM_THREADS=1",
                "PYTHONDONTWRITEBYTECODE=1",
                $"WELLBEHAVED_COMMAND=dotnet {CommandLine.Uncounted}",
                $"WELLBEHAVED_VECTORS={Path.Combine(Repository.Root, "data", "vectors")}",
                python,
                .. arguments,
            ]
        );

    private string Install()
    {
        // Building writes beside the sources.
        var (python, sources, installed) = (NumPy.With(Builders)!, Path.Combine(_folder.FullName, "sources"), Path.Combine(_folder.FullName, "installed"));
        foreach (
            var file in (string[])
                ["pyproject.toml", "README.md", .. Directory.GetFiles(Path.Combine(Sources, "wellbehaved")).Select(path => Path.GetRelativePath(Sources, path))]
        )
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(sources, file))!);
            File.Copy(Path.Combine(Sources, file), Path.Combine(sources, file));
        }

        Succeed(
            CommandLine.Run(
                "env",
                [$"--chdir={sources}", python, "-c", "import setuptools.build_meta as build, os; os.makedirs('../dist'); build.build_wheel('../dist')"]
            )
        );
        Succeed(CommandLine.Run(python, ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile", "--target", installed, Wheel]));
        return installed;

        static void Succeed(CommandLine.Outcome outcome) => outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
    }
}

/// <summary>A test that builds the Python package and needs modules besides.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonPackageFactAttribute : FactAttribute
{
    public PythonPackageFactAttribute(string modules = "numpy")
    {
        Python = $"{PythonPackage.Builders}, {modules}";
        Skip =
            OperatingSystem.IsWindows() ? "runs where Python has its usual places"
            : NumPy.With(Python) is null ? $"neither python3 nor /usr/bin/python3 has all of numpy, {Python}"
            : null;
    }

    /// <summary>The modules that the interpreter must have.</summary>
    public string Python { get; }
}
