using Wellbehaved.Evidence;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A test that compares today's arithmetic with the documented one: bits that come from another C library are nobody's change.</summary>
public sealed class ArithmeticFactAttribute : FactAttribute
{
    public ArithmeticFactAttribute()
    {
        var documented = new EvidencePage(File.ReadAllText(Path.Combine(Repository.Root, "docs", "verdicts.md"))).Library;
        Skip =
            documented == EvidencePage.NoTables || documented == Arithmetic.Library
                ? null
                : $"the tables were made with the C library {documented}, this machine has {Arithmetic.Library}; the last digits differ";
    }
}
