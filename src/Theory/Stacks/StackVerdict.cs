namespace Wellbehaved.Theory;

/// <summary>The verdict on the units of one stack, for infinitely many repetitions.</summary>
public sealed record StackVerdict
{
    internal StackVerdict(string path, int units, Behaviour behaviour, string words, string law, string scope)
    {
        Path = path;
        Units = units;
        Behaviour = behaviour;
        Words = words;
        Law = law;
        Scope = scope;
    }

    /// <summary>The stack's path in the network's JSON form.</summary>
    public string Path { get; internal init; }

    /// <summary>Number of its units.</summary>
    public int Units { get; internal init; }

    /// <summary>The behaviour of signal and noise.</summary>
    public Behaviour Behaviour { get; internal init; }

    /// <summary>The behaviour in words, with the phase and the rate.</summary>
    public string Words { get; internal init; }

    /// <summary>The id of the law, or the ids; empty where there is none.</summary>
    public string Law { get; internal init; }

    /// <summary>The scope in which it holds.</summary>
    public string Scope { get; internal init; }

    /// <summary>The limit of infinite width, where most verdicts hold.</summary>
    internal const string Wide = "infinite width";

    /// <summary>The limit of infinite width and of a large batch.</summary>
    internal const string WideAndLarge = "infinite width and large batch";

    /// <summary>The factor of χ² in a unit at large depth; NaN where the growth is not exponential or is not known.</summary>
    public double SquaredGrowth { get; internal init; } = double.NaN;

    /// <summary>τ, where χ grows as the depth to this power; NaN where it does not.</summary>
    public double Exponent { get; internal init; } = double.NaN;

    /// <summary>ξ, the number of units over which correlations forget their initial value; infinite on an edge, NaN where it is not known.</summary>
    public double DepthScale { get; internal init; } = double.NaN;

    /// <summary>
    /// Growth of ln χ in a unit at the end of a batch's recursion, where it differs from the law; NaN where it agrees with the law, or where they were not
    /// compared.
    /// </summary>
    public double LogGrowthOfBatch { get; internal init; } = double.NaN;

    /// <summary>Fixed point and slopes of units without norms; null where there are norms or no fixed point.</summary>
    public MeanField? Field { get; internal init; }

    /// <summary>Changes that would improve the behaviour, the smallest first.</summary>
    public IReadOnlyList<Suggestion> Suggestions { get; internal init; } = [];
}
