namespace Wellbehaved.Tests.Conformance;

/// <summary>A test of what only Unix offers: signals, limits of a shell.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "needs a Unix shell";
        }
    }
}
