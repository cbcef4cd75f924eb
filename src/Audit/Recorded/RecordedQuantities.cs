using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// The quantities of a result file that laws speak about, by simulation (rows) and depth, and what each of their numbers stands for.
/// </summary>
internal static class RecordedQuantities
{
    /// <summary>From this depth on, a plain net's signal is one-dimensional to a few percent.</summary>
    public const int CollapsedDepth = 50;

    /// <summary>
    /// ν₂ or μ₂(dx) after the convolution, divided by its value before. Like the quantities below, it is the mean over the computed layers, at the last of
    /// them.
    /// </summary>
    public const string ConvolutionSignal = "convolution_signal",
        ConvolutionNoise = "convolution_noise";

    /// <summary>ν₂ or μ₂(dx) after the ReLU, divided by its value before; and δ_φ⁻², the squared ratio of χ before and after it.</summary>
    public const string ReluSignal = "relu_signal",
        ReluNoise = "relu_noise",
        ReluChi = "relu_chi";

    /// <summary>μ₂(x) after the ReLU divided by its value before, computed from χ and μ₂(dx): δ_φ⁻² times the share of the noise that the ReLU keeps.</summary>
    public const string ReluVariance = "relu_variance";

    /// <summary>ν₂ at the end of a unit, minus its value before.</summary>
    public const string UnitGain = "unit_gain";

    /// <summary>
    /// Gain of ln ν₂ from the first computed depth of at least <see cref="CollapsedDepth"/>, its square, and the number of layers in between.
    /// </summary>
    public const string WalkGain = "walk_gain",
        WalkGainSquared = "walk_gain_squared",
        WalkLayers = "walk_layers";

    /// <summary>
    /// Ratios that inequalities bound by 1, reduced by the possible errors of their moments' formats; the suffix of the place follows the name.
    /// </summary>
    public const string Nu1OverNu2 = "nu1_square_over_nu2",
        Mu2OverNu2 = "mu2_over_nu2",
        Mu2OverMu4 = "mu2_square_over_mu4";

    /// <summary>
    /// ln χ - ½ ln(μ₂(dx)/μ₂(x)), minus its value at the first place and depth, and reduced by the possible errors of these numbers' formats.
    /// </summary>
    public const string ChiConsistency = "chi_consistency";

    /// <summary>
    /// ln of a linear moment minus its recorded logarithm, reduced by the possible errors of both formats; moment and suffix of the place follow the name.
    /// </summary>
    public const string LogConsistency = "log_consistency";

    /// <summary>
    /// Properties of a mapping, by <see cref="MappingBehaviour"/> and claims A3, P5, P6 and P7: 1 if it has the property, 0 if it has the opposite. A mapping
    /// with impossible numbers has none, and it is not known of one whose numbers the file leaves open.
    /// </summary>
    public const string Collapses = "mapping_collapses",
        Drowns = "mapping_drowns",
        Slows = "mapping_slows",
        Multiplies = "mapping_multiplies",
        Doubles = "mapping_doubles",
        Dilutes = "mapping_dilutes",
        GrowsAsPower = "mapping_grows_as_power";

    /// <summary>Gain of ln χ from half of the depth to all of it; and its excess over √2 and over √½ times the gain from a quarter to half.</summary>
    public const string Gain = "mapping_gain",
        GainAboveUpper = "mapping_gain_above_upper",
        GainAboveLower = "mapping_gain_above_lower";

    private const string Nu1 = "nu1_abs_signal",
        Nu2 = "nu2_signal",
        Mu2 = "mu2_signal",
        Mu4 = "mu4_signal",
        Noise = "mu2_noise",
        Chi = "chi",
        Gradient = "gradient";

    private static readonly string[] WithLogarithm = [Nu2, Mu2, Noise, Chi, Gradient];

