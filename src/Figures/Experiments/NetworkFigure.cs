using System.Globalization;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Figures;

/// <summary>
/// Moments of networks of layers by depth, at the ends of their units: sensitivity, directions of variance, and the signal propagation plot of means, variances
/// and residual branches.
/// </summary>
internal static class NetworkFigure
{
    private const int MostNames = 3;

    /// <summary>The greatest number of files whose origin is listed; more are only counted.</summary>
    private const int MostLines = 6;

    /// <summary>The greatest number of characters of a program's name that are shown.</summary>
    private const int LongestProgram = 60;

    private static readonly double Ln10 = Math.Log(10);

    /// <summary>ln of the share of ν₂ below which a squared mean is what rounding left of zero, as at the end of a unit that batch norm ends.</summary>
    private static readonly double LeastShare = Math.Log(1e-12);

    /// <summary>Draws result files.</summary>
    /// <param name="files">At least one file, each with a name that is used where the file does not name its network.</param>
    /// <param name="theory">Predictions for the networks that files describe, by the index of the file; null where there are none.</param>
    /// <param name="gradients">Predictions of gradients, by the index of the file; null where there are none.</param>
    /// <returns>The figure; panels whose moments are missing say so.</returns>
    public static Figure Draw(
        IReadOnlyList<(string Name, ResultFile File)> files,
        IReadOnlyDictionary<int, NetworkPrediction>? theory = null,
        IReadOnlyDictionary<int, GradientForecast>? gradients = null
    )
    {
        ArgumentNullException.ThrowIfNull(files);
        var shown = Named(files, theory ?? new Dictionary<int, NetworkPrediction>(), gradients ?? new Dictionary<int, GradientForecast>());
        var isOne = shown.Length == 1;
        Quantity ratio = new("SNR^{l}/SNR^{0}", file => file.FindLogAtEnds("chi"), "chi", "log_chi")
        {
            Source = "χ",
            Factor = -2,
            Theory = place => place.LogChi,
        };
        Quantity signal = new("*r*_{eff} of the signal", file => Ranks(file, "reff_signal"), "reff_signal")
        {
            Places = places => places.Ranks,
            Theory = place => Math.Log(place.ReffSignal),
        };

        // The limit of the noise's rank is not shown: at finite width, directions of a flat spectrum deviate from it by the root of points over width.
        Quantity noise = new("*r*_{eff} of the noise", file => Ranks(file, "reff_noise"), "reff_noise") { Places = places => places.Ranks };
        Quantity variance = new("variance, μ₂", file => file.FindLogAtEnds("mu2_signal"), "mu2_signal", "log_mu2_signal")
        {
            Theory = place => place.LogMu2Signal,
        };
        Quantity mean = new("squared mean, ν₂ − μ₂", SquaredMeans) { Theory = place => LogDifference(place.LogNu2Signal, place.LogMu2Signal) };
        Quantity branch = new("variance, μ₂", file => file.FindLogAtBranchEnds("mu2_signal"))
        {
            Places = places => places.Branches,
            Depths = file => file.BranchDepths,
            Theory = place => place.LogMu2Signal,
        };
        Quantity gradient = new("mean square of the gradient", file => file.FindLogAtEnds("gradient")) { IsGradient = true };
        List<Panel> panels =
        [
            Build("Signal-to-noise ratio", "SNR^{l} / SNR^{0}", shown, [ratio], isOne) with
            {
                References = [new(0, "1: as at the input")],
            },
            Build("Directions of variance", "*r*_{eff}", shown, isOne ? [signal, noise] : [signal], isOne) with
            {
                References = [new(0, "1: one direction")],
            },
            isOne
                ? Build("Signal at the ends of units", "mean over channels", shown, [variance, mean], isOne)
                : Build("Variance of the signal", "μ₂", shown, [variance with { Label = "μ₂" }], isOne),
        ];
        if (shown.Any(one => one.File.BranchDepths.Count > 0))
        {
            panels.Add(Build("Ends of residual branches", "μ₂", [.. shown.Where(one => one.File.BranchDepths.Count > 0)], [branch], isOne));
        }

        if (shown.Any(one => one.File.FindLogAtEnds("gradient") is not null))
        {
            panels.Add(
                Build("Gradient", "mean square", [.. shown.Where(one => one.File.FindLogAtEnds("gradient") is not null)], [gradient], isOne) with
                {
                    References = [new(0, "1: as at the output")],
                }
            );
        }

        return new Figure(
            $"{string.Join(", ", shown.Take(MostNames).Select(one => one.Name))}{(shown.Length > MostNames ? " and others" : "")}: signal and noise by depth",
            panels,
            2
        )
        {
            Notes =
            [
                .. shown.Take(MostLines).Select(one => isOne ? Capital(Say(one.File)) : $"{one.Name}: {Say(one.File)}"),
                .. shown.Length > MostLines ? [$"and {shown.Length - MostLines} more"] : Array.Empty<string>(),
                .. Ends(shown).Take(MostLines),
                .. isOne && LeavesOutMeans(shown[0].File) ? ["Squared means that are zero, but for rounding, are left out."] : Array.Empty<string>(),
                .. Provenance.Bands(panels),
                .. panels.SelectMany(panel => panel.Curves).Any(curve => curve.Kind == CurveKind.Theory)
                    ? ["Dashed: theory in the limit of infinite width, for the batch and noise of the first simulation."]
                    : Array.Empty<string>(),
            ],
        };
    }

