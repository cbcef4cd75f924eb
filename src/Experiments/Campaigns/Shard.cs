namespace Wellbehaved.Experiments;

/// <summary>A share of an experiment's simulations: one of several runs of consecutive indices that together hold each simulation once.</summary>
/// <remarks>A simulation is a function of the options and its index, so shares computed apart are the whole computed at once, bit for bit.</remarks>
/// <param name="Number">Which share, from 1.</param>
/// <param name="Count">Number of shares.</param>
public readonly record struct Shard(int Number, int Count)
{
    /// <summary>All simulations.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>Whether the share is everything.</summary>
    public bool IsWhole => Count == 1;

    /// <summary>Whether there is such a share.</summary>
    internal bool IsValid => Number >= 1 && Number <= Count;

    /// <summary>The simulations of the share; none where there are more shares than simulations.</summary>
    /// <param name="simulations">Number of simulations of the experiment.</param>
    /// <returns>Indices, increasing.</returns>
    public IReadOnlyList<int> Simulations(int simulations)
    {
        var (first, count) = Extent(simulations);
        return [.. Enumerable.Range(first, count)];
    }

    /// <summary>The first simulation of the share, and how many there are.</summary>
    /// <param name="simulations">Number of simulations of the experiment.</param>
    /// <returns>Index and count.</returns>
    public (int First, int Count) Extent(int simulations)
    {
        var first = (int)((long)(Number - 1) * simulations / Count);
        return (first, (int)((long)Number * simulations / Count) - first);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Number}/{Count}";
}
