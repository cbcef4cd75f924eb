using System.Globalization;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The seed of statistical tests: the same at every run unless <c>WELLBEHAVED_SEED</c> says otherwise, of which the first number counts.</summary>
internal static class TestSeed
{
    public static ulong Value { get; } =
        ulong.Parse((Environment.GetEnvironmentVariable("WELLBEHAVED_SEED") ?? "20190611").Split(',')[0], CultureInfo.InvariantCulture);
}