    /// <summary>Computes the quantities.</summary>
    /// <param name="file">The file.</param>
    /// <param name="architecture">Its architecture.</param>
    /// <returns>Names and cells (simulations × depths).</returns>
    public static IEnumerable<(string Name, RecordedCell[][] Rows)> Compute(ResultFile file, Architecture architecture)
    {
        var moments = new RecordedMoments(file, architecture);
        var depths = file.Depth.Count;
        foreach (var name in file.Names.Where(name => !name.StartsWith(MomentRange.Log, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var at = name.LastIndexOf("_loc", StringComparison.Ordinal);
            if (moments.Linear(name[..at], int.Parse(name[(at + 4)..], System.Globalization.CultureInfo.InvariantCulture)) is { } rows)
            {
                yield return (name, rows);
            }
        }

        foreach (var place in architecture.Places)
        {
            foreach (var moment in WithLogarithm)
            {
                if (LogsAgree(file, moments, moment, place.Number) is { } rows)
                {
                    yield return ($"{LogConsistency}_{moment}_{place.Suffix}", rows);
                }
            }
        }

        foreach (var (name, rows) in Derived(file, architecture, moments))
        {
            if (rows is not null)
            {
                yield return (name, rows);
            }
        }

        foreach (var (name, values) in Mappings(file, architecture, moments))
        {
            yield return (name, AtEnd(values, depths)!);
        }
    }

    /// <summary>Computes the quantities that need no architecture, for a file in the neutral layout.</summary>
    /// <param name="file">The file.</param>
    /// <returns>Names without a place, and cells (simulations × places).</returns>
    public static IEnumerable<(string Name, RecordedCell[][] Rows)> OfPlaces(ResultFile file)
    {
        var moments = new RecordedMoments(file, null);
        IEnumerable<(string Name, RecordedCell[][]? Rows)> all =
        [
            .. file
                .Names.Where(name => !name.StartsWith(MomentRange.Log, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => (name, moments.Linear(name, 0))),
            .. WithLogarithm.Select(moment => ($"{LogConsistency}_{moment}", LogsAgree(file, moments, moment, 0))),
            .. Bounded(moments, 0, "", isNormalised: false),
            (ChiConsistency, Consistency(moments, 0, [0])),
        ];
        return all.Where(quantity => quantity.Rows is not null).Select(quantity => (quantity.Name, quantity.Rows!));
    }

    private static IEnumerable<(string Name, RecordedCell[][]? Rows)> Derived(ResultFile file, Architecture architecture, RecordedMoments moments)
    {
        var depths = file.Depth.Count;
        var places = architecture.Places;
        var (convolution, relu, last) = (NumberOf(UnitPlaceKind.Convolution), NumberOf(UnitPlaceKind.Relu), places[^1].Number);
        var start = file.Depth.TakeWhile(depth => depth < CollapsedDepth).Count();

        // The walk is that of a signal that lives (law W1); a signal that died has no gain.
        var walk =
            architecture.Name == "vanilla" && start < depths - 1
                ? moments.Log(Nu2, relu)?.Select(row => RecordedCell.Combine(row[^1], row[start], (end, begin) => end - begin)).ToArray()
                : null;
        yield return (ConvolutionSignal, Mean(Ratio(Nu2, convolution), 2));
        yield return (ConvolutionNoise, Mean(Ratio(Noise, convolution), 2));
        yield return (ReluSignal, Mean(Ratio(Nu2, relu), 0.5));
        yield return (ReluNoise, Mean(Ratio(Noise, relu), 0.5));
        yield return (ReluChi, Mean(Combine(moments.Log(Chi, relu), moments.Log(Chi, relu - 1), (after, before) => Math.Exp(2 * (before - after))), null));
        yield return (
            ReluVariance,
            architecture.IsResidual || !architecture.HasBatchNorm
                ? null
                : Mean(
                    Combine(
                        Combine(moments.Log(Chi, relu), moments.Log(Chi, relu - 1), (after, before) => 2 * (before - after)),
                        Combine(moments.Log(Noise, relu), moments.Log(Noise, relu - 1), (after, before) => after - before),
                        (chi, noise) => Math.Exp(chi + noise)
                    ),
                    null
                )
        );
        yield return (
            UnitGain,
            Mean(architecture.IsResidual ? Combine(moments.Linear(Nu2, last), moments.Linear(Nu2, 1), (after, before) => after - before) : null, null)
        );
        yield return (WalkGain, AtEnd(walk, depths));
        yield return (WalkGainSquared, AtEnd(walk?.Select(gain => RecordedCell.Combine(gain, gain, (one, other) => one * other)), depths));
        yield return (WalkLayers, AtEnd(walk?.Select(_ => RecordedCell.FromNumber(file.Depth[^1] - file.Depth[start])), depths));
        foreach (var place in places)
        {
            // After batch norm μ₂/ν₂ is 1, elsewhere at most 1.
            foreach (var quantity in Bounded(moments, place.Number, "_" + place.Suffix, place.Kind == UnitPlaceKind.BatchNorm))
            {
                yield return quantity;
            }

            yield return ($"{ChiConsistency}_{place.Suffix}", Consistency(moments, place.Number, [.. places.Select(candidate => candidate.Number)]));
        }

        int NumberOf(UnitPlaceKind kind) => places.First(place => place.Kind == kind).Number;

        // A signal that dies in this step keeps nothing: its ratio is 0. A signal that was dead before has no ratio.
        RecordedCell[][]? Ratio(string moment, int after) =>
            Pairwise(
                moments.Log(moment, after),
                moments.Log(moment, after - 1),
                (x, y) =>
                    x.IsBad || y.IsBad ? RecordedCell.Unknown
                    : x.Kind == CellKind.Extinct && y.Kind == CellKind.Number ? RecordedCell.FromNumber(0)
                    : RecordedCell.Combine(x, y, (later, earlier) => Math.Exp(later - earlier))
            );

        RecordedCell[][]? Mean(RecordedCell[][]? rows, double? expected) => AtEnd(rows?.Select(row => MeanOf(row, expected)), depths);
    }

    /// <summary>Ratios of moments of a place that inequalities bound.</summary>
    private static IEnumerable<(string Name, RecordedCell[][]? Rows)> Bounded(RecordedMoments moments, int place, string suffix, bool isNormalised)
    {
        var (nu1, nu2, mu2, mu4) = (moments.Log(Nu1, place), moments.Log(Nu2, place), moments.Log(Mu2, place), moments.Log(Mu4, place));
        var (lost1, lost2, lostOfMu2, lost4) = (
            moments.LostByLog(Nu1, place),
            moments.LostByLog(Nu2, place),
            moments.LostByLog(Mu2, place),
            moments.LostByLog(Mu4, place)
        );
        yield return ($"{Nu1OverNu2}{suffix}", Nearer(Combine(nu1, nu2, (one, two) => Math.Exp((2 * one) - two)), lost1, 2, lost2));
        yield return ($"{Mu2OverNu2}{suffix}", Nearer(Combine(mu2, nu2, (one, two) => Math.Exp(one - two)), lostOfMu2, 1, lost2, isNormalised));
        yield return ($"{Mu2OverMu4}{suffix}", Nearer(Combine(mu2, mu4, (one, two) => Math.Exp((2 * one) - two)), lostOfMu2, 2, lost4));
    }

    /// <summary>ln χ - ½ ln(μ₂(dx)/μ₂(x)) at a place, minus its value at the first place and column that have one.</summary>
    private static RecordedCell[][]? Consistency(RecordedMoments moments, int place, IReadOnlyList<int> places)
    {
        var offsets = Offsets(place);
        if (offsets is null)
        {
            return null;
        }

        var (lost, from) = (LostByOffset(place), places.First(candidate => Offsets(candidate) is not null));
        var (reference, lostByReference) = (Offsets(from)!, LostByOffset(from));
        return [.. offsets.Select((row, s) => row.Select((cell, d) => LessFirst(cell, lost[s][d], reference[s], lostByReference[s])).ToArray())];

        // A sum of logarithms errs by the sum of their errors.
        double[][] LostByOffset(int at)
        {
            var (chi, noise, signal) = (moments.LostByLog(Chi, at)!, moments.LostByLog(Noise, at)!, moments.LostByLog(Mu2, at)!);
            return [.. chi.Select((row, s) => row.Select((lost, d) => lost + (0.5 * (noise[s][d] + signal[s][d]))).ToArray())];
        }

        RecordedCell[][]? Offsets(int at) => Combine(moments.Log(Chi, at), HalfRatio(at), (chi, ratio) => chi - ratio);

        RecordedCell[][]? HalfRatio(int at) => Combine(moments.Log(Noise, at), moments.Log(Mu2, at), (noise, signal) => 0.5 * (noise - signal));

        static RecordedCell LessFirst(RecordedCell cell, double lost, RecordedCell[] row, double[] lostByRow)
        {
            var first = Array.FindIndex(row, candidate => candidate.Kind == CellKind.Number);
            return RecordedCell.Combine(
                cell,
                first < 0 ? RecordedCell.Absent : row[first],
                (value, reference) =>
                    WithoutFormat(value - reference, 0, value - reference - lost - lostByRow[first], value - reference + lost + lostByRow[first])
            );
        }
    }

    /// <summary>
    /// A ratio, corrected towards its bound by the possible errors of its two moments' formats. The relative errors of factors add up, as those of their
    /// logarithms do.
    /// </summary>
    /// <param name="ratios">Ratios, at most 1.</param>
    /// <param name="above">Bounds on the error of the numerator's logarithm.</param>
    /// <param name="power">The power of the numerator.</param>
    /// <param name="below">Bounds on the error of the denominator's logarithm.</param>
    /// <param name="isOne">Whether the ratio must be 1, instead of at most 1.</param>
    private static RecordedCell[][]? Nearer(RecordedCell[][]? ratios, double[][]? above, int power, double[][]? below, bool isOne = false) =>
        ratios
            ?.Select(
                (row, s) =>
                    row.Select(
                            (cell, d) =>
                            {
                                var lost = (power * above![s][d]) + below![s][d];
                                return cell.Kind == CellKind.Number && (isOne || cell.Value > 1)
                                    ? RecordedCell.FromNumber(WithoutFormat(cell.Value, 1, cell.Value * Math.Exp(-lost), cell.Value * Math.Exp(lost)))
                                    : cell;
                            }
                        )
                        .ToArray()
            )
            .ToArray();

    /// <summary>
    /// The value itself if it differs from a bound by no more than the rounding of moments; otherwise the value nearest to the bound that the format allows.
    /// </summary>
    private static double WithoutFormat(double value, double bound, double least, double largest) =>
        Math.Abs(value - bound) <= MomentRange.RoundingOfSingle ? value : Math.Clamp(bound, least, largest);

    /// <summary>
    /// The mean over the depths of a simulation. Residuals of successive layers are martingale differences: within a simulation they are added up, and
    /// simulations are independent. Once the signal is dead there is no residual: its value is taken to be the expected one, which leaves the sum a martingale.
    /// (Leaving out such depths, or such simulations, would be a selection that changes the mean.) Without an expected value, the mean is over the depths that
    /// have a value.
    /// </summary>
    private static RecordedCell MeanOf(RecordedCell[] row, double? expected)
    {
        double[] numbers = [.. row.Where(cell => cell.Kind == CellKind.Number).Select(cell => cell.Value)];
        return Array.Exists(row, cell => cell.IsBad) ? RecordedCell.Unknown
            : numbers.Length == 0 ? RecordedCell.Absent
            : expected is { } value ? RecordedCell.FromNumber((numbers.Sum() + (value * (row.Length - numbers.Length))) / row.Length)
            : RecordedCell.FromNumber(numbers.Average());
    }

    /// <summary>
    /// D1: the logarithm agrees with the number itself. A format of unit roundoff u keeps the number with a relative error of u and the logarithm with an error
    /// of u times itself. Four times each is subtracted, and the rest is compared with the rounding of the moments. If the number has left the range of the
    /// format, it must be infinite, or small, as the logarithm says.
    /// </summary>
    private static RecordedCell[][]? LogsAgree(ResultFile file, RecordedMoments moments, string moment, int place)
    {
        if (moments.RecordedLog(moment, place) is not { } logs)
        {
            return null;
        }

        if (moments.Linear(moment, place) is not { } linear)
        {
            return Alone(logs);
        }

        var (format, ofLog) = (
            RecordedPrecision.Find(file.Find(file.NameOf(moment, place))!),
            RecordedPrecision.Find(file.Find(MomentRange.Log + file.NameOf(moment, place))!)
        );
        return Pairwise(
            linear,
            logs,
            (number, log) =>
                (number.Kind, log.Kind) switch
                {
                    (_, CellKind.Impossible) or (CellKind.Impossible, _) => RecordedCell.Impossible,
                    (_, CellKind.Unknown) or (CellKind.Unknown, _) => RecordedCell.Unknown,
                    (CellKind.Absent, _) or (_, CellKind.Absent) or (CellKind.Extinct, CellKind.Extinct) => RecordedCell.Absent,

                    // The number is 0 although its logarithm is in the format's range, or the other way round.
                    (CellKind.Extinct, CellKind.Number) => log.Value < format.LeastLog ? RecordedCell.Absent : RecordedCell.Impossible,
                    (CellKind.Number, CellKind.Extinct) => number.Value >= 0 && Math.Log(number.Value) < format.LeastLog
                        ? RecordedCell.Absent
                        : RecordedCell.Impossible,
                    (CellKind.Number, CellKind.Number) => number.Value <= 0 ? RecordedCell.Impossible : Difference(Math.Log(number.Value), log.Value),
                    var kinds => throw new InvalidOperationException($"expected kinds of cells, got {kinds}"),
                }
        );

        RecordedCell Difference(double ofNumber, double recorded) =>
            RecordedPrecision.Disagreement(format, ofLog, ofNumber, recorded) is { } left ? RecordedCell.FromNumber(left) : RecordedCell.Absent;
    }

    /// <summary>Logarithms without the number: there is nothing to compare, but impossible values are still findings.</summary>
    private static RecordedCell[][] Alone(RecordedCell[][] logs) => RecordedMoments.Map(logs, cell => cell.IsBad ? cell : RecordedCell.Absent)!;

    private static IEnumerable<(string Name, IEnumerable<RecordedCell> Values)> Mappings(ResultFile file, Architecture architecture, RecordedMoments moments)
    {
        var table = MomentTable.Read(file);
        if (table.Simulations + table.Unusable == 0 || MappingBehaviour.Read(table) is not { } behaviours)
        {
            yield break;
        }

        var (last, chi, open) = (table.Depths[^1], table.LogChi!, CountOpen(table, Read()));
        var (first, half) = (table.Depths[0], table.IndexOf(last / 2)!.Value);
        yield return (Collapses, Shares(behaviours.Select(behaviour => Told(behaviour.SignalCollapses, behaviour.SignalKeepsDirections))));
        yield return (Drowns, Shares(behaviours.Select(behaviour => Told(behaviour.SnrDecaysExponentially, behaviour.SnrDecaysSlower))));
        yield return (Slows, Shares(chi.Select(row => Shown(PostLaws.Slows(row[0], first, row[^1] - row[half], last - table.Depths[half])))));
        yield return (Multiplies, Shares(behaviours.Select(behaviour => Shown(PostLaws.Multiplies(behaviour)))));
        yield return (GrowsAsPower, Shares(behaviours.Select(behaviour => Shown(behaviour.ChiGrowsAsPower))));
        yield return (Gain, Shares(behaviours.Select(behaviour => RecordedCell.FromNumber(behaviour.SecondGain))));
        yield return (
            GainAboveUpper,
            Shares(behaviours.Select(behaviour => RecordedCell.FromNumber(behaviour.SecondGain - (Math.Sqrt(2) * behaviour.FirstGain))))
        );
        yield return (
            GainAboveLower,
            Shares(behaviours.Select(behaviour => RecordedCell.FromNumber(behaviour.SecondGain - (Math.Sqrt(0.5) * behaviour.FirstGain))))
        );
        if (table.LogNu2 is { } nu2)
        {
            yield return (Doubles, Shares(nu2.Select(row => Shown(PostLaws.Doubles(row[^1] - row[0], last - first)))));
            yield return (Dilutes, Shares(nu2.Select(row => Shown(PostLaws.Dilutes(Math.Exp(row[^1]) - Math.Exp(row[half]), last - table.Depths[half])))));
        }

        // Mappings with an impossible number show no property, but are counted. Of those whose numbers the file leaves open, it is not known.
        IEnumerable<RecordedCell> Shares(IEnumerable<RecordedCell> living) =>
            [
                .. living,
                .. Enumerable.Repeat(RecordedCell.Impossible, table.Unusable - open),
                .. Enumerable.Repeat(RecordedCell.Unknown, open),
                .. Enumerable.Repeat(RecordedCell.Absent, table.Died),
            ];

        // What the table was read from, one after the other: all of them together may take much memory.
        IEnumerable<RecordedCell[][]?> Read()
        {
            yield return moments.Log(Chi, file.LastPlace);
            yield return moments.Log(Nu2, file.LastPlace);
            foreach (var place in architecture.Places)
            {
                yield return moments.Linear("reff_signal", place.Number);
            }
        }

        static RecordedCell Shown(bool shown) => RecordedCell.FromNumber(shown ? 1 : 0);

        static RecordedCell Told(bool shown, bool opposite) => shown || opposite ? Shown(shown) : RecordedCell.Unknown;
    }

    /// <summary>The number of mappings with gaps that no other number of the file shows to be impossible.</summary>
    private static int CountOpen(MomentTable table, IEnumerable<RecordedCell[][]?> read)
    {
        var open = table.Gaps.ToHashSet();
        if (open.Count > 0)
        {
            foreach (var rows in read.OfType<RecordedCell[][]>())
            {
                open.RemoveWhere(i => Array.Exists(rows[i], cell => cell.Kind == CellKind.Impossible));
            }
        }

        return open.Count;
    }

    private static RecordedCell[][]? AtEnd(IEnumerable<RecordedCell>? values, int depths) =>
        values?.Select(value => Enumerable.Range(0, depths).Select(i => i == depths - 1 ? value : RecordedCell.Absent).ToArray()).ToArray();

    private static RecordedCell[][]? Combine(RecordedCell[][]? one, RecordedCell[][]? other, Func<double, double, double> combine) =>
        Pairwise(one, other, (x, y) => RecordedCell.Combine(x, y, combine));

    private static RecordedCell[][]? Pairwise(RecordedCell[][]? one, RecordedCell[][]? other, Func<RecordedCell, RecordedCell, RecordedCell> combine) =>
        one is null || other is null ? null : [.. one.Zip(other, (x, y) => x.Zip(y, combine).ToArray())];
}
