using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// Numbers of a result file that cannot all be true: a negative mean square, a μ₂ above ν₂, a logarithm of another number, an effective rank above its bound.
/// </summary>
/// <remarks>An audit judges the same by its claims D1 and D2. A command that only reads moments, to diagnose or draw them, reports it from here.</remarks>
internal sealed class MomentContradictions
{
    private const double Rounding = MomentRange.RoundingOfSingle;
    private static readonly (string Name, string Symbol)[] Linear =
    [
        ("nu1_abs_signal", "ν₁"),
        ("nu2_signal", "ν₂"),
        ("mu2_signal", "μ₂"),
        ("mu4_signal", "μ₄"),
        ("mu2_noise", "μ₂(dx)"),
        ("chi", "χ"),
        ("gradient", "mean square of the gradient"),
    ];
    private static readonly string[] Ranks = ["reff_signal", "reff_noise"];
    private readonly ResultFile _file;

    /// <summary>Contradictions by simulation and column: a column is a computed depth, or in the neutral layout a place.</summary>
    private readonly Dictionary<(int Simulation, int Column), List<(string Moment, ValueKind Kind)>> _found = [];
    private readonly Dictionary<(int Simulation, int Depth), List<(string Moment, ValueKind Kind)>> _bySequence = [];
    private readonly ILookup<int, (string Moment, ValueKind Kind)> _atStart;

    private MomentContradictions(ResultFile file)
    {
        _file = file;
        _atStart = StatedContradictions.AtStart(file).ToLookup(found => found.Simulation, found => (found.Moment, found.Kind));
        int[] places = file.Places is not null ? [0] : [.. file.Names.Select(MomentColumns.PlaceOf).OfType<int>().Distinct().Order()];
        foreach (var place in places)
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

        foreach (var ((simulation, column), list) in _found.OrderBy(pair => pair.Key))
        {
            var key = (simulation, file.SequenceIndexOf(column));
            (_bySequence.TryGetValue(key, out var all) ? all : _bySequence[key] = []).AddRange(list);
        }
    }

    /// <summary>Finds the contradictions of a file.</summary>
    public static MomentContradictions Find(ResultFile file) => new(file);

    /// <summary>The contradictions of a simulation at a depth of the sequence; moments are in words.</summary>
    /// <param name="simulation">Row of the simulation.</param>
    /// <param name="depth">Index of the depth; in the neutral layout, all places after the end of the unit before belong to it.</param>
    public IReadOnlyList<(string Moment, ValueKind Kind)> At(int simulation, int depth) => _bySequence.GetValueOrDefault((simulation, depth)) ?? [];

    /// <summary>The contradictions of a simulation before its first layer; moments are in words.</summary>
    /// <param name="simulation">Row of the simulation.</param>
    public IEnumerable<(string Moment, ValueKind Kind)> AtStart(int simulation) => _atStart[simulation];

    /// <summary>One finding for each kind of contradiction.</summary>
    public IEnumerable<MomentFinding> Findings => [.. StatedContradictions.Findings(_file), .. FindingsAtPlaces];

    private IEnumerable<MomentFinding> FindingsAtPlaces =>
        _found
            .SelectMany(pair => pair.Value.Select(found => (found.Moment, found.Kind, pair.Key.Simulation, pair.Key.Column)))
            .GroupBy(found => (found.Moment, found.Kind))
            .OrderBy(group => group.Key.Moment, StringComparer.Ordinal)
            .Select(group => (group.Key, Column: group.Min(found => found.Column), Count: group.Select(found => found.Simulation).Distinct().Count()))
            .Select(group => new MomentFinding(group.Key.Moment, group.Key.Kind, _file.Depth[group.Column], group.Count, _file.Simulations, "simulations")
            {
                Place = _file.Places?[group.Column],
            });

    /// <summary>The place of a moment in words, if its array says so; in the neutral layout an array has all places.</summary>
    private string At(int place) => _file.Places is null ? $" at place {place}" : "";

    private void LookAtSign(string name, string symbol, int place)
    {
        if (_file.Find(_file.NameOf(name, place)) is { } rows)
        {
            Look((s, d) => rows[s][d] < 0, $"{symbol}{At(place)}", ValueKind.OutOfRange);
        }
    }

    private void LookAtLogarithm(string name, string symbol, int place)
    {
        if (_file.Find(_file.NameOf(name, place)) is not { } numbers || _file.Find(MomentRange.Log + _file.NameOf(name, place)) is not { } logs)
        {
            return;
        }

        var (format, ofLog) = (RecordedPrecision.Find(numbers), RecordedPrecision.Find(logs));
        Look((s, d) => IsAnother(numbers[s][d], logs[s][d]), $"ln {symbol}{At(place)}", ValueKind.OfAnotherNumber);

        bool IsAnother(double number, double log) =>
            number is >= 0 and < double.PositiveInfinity
            && !double.IsNaN(log)
            && !double.IsPositiveInfinity(log)
            && (number == 0, MomentSet.IsLogOfZero(log)) switch
            {
                (true, true) => false,
                (true, false) => log >= format.LeastLog,
                (false, true) => Math.Log(number) >= format.LeastLog,
                _ => Math.Abs(RecordedPrecision.Disagreement(format, ofLog, Math.Log(number), log) ?? 0) > Rounding,
            };
    }

    private void LookAtVariance(int place)
    {
        if (_file.FindLog(_file.NameOf("mu2_signal", place)) is not { } variances || _file.FindLog(_file.NameOf("nu2_signal", place)) is not { } squares)
        {
            return;
        }

        var (lostByVariance, lostBySquare) = (LostBy("mu2_signal", place), LostBy("nu2_signal", place));
        Look(
            (s, d) =>
                double.IsFinite(variances[s][d])
                && double.IsFinite(squares[s][d])
                && !MomentSet.IsLogOfZero(variances[s][d])
                && variances[s][d] - squares[s][d] > Rounding + lostByVariance(s, d) + lostBySquare(s, d),
            $"μ₂{At(place)}",
            ValueKind.AboveWhole
        );
    }

    private void LookAtRank(string name, int place)
    {
        if (_file.Find(_file.NameOf(name, place)) is not { } rows)
        {
            return;
        }

        var rounding = 1 + Rounding + RecordedPrecision.Find(rows).UnitRoundoff;
        double?[] largest = [.. _file.Depth.Select((_, column) => RecordedRanks.Largest(_file, column))];
        Look(
            (s, d) => rows[s][d] > largest[d] * rounding && double.IsFinite(rows[s][d]),
            $"effective rank{(name == Ranks[0] ? "" : " of the noise")}{At(place)}",
            ValueKind.OutOfRange
        );
    }

    /// <summary>Bounds on the error of a moment's logarithm by the format in which the moment is kept.</summary>
    private Func<int, int, double> LostBy(string name, int place)
    {
        if (_file.Find(MomentRange.Log + _file.NameOf(name, place)) is { } logs)
        {
            var precision = RecordedPrecision.Find(logs);
            return (s, d) => precision.LostByLogarithm(logs[s][d]);
        }

        var numbers = _file.Find(_file.NameOf(name, place))!;
        var format = RecordedPrecision.Find(numbers);
        return (s, d) => numbers[s][d] == 0 ? 0 : format.LostByNumber(numbers[s][d]);
    }

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
