using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The quantities of a result file that laws speak about, simulation by simulation (rows) and depth by depth; NaN where one has no meaning.</summary>
internal static class RecordedQuantities
{
    /// <summary>From here on a plain net's signal is one-dimensional to a few percent.</summary>
    public const int CollapsedDepth = 50;

    /// <summary>ν₂ or μ₂(dx) behind the convolution, over its value before; the mean over the computed layers, at the last of them, as all that follow.</summary>
    public const string ConvolutionSignal = "convolution_signal", ConvolutionNoise = "convolution_noise";

    /// <summary>ν₂ or μ₂(dx) behind the ReLU, over its value before; and δ_φ⁻², the squared ratio of χ before and behind it.</summary>
    public const string ReluSignal = "relu_signal", ReluNoise = "relu_noise", ReluChi = "relu_chi";

    /// <summary>ν₂ at the end of a unit, less its value before.</summary>
    public const string UnitGain = "unit_gain";

    /// <summary>Gain of ln ν₂ from the first computed depth of at least <see cref="CollapsedDepth"/>, its square, and the number of layers in between.</summary>
    public const string WalkGain = "walk_gain", WalkGainSquared = "walk_gain_squared", WalkLayers = "walk_layers";

    /// <summary>Ratios that inequalities bound by 1, before the suffix of the place.</summary>
    public const string Nu1OverNu2 = "nu1_square_over_nu2", Mu2OverNu2 = "mu2_over_nu2", Mu2OverMu4 = "mu2_square_over_mu4";

    /// <summary>ln χ - ½ ln(μ₂(dx)/μ₂(x)), less its value at the first place and depth.</summary>
    public const string ChiConsistency = "chi_consistency";

    /// <summary>What a mapping does, by <see cref="MappingBehaviour"/> and claims A3, P5, P6 and P7: 1 if it does.</summary>
    public const string Collapses = "mapping_collapses", Drowns = "mapping_drowns", Slows = "mapping_slows", Multiplies = "mapping_multiplies", Doubles = "mapping_doubles", Dilutes = "mapping_dilutes";

    /// <summary>Gain of ln χ from half of the depth to all of it; and how much that exceeds √2 and √½ of the gain from a quarter to half.</summary>
    public const string Gain = "mapping_gain", GainAboveUpper = "mapping_gain_above_upper", GainAboveLower = "mapping_gain_above_lower";

