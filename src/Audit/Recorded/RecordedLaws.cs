using System.Globalization;
using Wellbehaved.Model;
using Wellbehaved.Theory;
using static Wellbehaved.Audit.RecordedQuantities;

namespace Wellbehaved.Audit;

/// <summary>Judges laws by recorded figures.</summary>
/// <param name="figures">The figures.</param>
/// <param name="architecture">Their architecture.</param>
/// <param name="experiment">What is known of the experiment.</param>
internal sealed class RecordedLaws(RecordedFigures figures, Architecture architecture, RecordedExperiment experiment)
{
    /// <summary>Moments come from tensors of single precision or better, of ten thousand numbers and more: √n·u with a factor for the worst of many. A ratio of two twice that.</summary>
    private const double Rounding = 3e-5;

    /// <summary>A step of the walk changes with the few percent of variance that a collapsed batch keeps; measured in the author's 10,000 nets from depth 50 on.</summary>
    private const double RemainingVariance = 0.03;

    private const string NoTensors = "it needs tensors or weights, and a file of moments holds neither";

    private bool IsPeriodic => experiment.KernelSize == 1 || experiment.Boundary == "periodic";

    /// <summary>Judges one claim.</summary>
    /// <param name="claim">Its id.</param>
    /// <param name="rates">Error rates of the claim.</param>
    /// <returns>Measurements; if none, what is missing.</returns>
    public (IReadOnlyList<Measurement> Measurements, string Missing) Judge(string claim, ErrorRates rates) => (claim, architecture.Name) switch
    {
        ("D1", _) => (Inequalities(), "no two moments of a place are recorded together"),
        ("D2", _) => (EffectiveRanks(), "no effective rank is recorded"),
        ("D3", _) => (Kurtosis(), experiment.BatchSize is null || experiment.KernelSize != 1 ? "the bound needs the number of points: --batch-size and --kernel-size 1" : "μ₄ behind batch norm is not recorded"),
        ("D4", _) => (Normalised(), "ν₂ and μ₂ behind batch norm are not recorded"),
        ("S2", _) => IsPeriodic ? (Convolved(rates, ConvolutionSignal, "ν₂"), "ν₂ before and behind the convolution is not recorded") : ([], "at a border the mean of ν₂ needs the tensor; --kernel-size 1 or --boundary periodic has none"),
        ("S3", _) => IsPeriodic ? (Convolved(rates, ConvolutionNoise, "μ₂(dx)"), "μ₂(dx) before and behind the convolution is not recorded") : ([], "at a border the mean needs the tensor; --kernel-size 1 or --boundary periodic has none"),
        ("S6", _) => (Activation(rates), "χ around the ReLU and ν₁(|z|) before it are not recorded"),
        ("W1", _) => (Walk(rates), experiment.NumChannels is null ? "the walk needs --num-channels" : $"ν₂ at depths from {CollapsedDepth} on, where one point walks, is not recorded"),
        ("W3", _) => (Growth(rates), "ν₂ before and behind a unit is not recorded"),
        ("P1" or "P2", _) => Mappings(rates, (Collapses, "r_eff - 1 at least halves from a quarter of the depth to all of it")),
        ("A3", _) => Mappings(rates, (Slows, "ln χ gains less than half as much in each layer of the second half as in the first"), (Collapses, "r_eff - 1 at least halves")),
        ("P3", _) => Mappings(rates, (Drowns, "SNR^l/SNR^0 decays exponentially")),
        ("P4", _) => PowerLaw(rates),
        ("P5", "bn_ff") => Mappings(rates, (Multiplies, "ln χ gains in the second half twice what it gained in the second quarter, within 10 %")),
        ("P6", _) => Mappings(rates, (Doubles, "ν₂ doubles in each unit, within 10 % of ln 2"), (Collapses, "r_eff - 1 at least halves all the same")),
        ("P7", _) => Mappings(rates, (Dilutes, "ν₂ gains 1 in each unit of the second half, within 25 %")),
        ("W2", _) => ([], "expectations over many layers are carried by rare nets; S2 judges them layer by layer"),
        ("W4", _) => ([], "it is exact in the first unit only; P6 judges the doubling of deep mappings"),
        ("A1" or "A2" or "R1" or "R2", _) => ([], "it needs a ladder of widths and the inputs; diagnose gives rate or exponent with its interval"),
        _ => ([], NoTensors),
    };

    private List<Measurement> Inequalities()
    {
        var comparison = new ExactComparison();
        foreach (var (bounded, words) in new[] { (Nu1OverNu2, "ν₁² ≤ ν₂"), (Mu2OverNu2, "μ₂ ≤ ν₂"), (Mu2OverMu4, "μ₂² ≤ μ₄") })
        {
            foreach (var name in figures.Names.Where(name => name.StartsWith(bounded, StringComparison.Ordinal)))
            {
                Bound(comparison, name, 0, 1, Rounding, words);
            }
        }

        foreach (var name in figures.Names.Where(name => name.StartsWith(ChiConsistency, StringComparison.Ordinal)))
        {
            Bound(comparison, name, 0, 0, Rounding, "χ is sqrt(μ₂(dx)/μ₂(x)) times a constant of the simulation");
        }

        // Behind batch norm ν₂ is 1 at most, whether it is recorded or not.
        foreach (var place in architecture.Places.Where(place => place.Kind == PlaceKind.BatchNorm))
        {
            Bound(comparison, $"nu1_abs_signal_{place.Suffix}", 0, 1, Rounding, "ν₁ ≤ √ν₂ ≤ 1 behind batch norm");
        }

        return Concluded(comparison, "inequalities between recorded moments");
    }

