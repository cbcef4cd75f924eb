namespace Wellbehaved.Tests.Conformance;

/// <summary>Python with NumPy, which <c>.ci/run</c> installs; elsewhere tests that need it are reported as skipped.</summary>
internal static class NumPy
{
    private static readonly Lazy<string?> Found = new(() => Find("numpy"));
    private static readonly Lazy<string?> FoundTorch = new(() => Find("numpy, torch"));
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, string?> FoundWith = new();

    public static string? Missing => Found.Value is null ? "neither python3 nor /usr/bin/python3 has NumPy" : null;

    public static string? MissingTorch => FoundTorch.Value is null ? "neither python3 nor /usr/bin/python3 has PyTorch and NumPy" : null;

    public static string Python => Found.Value ?? throw new InvalidOperationException("Python with NumPy was not found");

    public static string PythonWithTorch => FoundTorch.Value ?? throw new InvalidOperationException("Python with PyTorch was not found");

    /// <summary>The interpreter that has NumPy and other modules; null if none has all.</summary>
    public static string? With(string modules) => FoundWith.GetOrAdd(modules, also => Find($"numpy, {also}"));

    private static string? Find(string modules) =>
        new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(python =>
        {
            try
            {
                return CommandLine.Run(python, ["-c", $"import {modules}"]).ExitStatus == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        });
}

[AttributeUsage(AttributeTargets.Method)]
public sealed class NumPyFactAttribute : FactAttribute
{
    public NumPyFactAttribute() => Skip = NumPy.Missing;
}

[AttributeUsage(AttributeTargets.Method)]
public sealed class NumPyTheoryAttribute : TheoryAttribute
{
    public NumPyTheoryAttribute() => Skip = NumPy.Missing;
}

[AttributeUsage(AttributeTargets.Method)]
public sealed class PyTorchFactAttribute : FactAttribute
{
    public PyTorchFactAttribute() => Skip = NumPy.MissingTorch;
}