    /// <summary>The files with their labels: the names of the networks, or those of the files where several networks have the same name.</summary>
    private static Shown[] Named(
        IReadOnlyList<(string Name, ResultFile File)> files,
        IReadOnlyDictionary<int, NetworkPrediction> theory,
        IReadOnlyDictionary<int, GradientForecast> gradients
    )
    {
        var areTold = files.Select(file => file.File.NetworkName).Distinct().Count() == files.Count;
        return
        [
            .. files.Select(
                (file, i) =>
                    new Shown(
                        Markup.Escape(areTold && file.File.NetworkName is { } name ? ForeignText.OnOneLine(name) : file.Name),
                        file.File,
                        i,
                        theory.GetValueOrDefault(i),
                        gradients.GetValueOrDefault(i)
                    )
            ),
        ];
    }

    private static Panel Build(string title, string label, IReadOnlyList<Shown> shown, IReadOnlyList<Quantity> quantities, bool isAlone)
    {
        var curves = new List<Curve>();
        var missing = new List<string>();
        foreach (var (quantity, i) in quantities.Select((quantity, i) => (quantity, i)))
        {
            var without = new List<(string Reason, string Name)>();
            foreach (var one in shown)
            {
                var (at, colour) = (quantity.Depths(one.File), isAlone ? i : one.Colour);
                var name =
                    isAlone ? quantity.Label
                    : quantities.Count == 1 ? one.Name
                    : $"{quantity.Label}, {one.Name}";
                var logarithms = quantity.Logarithms(one.File);
                var rows = logarithms
                    ?.Select(
                        (row, simulation) =>
                            row.Select((value, j) => IsThere(one.File, simulation, at[j], value) ? quantity.Factor * value / Ln10 : double.NaN).ToArray()
                    )
                    .ToArray();
                if (Curve.Summarise(name, colour, [.. at.Select(depth => (double)depth)], rows) is { } curve)
                {
                    curves.Add(curve);
                }
                else
                {
                    var reason = logarithms is null
                        ? Absence.Explain(one.File, isRead: false, at[0], quantity.Arrays)
                        : Absence.Explain(one.File, logarithms, at[0]);
                    without.Add((reason, one.Name));
                }

                curves.AddRange(new[] { TheoryOf(quantity, one, quantities.Count == 1 && isAlone ? "theory" : $"{name}, theory", colour) }.OfType<Curve>());
            }

            missing.AddRange(Absence.Say(quantity.Source ?? quantity.Label, without, shown.Count));
        }

        return new Panel(title, shown.All(one => one.File.Options?.RecordedPlaces?.CountsUnits != false) ? "depth *l*" : "layers with weights", label, curves)
        {
            YScale = AxisScale.Logarithmic,
            Missing = missing.Count == 0 ? null : string.Join("; ", missing),
        };
    }

    /// <summary>The predicted curve of a quantity at the places where it is recorded; null where there is no prediction.</summary>
    private static Curve? TheoryOf(Quantity quantity, Shown one, string label, int colour)
    {
        if (one.File.Options?.RecordedPlaces is not { } recorded || Predicted(quantity, one) is not { } predicted)
        {
            return null;
        }

        // Ranks are recorded within a unit, and are drawn at the depth of the unit.
        var points = quantity
            .Places(recorded)
            .Zip(quantity.Depths(one.File), (place, depth) => (Depth: (double)depth, Value: quantity.Factor * predicted(recorded.Indices[place]) / Ln10))
            .ToArray();
        return Curve.Through(label, CurveKind.Theory, colour, points.Select(point => point.Depth), points.Select(point => point.Value));
    }

    /// <summary>
    /// The predicted logarithm of a quantity by the index of a place, NaN where there is none; null where the quantity is not predicted at all.
    /// </summary>
    private static Func<int, double>? Predicted(Quantity quantity, Shown one)
    {
        if (quantity.IsGradient)
        {
            return one.Gradient is { } gradient ? gradient.LogAt : null;
        }

        if (one.Theory is not { } prediction || quantity.Theory is not { } read)
        {
            return null;
        }

        var places = prediction.Places.ToDictionary(place => place.Index);
        return index => places.TryGetValue(index, out var known) ? read(known) : double.NaN;
    }

    /// <summary>Whether a number exists. After the end of a mapping it does not, and the file holds zeros in its place.</summary>
    internal static bool IsThere(ResultFile file, int simulation, int depth, double logarithm) =>
        file.Ends[simulation].IsAliveAt(depth) && double.IsFinite(logarithm) && !MomentSet.IsLogOfZero(logarithm);

