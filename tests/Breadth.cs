namespace Wellbehaved.Tests;

/// <summary>How often a test repeats itself: as often as its statement needs, and at night (<c>WELLBEHAVED_NIGHTLY=1</c>) as often as one would like.</summary>
internal static class Breadth
{
    private static readonly bool IsNight = Environment.GetEnvironmentVariable("WELLBEHAVED_NIGHTLY") == "1";

    /// <summary>Chooses.</summary>
    /// <typeparam name="T">A number, most often.</typeparam>
    /// <param name="usual">On every push.</param>
    /// <param name="atNight">At night.</param>
    public static T Choose<T>(T usual, T atNight) => IsNight ? atNight : usual;

    /// <summary>
    /// All cases at night; on every push one of each kind, each time the next one in its kind, so that between them they spread over what cases of a kind
    /// differ by.
    /// </summary>
    /// <typeparam name="T">A case.</typeparam>
    /// <param name="cases">All of them.</param>
    /// <param name="kindOf">Cases of one kind are tested for the same thing.</param>
    public static IEnumerable<T> OfEachKind<T>(IEnumerable<T> cases, Func<T, object> kindOf) =>
        IsNight ? cases : cases.GroupBy(kindOf).Select((kind, i) => kind.ElementAt(i % kind.Count()));
}
