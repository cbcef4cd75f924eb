namespace Wellbehaved.Audit;

/// <summary>The signs that must be known before a law of growth is named: two gains have its ratio, and shorter stretches confirm it.</summary>
/// <remarks>
/// Two gains have the ratio of an exponential after a single step, and that of a power where an exponential growth ends. So *exponential* requires that each of
/// four stretches with the same number of layers gains at least two thirds of its share of the whole. *Power* requires the same, and at most 1.4 times the
/// share, of four stretches over which the depth grows by the same factor. *Slower than exponential* requires that no stretch excludes it, or, to be certain,
/// that neither doubling looks exponential by itself. *Faster than exponential* requires all signs of an exponential except that of the first stretch, which
/// must certainly gain too little: the rate rises.
/// </remarks>
internal static class LawSigns
{
    private static readonly Dictionary<Contrast, int> Exponential = new()
    {
        [Contrast.ShapeAboveThreeQuarters] = 1,
        [Contrast.OutrunsEarlyWalk] = 1,
        [Contrast.OutrunsLateWalk] = 1,
        [Contrast.FirstStretchHoldsRate] = 1,
        [Contrast.SecondStretchHoldsRate] = 1,
        [Contrast.ThirdStretchHoldsRate] = 1,
        [Contrast.FourthStretchHoldsRate] = 1,
    };

    /// <summary>The signs of an exponential without that of its first stretch.</summary>
    private static readonly Dictionary<Contrast, int> Faster = Exponential.Where(pair => pair.Key != Contrast.FirstStretchHoldsRate).ToDictionary();

    /// <summary>
    /// The signs that the picture requires of a growth faster than exponential. The certain condition follows the picture here: it names no sign that the first
    /// stretch gains too little.
    /// </summary>
    private static readonly Dictionary<Contrast, int> FasterAtSight = new(Faster) { [Contrast.FirstStretchHoldsRate] = -1 };

    private static readonly Dictionary<Contrast, int> Power = new()
    {
        [Contrast.ShapeAboveHalf] = -1,
        [Contrast.ShapeAboveMinusHalf] = 1,
        [Contrast.Grows] = 1,
        [Contrast.FirstStretchHoldsPower] = 1,
        [Contrast.SecondStretchHoldsPower] = 1,
        [Contrast.ThirdStretchHoldsPower] = 1,
        [Contrast.FourthStretchHoldsPower] = 1,
        [Contrast.FirstStretchExceedsPower] = -1,
        [Contrast.SecondStretchExceedsPower] = -1,
        [Contrast.ThirdStretchExceedsPower] = -1,
        [Contrast.FourthStretchExceedsPower] = -1,
    };

    private static readonly Dictionary<Contrast, int> Level = new() { [Contrast.GainsFivePercent] = -1, [Contrast.KeepsWithinFivePercent] = 1 };

    private static readonly Dictionary<Contrast, int> Settling = new() { [Contrast.ShapeAboveMinusHalf] = -1, [Contrast.LateShapeAboveZero] = -1 };

    private static readonly Dictionary<Contrast, int> Slower = new()
    {
        [Contrast.ShapeAboveHalf] = -1,
        [Contrast.EarlyShapeAboveThreeQuarters] = -1,
        [Contrast.LateShapeAboveThreeQuarters] = -1,
    };

    /// <summary>
    /// The signs that the picture requires of a growth slower than exponential: stretches must not exclude it. The certain condition requires that both
    /// doublings show it.
    /// </summary>
    private static readonly Dictionary<Contrast, int> AtSight = new() { [Contrast.ShapeAboveHalf] = -1 };

    /// <summary>The law that the signs name, and the signs that it rests on.</summary>
    /// <param name="signs">The known signs.</param>
    /// <returns>The law; undecided, without signs, if no law has all of its signs.</returns>
    public static (Growth Law, IReadOnlyDictionary<Contrast, int> Needed) NameLaw(Signs signs)
    {
        (Growth Law, Dictionary<Contrast, int> Needed)[] laws =
        [
            (Growth.Exponential, Exponential),
            (Growth.Bounded, signs.Positive(Contrast.Grows) ? Settling : Level),
            (Growth.Bounded, Settling),
            (Growth.Walk, new() { [Contrast.OutrunsEarlyWalk] = -1 }),
            (Growth.Walk, new() { [Contrast.OutrunsLateWalk] = -1 }),
            (Growth.Power, Power),
            (Growth.Subexponential, Slower),
            (Growth.Superexponential, Faster),
        ];
        if (signs.Known.ContainsKey(Contrast.Grows))
        {
            foreach (var (law, needed) in laws)
            {
                // A stretch without recorded depths at its ends has no sign: it neither confirms a law nor excludes it.
                var recorded = needed.Where(pair => signs.Known.ContainsKey(pair.Key)).ToDictionary();
                var asked =
                    signs.FalseRate <= Diagnosis.FalseRate ? recorded
                    : law == Growth.Subexponential ? AtSight
                    : law == Growth.Superexponential ? FasterAtSight
                    : recorded;
                if (asked.All(pair => signs.Known.GetValueOrDefault(pair.Key) == pair.Value) && (law != Growth.Subexponential || !ExcludesPower(signs)))
                {
                    return (law, recorded);
                }
            }
        }

        return (Growth.Undecided, new Dictionary<Contrast, int>());
    }

    /// <summary>Whether a mapping's own stretches confirm a constant rate.</summary>
    /// <param name="signs">The signs of its own numbers.</param>
    public static bool HoldsRate(Signs signs) =>
        Stretches(Contrast.FirstStretchHoldsRate, Contrast.FourthStretchHoldsRate).All(stretch => signs.Known.GetValueOrDefault(stretch, 1) > 0);

    /// <summary>
    /// Whether some stretch certainly gains too little for a constant rate, and some stretch too little or too much for a constant power: then neither law
    /// fits.
    /// </summary>
    /// <param name="signs">The known signs.</param>
    public static bool ExcludesBoth(Signs signs) =>
        Stretches(Contrast.FirstStretchHoldsRate, Contrast.FourthStretchHoldsRate).Any(signs.Negative) && ExcludesPower(signs);

    /// <summary>Whether the picture reports both signs of a contrast: for stretches also that one gains too little or too much for a law.</summary>
    public static bool IsStretch(Contrast contrast) => contrast is >= Contrast.FirstStretchHoldsRate and <= Contrast.FourthStretchExceedsPower;

    /// <summary>
    /// Whether the stretches exclude a power. No law of the family between a bound and the root of the depth gives any of them less than three quarters, or
    /// more than 1.3 times, of what a power gives it.
    /// </summary>
    private static bool ExcludesPower(Signs signs) =>
        Stretches(Contrast.FirstStretchHoldsPower, Contrast.FourthStretchHoldsPower).Any(signs.Negative)
        || Stretches(Contrast.FirstStretchExceedsPower, Contrast.FourthStretchExceedsPower).Any(signs.Positive);

    private static IEnumerable<Contrast> Stretches(Contrast first, Contrast last) =>
        Enum.GetValues<Contrast>().Where(contrast => contrast >= first && contrast <= last);
}
