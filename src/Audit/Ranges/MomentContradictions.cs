using System.Globalization;

namespace Wellbehaved.Audit;

/// <summary>Numbers of a result file that cannot all be true: a negative mean square, a μ₂ above ν₂, a logarithm of another number, an effective rank above its bound.</summary>
/// <remarks>An audit judges the same by its claims D1 and D2; whoever only reads moments, to diagnose or draw them, hears of it from here.</remarks>
internal sealed class MomentContradictions
{
    private const double Rounding = MomentRange.RoundingOfSingle;
    private static readonly (string Name, string Symbol)[] Linear = [("nu1_abs_signal", "ν₁"), ("nu2_signal", "ν₂"), ("mu2_signal", "μ₂"), ("mu4_signal", "μ₄"), ("mu2_noise", "μ₂(dx)"), ("chi", "χ")];
    private static readonly string[] Ranks = ["reff_signal", "reff_noise"];
    private readonly ResultFile _file;
    private readonly Dictionary<(int Simulation, int Depth), List<(string Moment, ValueKind Kind)>> _found = [];

    private MomentContradictions(ResultFile file)
    {
        _file = file;
        foreach (var place in file.Names.Select(PlaceOf).OfType<int>().Distinct().Order())
        {
            foreach (var (name, symbol) in Linear)
            {
                LookAtSign(name, symbol, place);
                LookAtLogarithm(name, symbol, place);
            }

            LookAtVariance(place);
            foreach (var name in Ranks)
            {
                LookAtRank(name, place);
            }
        }
    }

    /// <summary>Finds them.</summary>
    public static MomentContradictions Of(ResultFile file) => new(file);

    /// <summary>Those of a simulation at a computed depth; moments are in words.</summary>
    /// <param name="simulation">Row of the simulation.</param>
    /// <param name="depth">Index of the depth.</param>
    public IReadOnlyList<(string Moment, ValueKind Kind)> At(int simulation, int depth) => _found.GetValueOrDefault((simulation, depth)) ?? [];

    /// <summary>One finding for each kind of contradiction.</summary>
    public IEnumerable<MomentFinding> Findings => _found
        .SelectMany(pair => pair.Value.Select(found => (found.Moment, found.Kind, pair.Key.Simulation, Depth: _file.Depth[pair.Key.Depth])))
        .GroupBy(found => (found.Moment, found.Kind))
        .OrderBy(group => group.Key.Moment, StringComparer.Ordinal)
        .Select(group => new MomentFinding(group.Key.Moment, group.Key.Kind, group.Min(found => found.Depth), group.Select(found => found.Simulation).Distinct().Count(), _file.Simulations, "simulations"));

    private static int? PlaceOf(string name) =>
        int.TryParse(name.AsSpan(name.LastIndexOf("_loc", StringComparison.Ordinal) + 4), NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : null;

    private void LookAtSign(string name, string symbol, int place)
    {
        if (_file.Find($"{name}_loc{place}") is { } rows)
        {
            Look((s, d) => rows[s][d] < 0, $"{symbol} at place {place}", ValueKind.OutOfRange);
        }
    }

    private void LookAtLogarithm(string name, string symbol, int place)
    {
        if (_file.Find($"{name}_loc{place}") is not { } numbers || _file.Find($"{MomentRange.Log}{name}_loc{place}") is not { } logs)
        {
            return;
        }

        var (format, ofLog) = (RecordedPrecision.Of(numbers), RecordedPrecision.Of(logs));
        Look((s, d) => IsAnother(numbers[s][d], logs[s][d]), $"ln {symbol} at place {place}", ValueKind.OfAnotherNumber);

        bool IsAnother(double number, double log) => number is >= 0 and < double.PositiveInfinity && !double.IsNaN(log) && !double.IsPositiveInfinity(log)
            && (number == 0, MomentRange.IsLogOfZero(log)) switch
            {
                (true, true) => false,
                (true, false) => log >= format.LeastLog,
                (false, true) => Math.Log(number) >= format.LeastLog,
                _ => Math.Abs(RecordedPrecision.Disagreement(format, ofLog, Math.Log(number), log) ?? 0) > Rounding,
            };
    }

    private void LookAtVariance(int place)
    {
        if (_file.FindLog($"mu2_signal_loc{place}") is not { } variances || _file.FindLog($"nu2_signal_loc{place}") is not { } squares)
        {
            return;
        }

        var (lostByVariance, lostBySquare) = (LostBy("mu2_signal", place), LostBy("nu2_signal", place));
        Look((s, d) => double.IsFinite(variances[s][d]) && double.IsFinite(squares[s][d]) && !MomentRange.IsLogOfZero(variances[s][d])
            && variances[s][d] - squares[s][d] > Rounding + lostByVariance(s, d) + lostBySquare(s, d), $"μ₂ at place {place}", ValueKind.AboveWhole);
    }

    private void LookAtRank(string name, int place)
    {
        if (LargestRank() is not { } largest || _file.Find($"{name}_loc{place}") is not { } rows)
        {
            return;
        }

        var bound = largest * (1 + Rounding + RecordedPrecision.Of(rows).UnitRoundoff);
        Look((s, d) => rows[s][d] > bound && double.IsFinite(rows[s][d]), $"effective rank{(name == Ranks[0] ? "" : " of the noise")} at place {place}", ValueKind.OutOfRange);
    }

    /// <summary>What the format in which a moment is kept can have done to its logarithm.</summary>
    private Func<int, int, double> LostBy(string name, int place)
    {
        if (_file.Find($"{MomentRange.Log}{name}_loc{place}") is { } logs)
        {
            var precision = RecordedPrecision.Of(logs);
            return (s, d) => precision.LostByLogarithm(logs[s][d]);
        }

        var numbers = _file.Find($"{name}_loc{place}")!;
        var format = RecordedPrecision.Of(numbers);
        return (s, d) => numbers[s][d] == 0 ? 0 : format.LostByNumber(numbers[s][d]);
    }

    /// <summary>What points and channels allow; of a convolutional net the file says no number of points.</summary>
    private double? LargestRank() => _file switch
    {
        { NumChannels: { } channels, BatchSize: >= 2 and var images, KernelSize: 1 } => Theory.Bounds.LargestEffectiveRank(images, channels),
        { BatchSize: >= 2 and var images, KernelSize: 1 } => images - 1,
        _ => _file.NumChannels,
    };

    private void Look(Func<int, int, bool> isWrong, string moment, ValueKind kind)
    {
        for (var s = 0; s < _file.Simulations; s++)
        {
            for (var d = 0; d < _file.Depth.Count; d++)
            {
                if (isWrong(s, d))
                {
                    (_found.TryGetValue((s, d), out var list) ? list : _found[(s, d)] = []).Add((moment, kind));
                }
            }
        }
    }
}
