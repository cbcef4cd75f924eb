namespace Wellbehaved.Theory;

/// <summary>What theory says of the units of one stack, repeated for ever.</summary>
/// <param name="Path">The stack's path in the network's JSON form.</param>
/// <param name="Units">Number of its units.</param>
/// <param name="Behaviour">Where they go.</param>
/// <param name="Words">In words, with the phase and the rate.</param>
/// <param name="Law">The law's id, or ids; empty where there is none.</param>
/// <param name="Scope">What it holds for.</param>
public sealed record StackVerdict(string Path, int Units, Behaviour Behaviour, string Words, string Law, string Scope)
{
    /// <summary>The limit of infinite width, where most verdicts hold.</summary>
    internal const string Wide = "infinite width";

    /// <summary>That of a large batch too.</summary>
    internal const string WideAndLarge = "infinite width and large batch";

    /// <summary>χ² grows by this factor a unit, in the end; not a number where the growth is no exponential or not known.</summary>
    public double SquaredGrowth { get; internal init; } = double.NaN;

    /// <summary>τ, where χ grows as the depth to this power; not a number where it does not.</summary>
    public double Exponent { get; internal init; } = double.NaN;

    /// <summary>Units over which correlations forget their start, ξ; infinite on an edge, not a number where it is not known.</summary>
    public double DepthScale { get; internal init; } = double.NaN;

    /// <summary>
    /// Growth of ln χ in a unit that the recursion of a batch has at its end, where that is not what the law says; not a number where it is, or where nobody
    /// compared.
    /// </summary>
    public double LogGrowthOfBatch { get; internal init; } = double.NaN;

    /// <summary>Fixed point and slopes of units without norms; null where there are norms or no such point.</summary>
    public MeanField? Field { get; internal init; }

    /// <summary>What would make it better behaved, the smallest change first.</summary>
    public IReadOnlyList<Suggestion> Suggestions { get; internal init; } = [];
}
