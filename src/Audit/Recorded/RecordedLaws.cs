using System.Globalization;
using Wellbehaved.Model;
using Wellbehaved.Theory;
using static Wellbehaved.Audit.RecordedQuantities;

namespace Wellbehaved.Audit;

/// <summary>Judges laws by recorded figures.</summary>
/// <param name="figures">The figures.</param>
/// <param name="architecture">Their architecture.</param>
/// <param name="experiment">What is known about the experiment.</param>
/// <param name="stated">What cannot be true of the facts that a file states once of each simulation.</param>
internal sealed class RecordedLaws(RecordedFigures figures, Architecture architecture, RecordedExperiment experiment, IReadOnlyList<MomentFinding> stated)
{
    private const double Rounding = MomentRange.RoundingOfSingle;

    /// <summary>
    /// The share of variance that a collapsed batch keeps, which changes the steps of the walk. Measured in the author's 10,000 nets from depth 50 on.
    /// </summary>
    private const double RemainingVariance = 0.03;

    private const string NotSaid = "not computed, or not finite without a reason in the file";

    private const string NoTensors = "tensors or weights are needed, and a file of moments holds neither";

    private static string AtBorders =>
        $"at a border the mean of ν₂ needs the tensor; {ParameterName.Spell(nameof(RecordedExperiment.KernelSize))} 1 or "
        + $"{ParameterName.Spell(nameof(RecordedExperiment.Boundary))} periodic has none";

    private static readonly Property CollapsesAll = new(Collapses, "r_eff - 1 at least halves");

    private readonly RecordedMomentLaws _moments = new(
        figures,
        depth => $"depth {depth}",
        _ => LargestRank(experiment),
        _ => experiment is { BatchSize: 1, KernelSize: 1 },
        needsBound: false,
        stated
    );

    /// <summary>The fewest points of a batch that the effective ranks of the signal allow: but for rounding, a rank is at most P - 1 (law D2).</summary>
    public long FewestPoints =>
        figures
            .Names.Where(name => name.StartsWith("reff_signal", StringComparison.Ordinal))
            .SelectMany(name =>
                figures.Find(name)!.Values.Where(figure => figure.Count > 0).Select(figure => figure.Greatest / (1 + Rounding + _moments.UnitRoundoffOf(name)))
            )
            .Select(rank => 1 + (long)Math.Ceiling(Math.Clamp(rank, 0, int.MaxValue)))
            .DefaultIfEmpty(1)
            .Max();

    private bool IsPeriodic => experiment.KernelSize == 1 || experiment.Boundary == "periodic";

