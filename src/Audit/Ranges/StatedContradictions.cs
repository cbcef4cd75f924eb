using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// What a result file states once of each simulation and what cannot be true: moments before the first layer, the variance of its input, how it ended.
/// </summary>
internal static class StatedContradictions
{
    private const string Input = "mu2_signal_input",
        Nu2 = "nu2_signal",
        Mu2 = "mu2_signal",
        Noise = "mu2_noise",
        Chi = "chi";

    /// <summary>Moments whose NaN or infinity is an ending.</summary>
    private static readonly string[] Telling = ["nu1_abs_signal", Nu2, Mu2, "mu4_signal", Noise];

    private static readonly (string Name, string Symbol)[] BeforeTheFirstLayer = [(Nu2, "ν₂"), (Mu2, "μ₂"), (Noise, "μ₂(dx)")];

    /// <summary>Finds what cannot be true of the input and of the moments before the first layer.</summary>
    /// <param name="file">The file.</param>
    /// <returns>Simulations, what is wrong in words, and its kind.</returns>
    public static IEnumerable<(int Simulation, string Moment, ValueKind Kind)> AtStart(ResultFile file)
    {
        foreach (var (name, symbol) in BeforeTheFirstLayer)
        {
            var values = file.FindAtStart($"{name}_depth0") ?? [];
            for (var i = 0; i < values.Count; i++)
            {
                // The input is finite, and a layer does not bring it beyond double precision.
                if (!double.IsFinite(values[i]))
                {
                    yield return (i, $"{symbol} after the first convolution", double.IsNaN(values[i]) ? ValueKind.NotANumber : ValueKind.Infinite);
                }
            }
        }

        if (file.FindAtStart($"{Mu2}_depth0") is { } variances && file.FindAtStart($"{Nu2}_depth0") is { } squares)
        {
            for (var i = 0; i < variances.Count; i++)
            {
                if (double.IsFinite(variances[i]) && variances[i] > squares[i] * (1 + MomentRange.RoundingOfSingle))
                {
                    yield return (i, "μ₂ after the first convolution", ValueKind.AboveWhole);
                }
            }
        }

        var inputs = file.FindAtStart(Input) ?? [];
        var withChi = new Lazy<bool[]>(() => SimulationsWithChi(file));
        for (var i = 0; i < inputs.Count; i++)
        {
            if (!IsNormalised(inputs[i], file.Options?.Normalize))
            {
                yield return (i, "μ₂ of the input", ValueKind.NotNormalised);
            }
            else if (inputs[i] == 0 && i < file.Simulations && withChi.Value[i])
            {
                yield return (i, "μ₂ of the input", ValueKind.ZeroFactor);
            }
        }
    }

    /// <summary>Finds endings that the moments contradict.</summary>
    /// <param name="file">The file.</param>
    /// <returns>Simulations, and the depths at which they are said to have ended.</returns>
    public static IEnumerable<(int Simulation, int Depth)> Endings(ResultFile file)
    {
        if (file.RecordedEnds is not { } ends || file.Simulations == 0)
        {
            yield break;
        }

        var (nu2, mu2, noise, chi) = (file.FindLogAtEnds(Nu2), file.FindLogAtEnds(Mu2), file.FindLogAtEnds(Noise), file.FindLogAtEnds(Chi));

        // Over a single point the variance is always 0; that is no ending.
        mu2 = mu2?.All(row => Array.TrueForAll(row, MomentSet.IsLogOfZero)) == true ? null : mu2;
        string[] names = [.. PlacesOf(file).SelectMany(place => Telling.Select(moment => file.NameOf(moment, place)))];
        for (var i = 0; i < ends.Count; i++)
        {
            if (ends[i].HasEnded && (MomentTable.IsDeath(ends[i].Ending) ? GoesOn(i) : IsFinite(i)))
            {
                yield return (i, ends[i].Depth);
            }
        }

        // A unit of the neutral layout may end before the place of the same depth at which the simulation did.
        bool GoesOn(int i) =>
            Enumerable
                .Range(0, file.SequenceDepths.Count)
                .Any(d => (file.Places is null ? file.SequenceDepths[d] >= ends[i].Depth : file.SequenceDepths[d] > ends[i].Depth) && Lives(i, d));

        bool Lives(int i, int d) =>
            nu2 is not null
            && (noise is not null || chi is not null)
            && !MappingEnd.Tell([file.SequenceDepths[d]], [nu2[i][d]], Only(mu2, i, d), Only(noise, i, d), Only(chi, i, d), null).HasEnded
            && double.IsFinite(nu2[i][d])
            && (noise is null || double.IsFinite(noise[i][d]));

        bool IsFinite(int i) => Array.TrueForAll(names, name => file.Find(name) is { } rows && IsFiniteAt(rows[i], ends[i].Depth));

        bool IsFiniteAt(double[] row, int depth) => file.Depth.Select((at, column) => at != depth || double.IsFinite(row[column])).All(finite => finite);

        static double[]? Only(IReadOnlyList<double[]>? rows, int i, int d) => rows is null ? null : [rows[i][d]];
    }

    /// <summary>One finding for each kind of contradiction.</summary>
    /// <param name="file">The file.</param>
    public static IReadOnlyList<MomentFinding> Findings(ResultFile file) =>
        [
            .. AtStart(file)
                .GroupBy(found => (found.Moment, found.Kind))
                .Select(group => new MomentFinding(group.Key.Moment, group.Key.Kind, 0, group.Count(), file.Simulations, "simulations")),
            .. Endings(file)
                .GroupBy(_ => ValueKind.Outlived)
                .Select(group => new MomentFinding("an ending", group.Key, group.Min(found => found.Depth), group.Count(), file.Simulations, "simulations")),
        ];

    private static bool IsNormalised(double variance, InputNormalization? normalization) =>
        normalization switch
        {
            InputNormalization.Channel => Math.Abs(variance - 1) <= MomentRange.RoundingOfSingle,
            InputNormalization.Global => variance <= 1 + MomentRange.RoundingOfSingle,
            InputNormalization.None or null => true,
            _ => throw new InvalidOperationException($"expected a normalisation, got {normalization}"),
        };

    /// <summary>Which simulations have a finite χ somewhere; once for all, since each array is read for all simulations.</summary>
    private static bool[] SimulationsWithChi(ResultFile file)
    {
        var found = new bool[file.Simulations];
        foreach (var rows in PlacesOf(file).Select(place => file.FindLog(file.NameOf(Chi, place))).OfType<IReadOnlyList<double[]>>())
        {
            for (var i = 0; i < found.Length; i++)
            {
                found[i] |= Array.Exists(rows[i], log => double.IsFinite(log) && !MomentSet.IsLogOfZero(log));
            }
        }

        return found;
    }

    /// <summary>Numbers of the places that have arrays of their own; in the neutral layout one array has all places.</summary>
    private static int[] PlacesOf(ResultFile file) =>
        file.Places is not null ? [0] : [.. file.Names.Select(MomentColumns.PlaceOf).OfType<int>().Distinct().Order()];
}
