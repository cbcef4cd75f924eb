namespace Wellbehaved.Tests.Conformance;

/// <summary>A test that needs Python with NumPy; where these are missing it is reported as skipped, and <c>.ci/run</c> installs them.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NumPyFactAttribute : FactAttribute
{
    private static readonly string? Found = Find();

    public NumPyFactAttribute()
    {
        if (Found is null)
        {
            Skip = "neither python3 nor /usr/bin/python3 has NumPy";
        }
    }

    public static string Python => Found ?? throw new InvalidOperationException("Python with NumPy was not found");

    private static string? Find() => new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(python =>
    {
        try
        {
            return CommandLine.Run(python, ["-c", "import numpy"]).ExitStatus == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });
}
