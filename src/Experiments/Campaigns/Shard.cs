namespace Wellbehaved.Experiments;

/// <summary>A share of an experiment's simulations: consecutive indices. All shares together hold each simulation once.</summary>
/// <remarks>A simulation is a function of the options and its index, so shares that are computed separately give the same bits as a single run.</remarks>
/// <param name="Number">Number of the share, from 1.</param>
/// <param name="Count">Number of shares.</param>
internal readonly record struct Shard(int Number, int Count)
{
    /// <summary>All simulations.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>Whether the share holds all simulations.</summary>
    public bool IsWhole => Count == 1;

    /// <summary>Whether the number is between 1 and the number of shares.</summary>
    internal bool IsValid => Number >= 1 && Number <= Count;

    /// <summary>The simulations of the share; some shares are empty where there are more shares than simulations.</summary>
    /// <param name="simulations">Number of simulations of the experiment.</param>
    /// <returns>Indices, increasing.</returns>
    public IReadOnlyList<int> Simulations(int simulations)
    {
        var (first, count) = Extent(simulations);
        return [.. Enumerable.Range(first, count)];
    }

    /// <summary>The first simulation of the share, and the number of its simulations.</summary>
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
