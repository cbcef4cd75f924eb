namespace Wellbehaved.Tests.Conformance;

/// <summary>A test of what only Unix offers: signals, limits of a shell.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = Missing;

    /// <summary>Why such a test is skipped; null where it is not.</summary>
    internal static string? Missing => OperatingSystem.IsWindows() ? "needs a Unix shell" : null;
}
