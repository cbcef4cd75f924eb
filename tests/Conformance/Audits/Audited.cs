namespace Wellbehaved.Tests.Conformance;

/// <summary>Runs <c>wellbehaved audit</c> on the programs that come with the tests.</summary>
internal static class Audited
{
    public static string Examples { get; } = Path.Combine(AppContext.BaseDirectory, "examples");

    public static string NumPyExample => $"{NumPy.Python} '{Path.Combine(Examples, "wellbehaved_numpy.py")}'";

    public static string PyTorchExample => $"{NumPy.PythonWithTorch} '{Path.Combine(Examples, "wellbehaved_pytorch.py")}'";

    public static string Mutant(string name) => $"{NumPy.Python} '{Path.Combine(Examples, "mutants.py")}' {name}";

    public static string Misbehaving(string way) => $"{NumPy.Python} '{Path.Combine(AppContext.BaseDirectory, "misbehaving.py")}' {way} '{Examples}'";

    public static CommandLine.Outcome Run(string command, params string[] options) => CommandLine.Run(["audit", "--command", command, .. options]);
}
