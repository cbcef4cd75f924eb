namespace Wellbehaved.Tests.Conformance;

/// <summary>A test of what only Linux tells: which processes a process has started.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = Missing;

    /// <summary>Why such a test is skipped; null where it is not.</summary>
    internal static string? Missing => !OperatingSystem.IsLinux() ? "needs /proc of Linux" : null;
}