    /// <summary>Judges one claim.</summary>
    /// <param name="claim">Its id.</param>
    /// <param name="rates">Error rates of the claim.</param>
    /// <returns>Measurements; if there are none, what is missing.</returns>
    public (IReadOnlyList<Measurement> Measurements, string Missing) Judge(string claim, ErrorRates rates) =>
        (claim, architecture.Name) switch
        {
            ("D1", _) => (_moments.Inequalities(Normalised(place => $"nu1_abs_signal_{place.Suffix}")), "no two moments of a place are recorded together"),
            ("D2", _) => (_moments.EffectiveRanks(), "no effective rank is recorded"),
            ("D3", _) => (
                Kurtosis(),
                experiment.BatchSize is null || experiment.KernelSize != 1
                    ? $"the bound needs the number of points: {ParameterName.Spell(nameof(RecordedExperiment.BatchSize))} and "
                        + $"{ParameterName.Spell(nameof(RecordedExperiment.KernelSize))} 1"
                    : "μ₄ after batch norm is not recorded"
            ),
            ("D4", _) => (MeanAndVariance(), "ν₂ and μ₂ after batch norm are not recorded"),
            ("S2", _) => IsPeriodic ? (Convolved(rates, ConvolutionSignal, "ν₂"), "ν₂ before and after the convolution is not recorded") : ([], AtBorders),
            ("S3", _) => IsPeriodic
                ? (Convolved(rates, ConvolutionNoise, "μ₂(dx)"), "μ₂(dx) before and after the convolution is not recorded")
                : (
                    [],
                    $"at a border the mean needs the tensor; {ParameterName.Spell(nameof(RecordedExperiment.KernelSize))} 1 or "
                        + $"{ParameterName.Spell(nameof(RecordedExperiment.Boundary))} periodic has none"
                ),
            ("S6", _) => (
                Activation(rates),
                architecture.IsResidual
                    ? "inside a residual branch χ is not recorded around the ReLU of every layer"
                    : "χ before and after the ReLU and ν₁(|z|) before it are not recorded"
            ),
            ("W1", _) => (
                Walk(rates),
                experiment.NumChannels is null
                    ? $"the walk needs {ParameterName.Spell(nameof(RecordedExperiment.NumChannels))}"
                    : $"ν₂ at depths from {CollapsedDepth} on, where one point walks, is not recorded"
            ),
            ("W3", _) => !IsPeriodic ? ([], AtBorders)
            : architecture.ResidualDepth < 2 ? ([], "with one layer in the branch the law holds up to O(1/N) only")
            : (Growth(rates), "ν₂ before and after a unit is not recorded"),
            ("P1" or "P2", _) => Mappings(rates, CollapsesAll with { Words = "r_eff - 1 at least halves from a quarter of the depth to all of it" }),
            ("A3", _) => Mappings(
                rates,
                new Property(
                    Slows,
                    $"ln χ gains less than half as much in each {(architecture.IsResidual ? "unit" : "layer")} of the second half as in the first"
                ),
                CollapsesAll
            ),
            ("P3", _) => Mappings(rates, new Property(Drowns, "SNR^l/SNR^0 decays exponentially")),
            ("P4", _) => PowerLaw(rates),
            ("P5", "bn_ff") => Mappings(
                rates,
                new Property(Multiplies, "ln χ gains in the second half twice what it gained in the second quarter, within 10 %")
            ),
            ("P6", _) => Mappings(
                rates,
                new Property(Doubles, "ν₂ doubles in each unit, within 10 % of ln 2"),
                CollapsesAll with
                {
                    Words = "r_eff - 1 at least halves all the same",
                }
            ),
            ("P7", _) => Mappings(rates, new Property(Dilutes, "ν₂ gains 1 in each unit of the second half, within 25 %")),
            ("W2", _) => ([], "expectations over many layers are carried by rare nets; S2 judges them layer by layer"),
            ("W4", _) => ([], "it is exact in the first unit only; P6 judges the doubling of deep mappings"),
            ("A1" or "A2" or "R1" or "R2", _) => ([], "sampled networks of the same input are needed; diagnose gives rate or exponent with its interval"),
            _ => ([], NoTensors),
        };

    private List<Measurement> Kurtosis()
    {
        var comparison = new ExactComparison();
        if (experiment is { BatchSize: { } points, KernelSize: 1 })
        {
            foreach (var place in architecture.Places.Where(place => place.Kind == UnitPlaceKind.BatchNorm))
            {
                var name = $"mu4_signal_{place.Suffix}";
                var tolerance = (Rounding + _moments.UnitRoundoffOf(name)) * Bounds.LargestKurtosis(points);
                _moments.Bound(comparison, name, 0, Bounds.LargestKurtosis(points), tolerance, "(P² - 3P + 3)/(P - 1)");
            }
        }

        return RecordedMomentLaws.Concluded(comparison, "μ₄ after batch norm");
    }

    private List<Measurement> MeanAndVariance()
    {
        var comparison = new ExactComparison();
        foreach (var place in architecture.Places.Where(place => place.Kind == UnitPlaceKind.BatchNorm))
        {
            _moments.Bound(comparison, $"{Mu2OverNu2}_{place.Suffix}", 1, 1, Rounding, "no mean is left");
            _moments.Bound(comparison, $"mu2_signal_{place.Suffix}", 0, 1, Rounding, "σ²/(σ² + ε) ≤ 1");
        }

        return RecordedMomentLaws.Concluded(comparison, "mean and variance after batch norm");
    }

    private List<Measurement> Convolved(ErrorRates rates, string quantity, string moment)
    {
        var tests = new List<Measurement>();
        Add(
            quantity,
            2,
            $"{moment} after the convolution over its value before it",
            terms => ExactTail.OfConvolution(2, terms * (experiment.NumChannels ?? 1))
        );
        if (!architecture.IsResidual)
        {
            // This holds after batch norm too: changing a channel's sign exchanges what passes and what does not.
            Add(
                quantity == ConvolutionNoise ? ReluNoise : ReluSignal,
                0.5,
                $"{moment} after the ReLU over its value before it",
                terms => ExactTail.OfActivation(0.5, terms)
            );
        }

        return tests;

        void Add(string name, double expected, string words, Func<double, ExactTail> exact)
        {
            if (figures.Find(name) is { } byDepth)
            {
                var figure = byDepth.Values.Single();
                tests.Add(RecordedTest.Judge(figure, rates.SharedBy(2), expected, 0.05, words, exact((double)figure.Count * Depths)));
            }
        }
    }

