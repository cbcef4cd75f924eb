using Xunit.Abstractions;

namespace Wellbehaved.Tests;

/// <summary>
/// Starts the classes that take longest first: tests of one class run one after the other, and one that is begun last leaves all processors but one idle at the
/// end.
/// </summary>
/// <param name="longest">Names of classes and collections, the longest first; the others come in the order of their names.</param>
public abstract class LongestFirst(params string[] longest) : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections
            .Select(collection => (Collection: collection, Name: NameOf(collection.DisplayName)))
            .OrderBy(pair => RankOf(pair.Name))
            .ThenBy(pair => pair.Name, StringComparer.Ordinal)
            .Select(pair => pair.Collection);

    private int RankOf(string name) => Array.IndexOf(longest, name) is >= 0 and var rank ? rank : longest.Length;

    /// <summary>Of a collection that a class makes for itself the class: "Test collection for Namespace.Class (id: …)".</summary>
    private static string NameOf(string words)
    {
        const string beginning = "Test collection for ";
        if (!words.StartsWith(beginning, StringComparison.Ordinal))
        {
            return words;
        }

        var name = words[beginning.Length..].Split(' ')[0];
        return name[(name.LastIndexOf('.') + 1)..];
    }
}
