namespace Wellbehaved.Tests.Conformance;

/// <summary>What a test looks at one by one: a loop over nothing would be green.</summary>
internal static class Looked
{
    /// <summary>The items, all of which there are.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static IReadOnlyList<T> AtLeastOne<T>(this IEnumerable<T> items)
    {
        T[] all = [.. items];
        return all.Length > 0 ? all : throw new InvalidOperationException("expected something to look at, found nothing");
    }
}
