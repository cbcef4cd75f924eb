namespace Wellbehaved.Tests.Conformance;

/// <summary>How often a test repeats itself: as often as its statement needs, and at night (<c>WELLBEHAVED_NIGHTLY=1</c>) as often as one would like.</summary>
internal static class Breadth
{
    private static readonly bool IsNight = Environment.GetEnvironmentVariable("WELLBEHAVED_NIGHTLY") == "1";

    /// <summary>Chooses.</summary>
    /// <param name="usual">On every push.</param>
    /// <param name="atNight">At night.</param>
    public static int Of(int usual, int atNight) => IsNight ? atNight : usual;
}