    /// <summary>Computes them.</summary>
    /// <param name="file">The file.</param>
    /// <param name="architecture">Its architecture.</param>
    /// <returns>Names and values (simulations × depths).</returns>
    public static IEnumerable<(string Name, double[][] Rows)> Of(ResultFile file, Architecture architecture)
    {
        foreach (var name in file.Names.Where(name => !name.StartsWith("log_", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            // Effective ranks that were not computed are -1.
            double[][] rows = [.. file.Find(name)!.Select(row => name.StartsWith("reff", StringComparison.Ordinal) ? row.Select(value => value < 0 ? double.NaN : value).ToArray() : row)];
            yield return (name, rows);
        }

        var places = architecture.Places;
        var (convolution, relu, last) = (NumberOf(PlaceKind.Convolution), NumberOf(PlaceKind.Relu), places[^1].Number);
        var start = file.Depth.TakeWhile(depth => depth < CollapsedDepth).Count();
        var walk = architecture.Name == "vanilla" && start < file.Depth.Count - 1 ? Log("nu2_signal", relu)?.Select(row => row[^1] - row[start]).ToArray() : null;
        var derived = new List<(string, double[][]?)>
        {
            (ConvolutionSignal, Mean(Ratio("nu2_signal", convolution, convolution - 1))),
            (ConvolutionNoise, Mean(Ratio("mu2_noise", convolution, convolution - 1))),
            (ReluSignal, Mean(Ratio("nu2_signal", relu, relu - 1))),
            (ReluNoise, Mean(Ratio("mu2_noise", relu, relu - 1))),
            (ReluChi, Mean(Combine(Log("chi", relu), Log("chi", relu - 1), (after, before) => Math.Exp(2 * (before - after))))),
            (UnitGain, Mean(architecture.IsResidual ? Combine(file.Find($"nu2_signal_loc{last}"), file.Find($"nu2_signal_loc1"), (after, before) => after - before) : null)),
            (WalkGain, AtEnd(walk)),
            (WalkGainSquared, AtEnd(walk?.Select(gain => gain * gain))),
            (WalkLayers, AtEnd(walk?.Select(_ => (double)(file.Depth[^1] - file.Depth[start])))),
        };
        foreach (var place in places)
        {
            var (nu1, nu2, mu2, mu4) = (Log("nu1_abs_signal", place.Number), Log("nu2_signal", place.Number), Log("mu2_signal", place.Number), Log("mu4_signal", place.Number));
            derived.Add(($"{Nu1OverNu2}_{place.Suffix}", Combine(nu1, nu2, (one, two) => Math.Exp((2 * one) - two))));
            derived.Add(($"{Mu2OverNu2}_{place.Suffix}", Combine(mu2, nu2, (one, two) => Math.Exp(one - two))));
            derived.Add(($"{Mu2OverMu4}_{place.Suffix}", Combine(mu2, mu4, (one, two) => Math.Exp((2 * one) - two))));
            derived.Add(($"{ChiConsistency}_{place.Suffix}", Consistency(place.Number)));
        }

        foreach (var (name, rows) in derived)
        {
            if (rows is not null)
            {
                yield return (name, rows);
            }
        }

        foreach (var (name, values) in Mappings(file))
        {
            yield return (name, AtEnd(values)!);
        }

        int NumberOf(PlaceKind kind) => places.First(place => place.Kind == kind).Number;

        IReadOnlyList<double[]>? Log(string name, int place) =>
            file.Find($"log_{name}_loc{place}") ?? file.Find($"{name}_loc{place}")?.Select(row => row.Select(value => Math.Log(value)).ToArray()).ToArray();

        double[][]? Ratio(string name, int after, int before) => Combine(Log(name, after), Log(name, before), (x, y) => Math.Exp(x - y));

        // Residuals of successive layers are martingale differences: within a simulation they are summed up, and simulations are independent.
        double[][]? Mean(double[][]? rows) => AtEnd(rows?.Select(row => row.Average()));

        double[][]? AtEnd(IEnumerable<double>? values) => values?.Select(value => file.Depth.Select((_, i) => i == file.Depth.Count - 1 ? value : double.NaN).ToArray()).ToArray();

        double[][]? Consistency(int place)
        {
            var offsets = Offsets(place);
            var reference = offsets is null ? null : places.Select(candidate => Offsets(candidate.Number)).First(rows => rows is not null);
            return offsets?.Select((row, i) => row.Select(value => value - reference![i][0]).ToArray()).ToArray();
        }

        double[][]? Offsets(int place) => Combine(Log("chi", place), Combine(Log("mu2_noise", place), Log("mu2_signal", place), (noise, signal) => 0.5 * (noise - signal)), (chi, ratio) => chi - ratio);
    }

    private static IEnumerable<(string Name, IEnumerable<double> Values)> Mappings(ResultFile file)
    {
        var table = MomentTable.Of(file);
        if (table.Simulations == 0 || MappingBehaviour.Of(table) is not { } behaviours)
        {
            yield break;
        }

        var (last, chi) = (table.Depths[^1], table.LogChi!);
        var (first, half) = (table.Depths[0], table.IndexOf(last / 2)!.Value);
        yield return (Collapses, behaviours.Select(behaviour => behaviour.SignalCollapses ? 1.0 : 0));
        yield return (Drowns, behaviours.Select(behaviour => behaviour.SnrDecaysExponentially ? 1.0 : 0));
        yield return (Slows, chi.Select(row => PostLaws.Slows(row[0], first, row[^1] - row[half], last - table.Depths[half]) ? 1.0 : 0));
        yield return (Multiplies, behaviours.Select(behaviour => PostLaws.Multiplies(behaviour) ? 1.0 : 0));
        yield return (Gain, behaviours.Select(behaviour => behaviour.SecondGain));
        yield return (GainAboveUpper, behaviours.Select(behaviour => behaviour.SecondGain - (Math.Sqrt(2) * behaviour.FirstGain)));
        yield return (GainAboveLower, behaviours.Select(behaviour => behaviour.SecondGain - (Math.Sqrt(0.5) * behaviour.FirstGain)));
        if (table.LogNu2 is { } nu2)
        {
            yield return (Doubles, nu2.Select(row => PostLaws.Doubles(row[^1] - row[0], last - first) ? 1.0 : 0));
            yield return (Dilutes, nu2.Select(row => PostLaws.Dilutes(Math.Exp(row[^1]) - Math.Exp(row[half]), last - table.Depths[half]) ? 1.0 : 0));
        }
    }

    private static double[][]? Combine(IReadOnlyList<double[]>? one, IReadOnlyList<double[]>? other, Func<double, double, double> combine) =>
        one is null || other is null ? null : [.. one.Zip(other, (x, y) => x.Zip(y, combine).ToArray())];
}