    private static double[][]? Ranks(ResultFile file, string moment) =>
        file.FindRanks(moment)?.Select(row => row.Select(value => value < 1 ? double.NaN : Math.Log(value)).ToArray()).ToArray();

    /// <summary>ln(ν₂ - μ₂), from both logarithms; not finite where the means of channels are below rounding. Null if the file does not hold both.</summary>
    private static IReadOnlyList<double[]>? SquaredMeans(ResultFile file) =>
        (file.FindLogAtEnds("nu2_signal"), file.FindLogAtEnds("mu2_signal")) is ({ } squares, { } variances)
            ? [.. squares.Zip(variances, (nu2, mu2) => nu2.Zip(mu2, SquaredMean).ToArray())]
            : null;

    /// <summary>Whether squared means of living signals are zero at some depths, and not at all.</summary>
    private static bool LeavesOutMeans(ResultFile file)
    {
        var living = SquaredMeans(file)
            ?.SelectMany((row, simulation) => row.Where((_, j) => file.Ends[simulation].IsAliveAt(file.SequenceDepths[j])))
            .ToLookup(double.IsNegativeInfinity);
        return living is not null && living[true].Any() && living[false].Any();
    }

    private static double SquaredMean(double square, double variance) =>
        LogDifference(square, variance) is var mean && mean - square > LeastShare ? mean : double.NegativeInfinity;

    /// <summary>ln(eᵃ - eᵇ), for b ≤ a.</summary>
    private static double LogDifference(double a, double b) => a + Math.Log(-double.ExpM1(Math.Min(0, b - a)));

    private static string Say(ResultFile file)
    {
        var simulations = string.Create(CultureInfo.InvariantCulture, $"{file.Simulations} {(file.Simulations == 1 ? "simulation" : "simulations")}");
        if (file.Options is not { } options)
        {
            string?[] said =
            [
                simulations,
                file.BatchSize is { } images ? string.Create(CultureInfo.InvariantCulture, $"*M* = {images} {(images == 1 ? "image" : "images")}") : null,
                file.Noise is NoiseKind.Full ? "batch statistics differentiated" : null,
            ];
            var known = string.Join(", ", said.Where(part => part is not null));
            return file.MadeBy is { } program && !string.IsNullOrWhiteSpace(program)
                    ? $"{known}; recorded by {Markup.Escape(program.Length > LongestProgram ? program[..LongestProgram] + "…" : program)}"
                : file.NetworkName is null ? $"{known}; the file does not say how they were made"
                : $"{known}; recorded by another program";
        }

        var noise = options.Noise == NoiseKind.Full ? ", batch statistics differentiated" : string.Empty;
        return options.Network is null
            ? Provenance.Describe(options, file.Simulations) + noise
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{simulations}, *M* = {options.BatchSize} {(options.BatchSize == 1 ? "image" : "images")} of “{Markup.Escape(options.Dataset)}”{noise}"
            );
    }

    private static IEnumerable<string> Ends(IReadOnlyList<Shown> shown) =>
        shown.Select(one => Ends(one.File, shown.Count == 1 ? null : one.Name)).OfType<string>();

    /// <summary>How many simulations of a file ended, and how; null if none did.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">What the figure calls it, as <see cref="Markup"/>; null where it shows no other.</param>
    internal static string? Ends(ResultFile file, string? name)
    {
        var said = string.Join("; ", EndingWords.Count(file.Ends, file.Simulations, "simulation"));
        return said.Length == 0 ? null : $"{(name is null ? Capital(said) : $"{name}: {said}")}. Means and bands leave out what has ended.";
    }

    private static string Capital(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";

    /// <summary>A file with its label, as <see cref="Markup"/>, and the prediction for its network.</summary>
    private sealed record Shown(string Name, ResultFile File, int Colour, NetworkPrediction? Theory, GradientForecast? Gradient);

    /// <summary>A quantity by its natural logarithms (simulations × depths).</summary>
    private sealed record Quantity(string Label, Func<ResultFile, IReadOnlyList<double[]>?> Logarithms, params string[] Arrays)
    {
        /// <summary>The quantity in files from which this one is computed, for the message that it is missing; null where files hold this one itself.</summary>
        public string? Source { get; init; }

        /// <summary>A factor for the logarithms, where a power of the number in the file is shown.</summary>
        public double Factor { get; init; } = 1;

        /// <summary>The depths that it is recorded at.</summary>
        public Func<ResultFile, IReadOnlyList<int>> Depths { get; init; } = file => file.SequenceDepths;

        /// <summary>The places that it is recorded at.</summary>
        public Func<RecordedPlaces, IReadOnlyList<int>> Places { get; init; } = places => places.Ends;

        /// <summary>The same logarithm from the prediction; null where theory does not predict it.</summary>
        public Func<PredictedPlace, double>? Theory { get; init; }

        /// <summary>Whether it is the gradient, of which there is a prediction of its own.</summary>
        public bool IsGradient { get; init; }
    }
}