    private List<Measurement> Activation(ErrorRates rates)
    {
        var place = architecture.Places.First(place => place.Kind == UnitPlaceKind.BatchNorm);
        if (architecture.IsResidual || figures.Find(ReluChi) is not { } squares || figures.Find($"nu1_abs_signal_{place.Suffix}") is not { } nu1)
        {
            return [];
        }

        // δ_φ⁻² = 1 - ½E_c ν₁², and ν₁² ≤ E_c ν₁² ≤ ν₁ since ν₁ ≤ 1 in each channel. The ratio of two sums over channels has a bias of 1/N.
        var bias = experiment.NumChannels is { } channels ? 1.0 / channels : 0.01;
        var means = nu1.Values.Where(figure => figure.Count > 0).Select(figure => figure.Mean).DefaultIfEmpty(double.NaN).ToArray();
        var (lower, upper) = (means.Average(mean => 1 - (0.5 * mean)) - bias, means.Average(mean => 1 - (0.5 * mean * mean)) + bias);
        var summary = squares.Values.Single();

        // If some of the numbers are missing, the bounds that rest on them do not hold.
        var missing = nu1.Values.Max(figure => figure.NotFinite + figure.Unknown);
        var expected = lower <= upper && means.All(mean => mean is >= 0 and <= 1 + Rounding) ? Math.Clamp(summary.Mean, lower, upper) : double.NaN;
        var (variances, leastMu2) = (figures.Find(ReluVariance)?.Values.Single(), LeastMu2(place));
        var shared = variances is null ? rates : rates.SharedBy(2);
        var layers = (double)summary.Count * Depths;
        string[] needed = [$"nu1_abs_signal_{place.Suffix}", $"chi_loc{place.Number}", $"chi_loc{place.Number + 1}"];
        var isWhole = leastMu2 is not null && AreWhole(needed, summary.Count);
        var tests = new List<Measurement>
        {
            RecordedTest.Judge(
                summary with
                {
                    Unknown = summary.Unknown + missing + (double.IsNaN(expected) ? summary.Count : 0),
                },
                shared,
                expected,
                0.05,
                $"δ_φ⁻² of the ReLU, between the bounds {lower:F4} and {upper:F4} that ν₁(|z|) sets",
                isWhole ? ExactTail.OfSquaredChiRatio(experiment.NumChannels ?? 1, layers, Math.Min(1, means.Average()), leastMu2!.Value) : null
            ),
        };
        if (variances is { } variance)
        {
            // Half of this is the least and the largest share of the signal's variance that the ReLU keeps: it is no ratio of sums, so it has no bias.
            var (least, most) = (means.Average(mean => 0.5 - (0.25 * mean / (leastMu2 ?? 1))), means.Average(mean => 0.5 - (0.25 * mean * mean)));
            var kept = least <= most && !double.IsNaN(expected) ? Math.Clamp(variance.Mean, least, most) : double.NaN;
            var exact =
                isWhole && variance.Count == summary.Count && AreWhole([$"mu2_noise_loc{place.Number}", $"mu2_noise_loc{place.Number + 1}"], summary.Count)
                    ? ExactTail.OfNormalisedVariance(least, most, experiment.NumChannels ?? 1, layers, leastMu2!.Value)
                    : null;
            tests.Add(
                RecordedTest.Judge(
                    variance with
                    {
                        Unknown = variance.Unknown + missing + (double.IsNaN(kept) ? variance.Count : 0),
                    },
                    shared,
                    kept,
                    0.05,
                    $"δ_φ⁻² times what the ReLU keeps of the noise, between the bounds {least:F4} and {most:F4} that ν₁(|z|) sets",
                    exact
                )
            );
        }

        return tests;
    }

    /// <summary>The least μ₂ after batch norm; 1 if it is not recorded, since ε is far below a variance of 1; null if a recorded value is impossible.</summary>
    private double? LeastMu2(UnitPlace place) =>
        figures.Find($"mu2_signal_{place.Suffix}") is not { } byDepth ? 1
        : byDepth.Values.Where(figure => figure.Count > 0).Select(figure => figure.Least).DefaultIfEmpty(0).Min() is > 0 and var least ? Math.Min(1, least)
        : null;

    /// <summary>
    /// Whether every simulation has a positive number of each moment at every depth: a theorem about means over depths and simulations needs all of them.
    /// </summary>
    private bool AreWhole(IEnumerable<string> names, int simulations) =>
        names.All(name =>
            figures.Find(name) is { } byDepth && byDepth.Count == Depths && byDepth.Values.All(figure => figure.Count == simulations && figure.Least > 0)
        );

