namespace Wellbehaved.Tests.Conformance;

/// <summary>Several tests of what only Unix offers.</summary>
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute() => Skip = UnixFactAttribute.Missing;
}
