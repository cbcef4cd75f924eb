namespace Wellbehaved.Audit;

/// <summary>What follows from the signs of the contrasts, at whatever error rate they are known.</summary>
/// <param name="Growth">The law of χ.</param>
/// <param name="SignalCollapses">The directions of variance tend to one.</param>
/// <param name="KeepsDirections">r_eff - 1 keeps two thirds from a quarter of the depth to all of it, and is above ½.</param>
/// <param name="KeepsSnr">The SNR has lost less than the sixth power of the depth where χ grows as a power, and less than its square where no law of growth is
/// seen.</param>
/// <param name="Needed">The signs that the condition rests on.</param>
internal sealed record Conclusions(Growth Growth, bool SignalCollapses, bool KeepsDirections, bool KeepsSnr, IReadOnlyDictionary<Contrast, int> Needed)
{
    /// <summary>Directions are still being lost, as a power of the depth that is a quarter at least: they have settled nowhere.</summary>
    public bool DirectionsFall { get; init; }

    /// <summary>The share of the signal that varies tends to zero: the signal becomes a point, its own mean.</summary>
    public bool BecomesPoint { get; init; }

    /// <summary>The share has come below a hundredth, wherever it goes.</summary>
    public bool IsPoint { get; init; }

    /// <summary>The share is still falling, as a power of the depth that is a quarter at least.</summary>
    public bool ShareFalls { get; init; }

    /// <summary>The share keeps two thirds from a quarter of the depth to all of it; true where it is not recorded, and nobody can look.</summary>
    public bool KeepsShare { get; init; } = true;

    /// <summary>The signs that <see cref="BecomesPoint"/> rests on.</summary>
    public IReadOnlyDictionary<Contrast, int> NeededForPoint { get; init; } = new Dictionary<Contrast, int>();

    /// <summary>No pathology.</summary>
    public bool IsWellBehaved => !SignalCollapses && !BecomesPoint && KeepsDirections && KeepsShare && KeepsSnr && Growth != Growth.Undecided && !LosesSnr;

    /// <summary>SNR^l/SNR^0 decays exponentially, or faster.</summary>
    public bool LosesSnr => Growth is Growth.Exponential or Growth.Superexponential;

    /// <summary>The same where nothing is said of the law of χ.</summary>
    public Conclusions WithoutLaw => this with { Growth = Growth.Undecided, Needed = SignalCollapses ? Needed : new Dictionary<Contrast, int>() };

    /// <summary>Concludes.</summary>
    /// <param name="signs">What is known.</param>
    /// <returns>The conclusions.</returns>
    /// <remarks>
    /// A signal has collapsed where fewer than 1.2 directions are left, and r_eff - 1 was twice as large at the first depth; and it is about to where r_eff - 1
    /// has halved at least since a quarter of the depth, still falls, and is below 1. (Where it has settled above one direction, it does not fall any more.) A
    /// signal has become a point where less than a hundredth of it varies, and ten times as much did at the first depth; and it is about to where that share
    /// has halved at least since a quarter of the depth, falls as steadily as a power of the depth and by more than its random walk explains, and is below a
    /// tenth.
    /// </remarks>
    public static Conclusions Conclude(Signs signs)
    {
        var (growth, law) = LawSigns.NameLaw(signs);
        Dictionary<Contrast, int> collapsed = new() { [Contrast.MoreThanOneDirection] = -1, [Contrast.BeganWithMoreDirections] = 1 };
        Dictionary<Contrast, int> collapsing = new()
        {
            [Contrast.DirectionsHalve] = 1,
            [Contrast.DirectionsStillFall] = 1,
            [Contrast.MoreThanTwoDirections] = -1,
        };
        Dictionary<Contrast, int> keeps = new() { [Contrast.DirectionsLoseThird] = -1, [Contrast.MoreThanOneAndHalfDirections] = 1 };
        var (hasCollapsed, isCollapsing) = (Known(collapsed), Known(collapsing));
        Dictionary<Contrast, int> point = new() { [Contrast.ShareAboveHundredth] = -1, [Contrast.ShareFellTenfold] = 1 };
        Dictionary<Contrast, int> pointing = new()
        {
            [Contrast.ShareHalves] = 1,
            [Contrast.ShareStillFalls] = 1,
            [Contrast.ShareOutrunsWalk] = 1,
            [Contrast.ShareFallsSteadily] = 1,
            [Contrast.ShareAboveTenth] = -1,
        };
        var seesShare = signs.Known.ContainsKey(Contrast.ShareLosesThird);
        if (seesShare)
        {
            keeps.Add(Contrast.ShareLosesThird, -1);
        }

        var conclusions = new Conclusions(
            growth,
            hasCollapsed || isCollapsing,
            signs.Negative(Contrast.DirectionsLoseThird) && signs.Positive(Contrast.MoreThanOneAndHalfDirections),
            signs.Negative(LimitOf(growth)),
            new Dictionary<Contrast, int>()
        )
        {
            DirectionsFall = signs.Positive(Contrast.DirectionsStillFall),
            ShareFalls = signs.Positive(Contrast.ShareStillFalls),
            IsPoint = Known(point),
            BecomesPoint = Known(point) || Known(pointing),
            KeepsShare = !seesShare || signs.Negative(Contrast.ShareLosesThird),
            NeededForPoint = Known(point) ? point : pointing,
        };
        return conclusions with
        {
            Needed =
                hasCollapsed ? collapsed
                : isCollapsing ? collapsing
                : conclusions.LosesSnr ? law
                : conclusions.IsWellBehaved ? keeps.Append(new(LimitOf(growth), -1)).Concat(law).ToDictionary()
                : conclusions.Needed,
        };

        bool Known(Dictionary<Contrast, int> needed) => needed.All(pair => signs.Known.GetValueOrDefault(pair.Key) == pair.Value);
    }

    /// <summary>What the SNR must not have lost: a chance walk that has cost more than a power law would is no good health.</summary>
    private static Contrast LimitOf(Growth growth) => growth == Growth.Power ? Contrast.SnrLostSixthPower : Contrast.SnrLostSquare;
}