    private List<Measurement> Walk(ErrorRates rates)
    {
        var tests = new List<Measurement>();
        if (
            experiment.NumChannels is { } channels
            && figures.Find(WalkGain) is { } gains
            && figures.Find(WalkGainSquared) is { } squares
            && figures.Find(WalkLayers) is { } layers
        )
        {
            var (walk, steps, gain) = (new RandomWalk(channels), layers.Values.Single().Mean, gains.Values.Single());
            var (mean, second) = (steps * walk.Drift, (steps * walk.Variance) + Math.Pow(steps * walk.Drift, 2));
            Gain(
                gain,
                mean,
                0.1,
                $"gain of ln ν₂ over the last {steps} layers",
                ExactTail.OfWalk(channels, steps, gain.Count, mean, RemainingVariance * Math.Abs(mean))
            );
            Gain(squares.Values.Single(), second, 0.2, $"mean square of the gain of ln ν₂ over the last {steps} layers", null);
        }

        return tests;

        void Gain(RecordedSummary figure, double expected, double discrepancy, string words, ExactTail? exact) =>
            tests.Add(
                RecordedTest.Judge(
                    figure,
                    rates.SharedBy(2),
                    Towards(figure.Mean, expected, RemainingVariance * Math.Abs(expected)),
                    discrepancy,
                    string.Create(CultureInfo.InvariantCulture, $"{words}, {expected:G5} but for {RemainingVariance:P0} of it"),
                    exact
                )
            );
    }

    private List<Measurement> Growth(ErrorRates rates)
    {
        if (figures.Find(UnitGain) is not { } byDepth)
        {
            return [];
        }

        // The theorem needs ν₂ before the units in all of the same simulations.
        var gain = byDepth.Values.Single();
        var before = figures.Find($"nu2_signal_{architecture.Places[0].Suffix}")?.Values.ToArray() ?? [];
        var whole = before.Length == Depths && Array.TrueForAll(before, figure => figure.Count == gain.Count && figure.Least >= 0);
        var exact = whole ? ExactTail.OfDilution(experiment.NumChannels ?? 1, (double)gain.Count * Depths, before.Average(figure => figure.Mean)) : null;
        return [RecordedTest.Judge(gain, rates, 1, 0.1, "gain of ν₂ in a unit", exact)];
    }

    /// <summary>
    /// The largest possible effective rank: that of the points of a fully connected net, or else the number of channels, if the experiment states either.
    /// </summary>
    private static double? LargestRank(RecordedExperiment experiment) =>
        RecordedRanks.Largest(experiment.NumChannels, experiment.KernelSize == 1 ? experiment.BatchSize : null);

    private IEnumerable<string> Normalised(Func<UnitPlace, string> name) =>
        architecture.Places.Where(place => place.Kind == UnitPlaceKind.BatchNorm).Select(name);

    /// <summary>Number of computed depths, over which a simulation's quantities are averaged; a smaller number makes a theorem weaker, but not wrong.</summary>
    private int Depths => figures.Names.Max(name => figures.Find(name)!.Count);

    private (IReadOnlyList<Measurement> Measurements, string Missing) PowerLaw(ErrorRates rates)
    {
        Property[] healthy =
        [
            new(Collapses, "r_eff - 1 does not halve") { Opposite = true },
            new(Drowns, "SNR^l/SNR^0 does not decay exponentially") { Opposite = true },
        ];
        if (figures.Find(GrowsAsPower) is not null)
        {
            var power = new Property(GrowsAsPower, "χ grows as a power: ln χ gains between √½ and √2 of the gain before when the depth doubles");
            return Mappings(rates, [.. healthy, power]);
        }

        // Older tables do not count the mappings that grow as a power, but they have the means of the gains that decide it.
        var (shares, missing) = Mappings(rates.SharedBy(2), healthy);
        if (shares.Count == 0)
        {
            return (shares, missing);
        }

        var tests = new List<Measurement>(shares);
        foreach (
            var (name, sign, words) in new[]
            {
                (GainAboveUpper, -1, "below √2 of the gain before: not exponential"),
                (GainAboveLower, 1, "above √½ of the gain before: not bounded"),
            }
        )
        {
            if (figures.Find(name) is { } byDepth)
            {
                tests.Add(RecordedTest.OfSign(byDepth.Values.Last(), rates.SharedBy(4), sign, $"gain of ln χ from half of the depth to all of it, {words}"));
            }
        }

        return tests.Count == shares.Count + 2 ? (tests, missing) : ([], "the gains of ln χ are not recorded");
    }

