namespace Wellbehaved.Evidence;

/// <summary>A summary of many runs. Its size is bounded, and it does not depend on how the runs were split into parts.</summary>
/// <typeparam name="TSelf">The summary itself.</typeparam>
internal interface ISummary<TSelf>
    where TSelf : ISummary<TSelf>
{
    /// <summary>The summary of both sets of runs; associative and commutative to the last bit.</summary>
    TSelf Merge(TSelf other);

    /// <summary>The cells of a row of a part file; none holds a tab or the end of a line.</summary>
    IEnumerable<string> Cells { get; }

    /// <summary>Reads what <see cref="Cells"/> gave.</summary>
    static abstract TSelf Parse(IReadOnlyList<string> cells);
}
