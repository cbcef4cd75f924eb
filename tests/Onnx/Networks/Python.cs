using System.Diagnostics;
using FluentAssertions;

namespace Wellbehaved.Tests.Onnx.Networks;

/// <summary>Debian's Python with PyTorch and torchvision, where they are installed.</summary>
internal static class Python
{
    private const string Program = "/usr/bin/python3";

    private static readonly Lazy<bool> HasTorchvision = new(() => File.Exists(Program) && Start("-c", "import torchvision").ExitCode == 0);

    /// <summary>Skips a test where torchvision is not there.</summary>
    public static void SkipWithoutTorchvision() => Skip.IfNot(HasTorchvision.Value, "Debian's package python3-torchvision is not installed");

    /// <summary>Runs networks.py.</summary>
    /// <returns>What it printed.</returns>
    public static string Run(params string[] arguments)
    {
        var (exitCode, output, error) = Start([Path.Combine(AppContext.BaseDirectory, "Networks", "networks.py"), .. arguments]);
        exitCode.Should().Be(0, "{0}", error);
        return output;
    }

    private static (int ExitCode, string Output, string Error) Start(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