    private (IReadOnlyList<Measurement> Measurements, string Missing) Mappings(ErrorRates rates, params Property[] properties)
    {
        var tests = new List<Measurement>();
        foreach (var property in properties)
        {
            if (
                figures.Find(property.Name) is { } byDepth
                && byDepth.Last() is var (depth, figure)
                && depth >= MappingBehaviour.LeastDepth
                && figure.Mean is >= 0 and <= 1
            )
            {
                var shown = (int)Math.Round(figure.Mean * figure.Count);
                tests.Add(Share(property.Words, property.Opposite ? figure.Count - shown : shown, figure, rates.SharedBy(properties.Length)));
            }
        }

        return tests.Count == properties.Length
            ? (tests, "")
            : (
                [],
                $"it needs χ, effective ranks and ν₂ of mappings at a quarter, half and all of at least {MappingBehaviour.LeastDepth} "
                    + $"{(architecture.IsResidual ? "units" : "layers")}"
            );
    }

    /// <summary>Tests whether most mappings show a property.</summary>
    /// <remarks>
    /// A mapping with impossible numbers shows neither the property nor its opposite, but it is counted. Of one whose numbers the file leaves open nothing is
    /// known, so the share lies between two bounds: none of these shows the property, or all of them do. (If one of them died, it does not count: that share
    /// lies between the bounds too.) A verdict needs the bound that is the less favourable to it.
    /// </remarks>
    /// <param name="words">The property.</param>
    /// <param name="shown">Number of mappings that are known to show it.</param>
    /// <param name="figure">The figure that counts the mappings.</param>
    /// <param name="rates">The permitted error rates of the test.</param>
    private static Measurement Share(string words, int shown, RecordedSummary figure, ErrorRates rates)
    {
        var (impossible, open) = (figure.NotFinite, figure.Unknown);
        var all = figure.Count + impossible + open;
        var (least, most) = (new BinomialProportion(shown, all).Conclude(words, rates), new BinomialProportion(shown + open, all).Conclude(words, rates));
        var verdict =
            least.Verdict == Verdict.Holds ? Verdict.Holds
            : most.Verdict == Verdict.Rejected ? Verdict.Rejected
            : Verdict.Inconclusive;
        var test = (verdict == Verdict.Rejected ? most : least) with { Verdict = verdict, FalseAlarmBound = most.FalseAlarmBound };
        string[] remarks =
        [
            .. new[]
            {
                Lacking(impossible, all, "not finite or is impossible, and shows nothing", "not finite or is impossible, and show nothing"),
                Lacking(open, all, $"{NotSaid}: it may show it, or not", $"{NotSaid}: all may show it, or none"),
            }.OfType<string>(),
        ];
        return test with
        {
            Effect = test.Effect is { } share ? share with { Lower = least.Effect!.Lower, Upper = most.Effect!.Upper } : null,
            Remark = remarks.Length == 0 ? test.Remark ?? WouldDecide(test) : string.Join("; ", remarks),
        };
    }

    private static string? Lacking(int count, int of, string one, string several) =>
        count == 0 ? null : $"{Counted.Spell(count, of, "mapping")} {(count == 1 ? $"has a number that is {one}" : $"have a number that is {several}")}";

    /// <summary>The number of mappings that would decide: the interval shrinks with the root of their number, and must exclude one half.</summary>
    private static string? WouldDecide(Measurement test)
    {
        if (test.Verdict != Verdict.Inconclusive || test.Effect is not { } share)
        {
            return null;
        }

        var (half, room) = (share.Estimate > 0.5 ? share.Estimate - share.Lower : share.Upper - share.Estimate, Math.Abs(share.Estimate - 0.5));
        return room == 0
            ? "half of the mappings show it; no number would decide"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"about {Math.Ceiling(test.Samples * Math.Pow(half / room, 2)):0} mappings with this share would decide"
            );
    }

    /// <summary>The value nearest to the observed one within an allowance around the expected one.</summary>
    private static double Towards(double observed, double expected, double allowance) => Math.Clamp(observed, expected - allowance, expected + allowance);

    /// <summary>A property that most mappings must have.</summary>
    /// <param name="Name">The figure that counts the mappings with the property.</param>
    /// <param name="Words">The property that the claim requires, for reports.</param>
    private sealed record Property(string Name, string Words)
    {
        /// <summary>Whether the claim requires the opposite of what the figure counts.</summary>
        public bool Opposite { get; init; }
    }
}