    private List<Measurement> EffectiveRanks()
    {
        var comparison = new ExactComparison();
        var greatest = experiment is { NumChannels: { } channels, BatchSize: { } batch, KernelSize: 1 } ? Bounds.LargestEffectiveRank(batch, channels) : double.PositiveInfinity;
        foreach (var name in figures.Names.Where(name => name.StartsWith("reff_", StringComparison.Ordinal)))
        {
            Bound(comparison, name, 1, greatest, Rounding * (double.IsFinite(greatest) ? greatest : 1), "1 ≤ r_eff ≤ min(N, P - 1)");
        }

        return Concluded(comparison, "effective ranks within their bounds");
    }

    private List<Measurement> Kurtosis()
    {
        var comparison = new ExactComparison();
        if (experiment is { BatchSize: { } points, KernelSize: 1 })
        {
            foreach (var place in architecture.Places.Where(place => place.Kind == PlaceKind.BatchNorm))
            {
                Bound(comparison, $"mu4_signal_{place.Suffix}", 0, Bounds.LargestKurtosis(points), Rounding * Bounds.LargestKurtosis(points), "(P² - 3P + 3)/(P - 1)");
            }
        }

        return Concluded(comparison, "μ₄ behind batch norm");
    }

    private List<Measurement> Normalised()
    {
        var comparison = new ExactComparison();
        foreach (var place in architecture.Places.Where(place => place.Kind == PlaceKind.BatchNorm))
        {
            Bound(comparison, $"{Mu2OverNu2}_{place.Suffix}", 1, 1, Rounding, "no mean is left");
            Bound(comparison, $"mu2_signal_{place.Suffix}", 0, 1, Rounding, "σ²/(σ² + ε) ≤ 1");
        }

        return Concluded(comparison, "mean and variance behind batch norm");
    }

    private List<Measurement> Convolved(ErrorRates rates, string quantity, string moment)
    {
        var tests = new List<Measurement>();
        Add(tests, quantity, rates.SharedBy(2), 2, 0.05, $"{moment} behind the convolution over its value before");
        if (!architecture.IsResidual)
        {
            // Behind batch norm too: flipping a channel's sign exchanges what passes and what does not.
            Add(tests, quantity == ConvolutionNoise ? ReluNoise : ReluSignal, rates.SharedBy(2), 0.5, 0.05, $"{moment} behind the ReLU over its value before");
        }

        return tests;
    }

    private List<Measurement> Activation(ErrorRates rates)
    {
        var place = architecture.Places.First(place => place.Kind == PlaceKind.BatchNorm);
        if (architecture.IsResidual || figures.Find(ReluChi) is not { } squares || figures.Find($"nu1_abs_signal_{place.Suffix}") is not { } nu1)
        {
            return [];
        }

        // δ_φ⁻² = 1 - ½E_c ν₁², and ν₁² ≤ E_c ν₁² ≤ ν₁ since ν₁ ≤ 1 in each channel. The ratio of two sums over channels is biased by 1/N.
        var tests = new List<Measurement>();
        var bias = experiment.NumChannels is { } channels ? 1.0 / channels : 0.01;
        var summary = squares.Values.Single();
        var (lower, upper) = (nu1.Values.Average(figure => 1 - (0.5 * figure.Mean)) - bias, nu1.Values.Average(figure => 1 - (0.5 * figure.Mean * figure.Mean)) + bias);
        tests.Add(Test(summary, rates, Math.Clamp(summary.Mean, lower, upper), 0.05, $"δ_φ⁻² of the ReLU, between the bounds {lower:F4} and {upper:F4} that ν₁(|z|) sets"));
        return tests;
    }

    private List<Measurement> Walk(ErrorRates rates)
    {
        var tests = new List<Measurement>();
        if (experiment.NumChannels is { } channels && figures.Find(WalkGain) is { } gains && figures.Find(WalkGainSquared) is { } squares && figures.Find(WalkLayers) is { } layers)
        {
            var (walk, steps) = (new RandomWalk(channels), layers.Values.Single().Mean);
            var (mean, second) = (steps * walk.Drift, (steps * walk.Variance) + Math.Pow(steps * walk.Drift, 2));
            Gain(gains.Values.Single(), mean, 0.1, $"gain of ln ν₂ over the last {steps} layers");
            Gain(squares.Values.Single(), second, 0.2, $"mean square of the gain of ln ν₂ over the last {steps} layers");
        }

        return tests;

        void Gain(Figure figure, double expected, double discrepancy, string words) =>
            tests.Add(Test(figure, rates.SharedBy(2), Towards(figure.Mean, expected, RemainingVariance * Math.Abs(expected)), discrepancy, string.Create(CultureInfo.InvariantCulture, $"{words}, {expected:G5} but for {RemainingVariance:P0} of it")));
    }

