namespace Wellbehaved.Audit;

/// <summary>The conclusions from the signs of the contrasts, at any error rate of these signs.</summary>
/// <param name="Growth">The law of χ.</param>
/// <param name="SignalCollapses">Whether the directions of variance tend to one.</param>
/// <param name="KeepsDirections">Whether r_eff - 1 keeps two thirds from a quarter of the depth to all of it, and is above ½.</param>
/// <param name="KeepsSnr">
/// Whether the SNR has lost less than the sixth power of the depth where χ grows as a power, and less than its square where no law of growth is seen.
/// </param>
internal sealed record Conclusions(Growth Growth, bool SignalCollapses, bool KeepsDirections, bool KeepsSnr)
{
    /// <summary>The signs that each condition rests on, of those that are seen.</summary>
    public IReadOnlyDictionary<Condition, IReadOnlyDictionary<Contrast, int>> Needed { get; private init; } =
        new Dictionary<Condition, IReadOnlyDictionary<Contrast, int>>();

    /// <summary>Whether directions are still being lost, as the power ¼ of the depth or faster: their number has not settled.</summary>
    public bool DirectionsFall { get; init; }

    /// <summary>Whether the share of the signal that varies tends to zero: the signal becomes a point, its own mean.</summary>
    public bool BecomesPoint { get; init; }

    /// <summary>Whether the share has fallen below a hundredth, whatever its limit.</summary>
    public bool IsPoint { get; init; }

    /// <summary>Whether the share is still falling, as the power ¼ of the depth or faster.</summary>
    public bool ShareFalls { get; init; }

    /// <summary>Whether the share keeps two thirds from a quarter of the depth to all of it; true if it is not recorded and so cannot be checked.</summary>
    public bool KeepsShare { get; init; } = true;

    /// <summary>Whether there is no pathology.</summary>
    public bool IsWellBehaved => !SignalCollapses && !BecomesPoint && KeepsDirections && KeepsShare && KeepsSnr && Growth != Growth.Undecided && !LosesSnr;

    /// <summary>Whether SNR^l/SNR^0 decays exponentially or faster.</summary>
    public bool LosesSnr => Growth is Growth.Exponential or Growth.Superexponential;

    /// <summary>The same conclusions without a law of χ.</summary>
    public Conclusions WithoutLaw =>
        this with
        {
            Growth = Growth.Undecided,
            Needed = Needed.Where(pair => pair.Key is Condition.PathologicalSignal or Condition.PathologicalPoint).ToDictionary(),
        };

    /// <summary>Draws the conclusions.</summary>
    /// <param name="signs">The known signs.</param>
    /// <returns>The conclusions.</returns>
    /// <remarks>
    /// A signal has collapsed if fewer than 1.2 directions are left and r_eff - 1 was at least twice as large at the first depth. It also counts as collapsing
    /// if r_eff - 1 has at least halved since a quarter of the depth, still falls, and is below 1. (If it had settled above one direction, it would not fall
    /// any more.) A signal has become a point if less than a hundredth of it varies and ten times as much did at the first depth. It also counts as becoming a
    /// point if that share has at least halved since a quarter of the depth, falls as steadily as a power of the depth and by more than its random walk
    /// explains, and is below a tenth.
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
            signs.Negative(LimitOf(growth))
        )
        {
            DirectionsFall = signs.Positive(Contrast.DirectionsStillFall),
            ShareFalls = signs.Positive(Contrast.ShareStillFalls),
            IsPoint = Known(point),
            BecomesPoint = Known(point) || Known(pointing),
            KeepsShare = !seesShare || signs.Negative(Contrast.ShareLosesThird),
        };
        (Condition Condition, bool IsSeen, Func<IReadOnlyDictionary<Contrast, int>> Signs)[] all =
        [
            (Condition.PathologicalSignal, conclusions.SignalCollapses, () => hasCollapsed ? collapsed : collapsing),
            (Condition.PathologicalSnr, conclusions.LosesSnr, () => law),
            (Condition.PathologicalPoint, conclusions.BecomesPoint, () => conclusions.IsPoint ? point : pointing),
            (Condition.WellBehaved, conclusions.IsWellBehaved, () => keeps.Append(new(LimitOf(growth), -1)).Concat(law).ToDictionary()),
        ];
        return conclusions with { Needed = all.Where(one => one.IsSeen).ToDictionary(one => one.Condition, one => one.Signs()) };

        bool Known(Dictionary<Contrast, int> needed) => needed.All(pair => signs.Known.GetValueOrDefault(pair.Key) == pair.Value);
    }

    /// <summary>The loss of SNR that excludes good health: a random walk that has cost more than a power law would is not healthy.</summary>
    private static Contrast LimitOf(Growth growth) => growth == Growth.Power ? Contrast.SnrLostSixthPower : Contrast.SnrLostSquare;
}
