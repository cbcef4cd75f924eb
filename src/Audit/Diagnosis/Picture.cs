namespace Wellbehaved.Audit;

/// <summary>What the means over the mappings of a table show, each with its interval.</summary>
/// <param name="Table">The table.</param>
/// <param name="Contrasts">Its contrasts.</param>
/// <param name="Bands">Intervals of their means, in the order of <paramref name="Names"/>; simultaneous, 95 %.</param>
/// <param name="Names">The contrasts in order.</param>
/// <param name="Signs">The signs that are known at the asked rate.</param>
/// <param name="Branch">The diluted branch that describes the net; null if none does.</param>
/// <param name="Seen">The conclusions from the signs.</param>
internal sealed record Picture(
    MomentTable Table,
    DepthContrasts Contrasts,
    SimultaneousBands Bands,
    IReadOnlyList<Contrast> Names,
    Signs Signs,
    DilutedBranch? Branch,
    Conclusions Seen
)
{
    /// <summary>Directions that fall as a smaller power of the depth tend nowhere that can be named.</summary>
    private const double LeastLossPower = 0.25;

    /// <summary>Both ends count: those of the interval of a gain, and of what a stretch gains beyond a law's least.</summary>
    private static readonly int[] Intervals = [1, -1];

    /// <summary>Whether χ grows as a diluted branch does at depths at which its power does not show yet.</summary>
    public bool IsTooShallow => Branch is { } shallow && shallow.DepthNeeded > Contrasts.Depth;

    /// <summary>Looks at a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="contrasts">Its contrasts.</param>
    /// <param name="falseRate">Probability that any sign is wrong, for many mappings.</param>
    public static Picture See(MomentTable table, DepthContrasts contrasts, double falseRate)
    {
        var names = contrasts.Values.Keys.ToArray();
        IReadOnlyList<int>[] sides = [.. names.Select(name => name == Contrast.Grows || LawSigns.IsStretch(name) ? Intervals : ContrastSides.SidesOf(name))];
        double[][] columns = [.. contrasts.Values.Values];
        var bands = SimultaneousBands.Compute(columns, Diagnosis.PictureFalseRate, sides);
        var telling = falseRate < Diagnosis.PictureFalseRate ? SimultaneousBands.Compute(columns, falseRate, sides) : bands;
        var signs = new Signs(
            names.Select((name, i) => KeyValuePair.Create(name, sides[i].Contains(telling.Sign(i)) ? telling.Sign(i) : 0)).ToDictionary(),
            falseRate
        );
        var seen = Conclusions.Conclude(signs);

        // That they tend to one is said no longer where they have settled within the last doubling: a word less, which needs no test.
        seen = seen with
        {
            DirectionsFall = seen.DirectionsFall && contrasts.LateLossPower >= LeastLossPower,
        };
        var picture = new Picture(table, contrasts, bands, names, signs, DilutedBranch.Fit(table, contrasts), seen);

        // The growth of χ in a diluted branch looks exponential before its power law shows, but it is not (law A2).
        return picture.IsTooShallow && seen.LosesSnr ? picture with { Seen = seen.WithoutLaw } : picture;
    }
}