    private List<Measurement> Growth(ErrorRates rates)
    {
        var tests = new List<Measurement>();
        Add(tests, UnitGain, rates, 1, 0.1, "gain of ν₂ in a unit");
        return tests;
    }

    private (IReadOnlyList<Measurement> Measurements, string Missing) PowerLaw(ErrorRates rates)
    {
        var (shares, missing) = Mappings(rates.SharedBy(2), (Collapses, "r_eff - 1 does not halve"), (Drowns, "SNR^l/SNR^0 does not decay exponentially"));
        if (shares.Count == 0)
        {
            return (shares, missing);
        }

        // A power law: χ's gain lies between √½ and √2 of the gain before it; see GrowthLaw.
        var tests = new List<Measurement>(shares);
        foreach (var (name, sign, words) in new[] { (GainAboveUpper, -1, "below √2 of the gain before: not exponential"), (GainAboveLower, 1, "above √½ of the gain before: not bounded") })
        {
            var figure = figures.Find(name)!.Values.Last();
            var t = sign * figure.Mean / (figure.Deviation / Math.Sqrt(figure.Count));
            var tail = new CorrectedTail(figure.Count, figure.Skewness).Of(Math.Abs(t));
            var sure = tail <= rates.SharedBy(4).FalseFail;
            tests.Add(new Measurement($"gain of ln χ from half of the depth to all of it, {words}", new Expected(0), new Observed(figure.Mean), sure ? t > 0 ? Verdict.Holds : Verdict.Rejected : Verdict.Inconclusive) { Deviation = t, Samples = figure.Count, FalseFailRate = rates.SharedBy(4).FalseFail });
        }

        return (tests, missing);
    }

    private (IReadOnlyList<Measurement> Measurements, string Missing) Mappings(ErrorRates rates, params (string Name, string Words)[] shares)
    {
        var tests = new List<Measurement>();
        foreach (var (name, words) in shares)
        {
            if (figures.Find(name) is { } byDepth)
            {
                var (depth, figure) = byDepth.Last();
                var shown = (int)Math.Round(figure.Mean * figure.Count);
                var negated = words.Contains("does not", StringComparison.Ordinal);
                if (depth >= Diagnosis.LeastDepth)
                {
                    tests.Add(new BinomialProportion(negated ? figure.Count - shown : shown, figure.Count).Conclude(words, rates.SharedBy(shares.Length)));
                }
            }
        }

        return tests.Count == shares.Length ? (tests, "") : ([], $"it needs χ, effective ranks and ν₂ of mappings at a quarter, half and all of at least {Diagnosis.LeastDepth} layers");
    }

    private void Add(List<Measurement> tests, string quantity, ErrorRates rates, double expected, double discrepancy, string words)
    {
        if (figures.Find(quantity) is { } byDepth)
        {
            tests.Add(Test(byDepth.Values.Single(), rates, expected, discrepancy, words));
        }
    }

    private static Measurement Test(Figure figure, ErrorRates rates, double expected, double discrepancy, string words)
    {
        if (figure.Count < 2)
        {
            return new Measurement(words, new Expected(expected), new Observed(figure.Mean), Verdict.Inconclusive) { Samples = figure.Count, FalseFailRate = rates.FalseFail, Detectable = double.PositiveInfinity };
        }

        var tail = new CorrectedTail(figure.Count, figure.Skewness);
        var error = figure.Deviation / Math.Sqrt(figure.Count);
        var distance = figure.Mean - expected;
        var t = distance == 0 ? 0 : distance / error;
        var detectable = (tail.Critical(rates.FalseFail) + rates.PowerMargin) * error / Math.Abs(expected);
        var verdict = tail.Of(Math.Abs(t)) <= rates.FalseFail ? Verdict.Rejected : detectable <= discrepancy ? Verdict.Holds : Verdict.Inconclusive;
        return new Measurement(words, new Expected(expected), new Observed(figure.Mean), verdict) { Deviation = t, Samples = figure.Count, FalseFailRate = rates.FalseFail, Detectable = detectable };
    }

    /// <summary>The value nearest to the observed one within an allowance about the expected.</summary>
    private static double Towards(double observed, double expected, double allowance) => Math.Clamp(observed, expected - allowance, expected + allowance);

    private void Bound(ExactComparison comparison, string name, double lower, double upper, double tolerance, string words)
    {
        foreach (var (depth, figure) in figures.Find(name) ?? new Dictionary<int, Figure>())
        {
            foreach (var extreme in new[] { figure.Least, figure.Greatest })
            {
                comparison.AddBetween(new Observed(extreme), new Expected(lower), new Expected(upper), tolerance, $"{name}, depth {depth}: {words}");
            }
        }
    }

    private static List<Measurement> Concluded(ExactComparison comparison, string words) => comparison.Comparisons == 0 ? [] : [comparison.Conclude(words)];
}
