namespace Wellbehaved.Tests;

/// <summary>For loops of a test: a loop over nothing would be green.</summary>
internal static class AtLeastOneItem
{
    /// <summary>The items.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static IReadOnlyList<T> AtLeastOne<T>(this IEnumerable<T> items)
    {
        T[] all = [.. items];
        return all.Length > 0 ? all : throw new InvalidOperationException("expected something to look at, found nothing");
    }
}
