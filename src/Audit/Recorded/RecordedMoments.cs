using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The moments of a result file, and what each of their numbers stands for.</summary>
/// <remarks>
/// Other numbers of the same simulation, place and depth serve as witnesses. A moment of zero shows that the signal is dead there: then effective rank and χ do
/// not exist. An infinity, or a logarithm beyond double precision, shows that numbers overflowed or underflowed there. A positive finite moment shows that the
/// signal lives: then every moment of it is a number, and NaN is not a gap but a defect.
/// </remarks>
/// <param name="file">The file.</param>
/// <param name="architecture">Its architecture; null for a file in the neutral layout, whose only place, 0, has a column for each place.</param>
internal sealed class RecordedMoments(ResultFile file, Architecture? architecture)
{
    private static readonly string[] OfSignal = ["nu1_abs_signal", "nu2_signal", "mu2_signal", "mu4_signal", "reff_signal"];
    private static readonly string[] OfNoise = ["mu2_noise", "reff_noise"];
    private static readonly string[] NeedVariance = ["chi", "mu2_signal"];
    private static readonly MomentRange Range = MomentRange.OfFile();
    private static readonly double LargestLog = Math.Log(double.MaxValue),
        LeastLog = Math.Log(double.Epsilon);
    private static readonly double LeastOfHalf = Math.ScaleB(1, -14);
    private readonly RecentlyUsed<RecordedCell[][]?> _cells = new(most: 16);
    private readonly Dictionary<(string Moment, int Place), double> _largest = [];
    private readonly Dictionary<string, bool[]> _computed = [];

    /// <summary>A linear moment or an effective rank.</summary>
    /// <param name="moment">Its name, without the suffix of the place.</param>
    /// <param name="place">The place.</param>
    /// <returns>Cells (simulations × depths); null if the file does not hold it.</returns>
    public RecordedCell[][]? Linear(string moment, int place)
    {
        var name = file.NameOf(moment, place);
        return _cells.Find(
            name,
            () => MomentRange.IsRank(name) && !IsComputed(name, place) ? null : Classified(name, (s, d, value) => Linear(moment, place, s, d, value))
        );
    }

    /// <summary>The logarithm of a moment, as recorded; null if the file does not hold it.</summary>
    public RecordedCell[][]? RecordedLog(string moment, int place)
    {
        var name = MomentRange.Log + file.NameOf(moment, place);
        return _cells.Find(
            name,
            () =>
                Classified(
                    name,
                    (s, d, value) =>
                        Range.KindOf(name, value) switch
                        {
                            ValueKind.Possible => RecordedCell.FromNumber(value),
                            ValueKind.Extinct => new RecordedCell(CellKind.Extinct, value),
                            ValueKind.NotANumber => WithoutNumber(moment, place, s, d),
                            ValueKind.Infinite or ValueKind.OutOfRange => RecordedCell.Impossible,
                            ValueKind.NotComputed => throw new InvalidOperationException($"expected a logarithm, got {value} in {name}"),
                            var kind => throw new InvalidOperationException($"expected a kind of value, got {kind}"),
                        }
                )
        );
    }

    /// <summary>The logarithm of a moment: the recorded one if there is one, otherwise computed from the number itself.</summary>
    public RecordedCell[][]? Log(string moment, int place) =>
        RecordedLog(moment, place)
        ?? Map(
            Linear(moment, place),
            cell =>
                cell.Kind switch
                {
                    CellKind.Number => cell.Value > 0 ? RecordedCell.FromNumber(Math.Log(cell.Value)) : RecordedCell.Unknown,
                    CellKind.Extinct or CellKind.Absent or CellKind.Impossible or CellKind.Unknown => cell,
                    _ => throw new InvalidOperationException($"expected a kind of cell, got {cell.Kind}"),
                }
        );

    /// <summary>Bounds on the error of each number of <see cref="Log"/> by the format in which the file keeps it.</summary>
    /// <returns>Bounds (simulations × depths); null if the file does not hold the moment.</returns>
    public double[][]? LostByLog(string moment, int place) =>
        file.Find(MomentRange.Log + file.NameOf(moment, place)) is { } logs ? Lost(logs, RecordedPrecision.Find(logs).LostByLogarithm)
        : file.Find(file.NameOf(moment, place)) is { } numbers ? Lost(numbers, RecordedPrecision.Find(numbers).LostByNumber)
        : null;

    private static double[][] Lost(IReadOnlyList<double[]> rows, Func<double, double> lost) => [.. rows.Select(row => row.Select(lost).ToArray())];

    /// <summary>Applies a function to every cell.</summary>
    public static RecordedCell[][]? Map(RecordedCell[][]? cells, Func<RecordedCell, RecordedCell> change) =>
        cells?.Select(row => row.Select(change).ToArray()).ToArray();

    private RecordedCell[][]? Classified(string name, Func<int, int, double, RecordedCell> classify) =>
        file.Find(name) is { } rows ? [.. rows.Select((row, s) => row.Select((value, d) => classify(s, d, value)).ToArray())] : null;

    private RecordedCell Linear(string moment, int place, int s, int d, double value) =>
        Range.KindOf(moment, value) switch
        {
            // A number out of its range is kept, for the law that bounds it.
            ValueKind.Possible or ValueKind.OutOfRange => RecordedCell.FromNumber(value),
            ValueKind.Extinct => IsContradicted(moment, place, s, d) ? RecordedCell.Impossible : new RecordedCell(CellKind.Extinct, value),
            ValueKind.NotComputed => IsComputedAt(file.NameOf(moment, place), d) && Lives(moment, place, s, d) && !IsDead(moment, place, s, d)
                ? RecordedCell.Unknown
                : RecordedCell.Absent,
            ValueKind.NotANumber => WithoutNumber(moment, place, s, d),
            ValueKind.Infinite => Overflowed(moment, place, s, d, value),
            var kind => throw new InvalidOperationException($"expected a kind of value, got {kind}"),
        };

    private RecordedCell WithoutNumber(string moment, int place, int s, int d) =>
        IsDead(moment, place, s, d) || HasOnePoint(moment, d) ? RecordedCell.Absent
        : IsExtreme(moment, place, s, d) || !Lives(moment, place, s, d) ? RecordedCell.Unknown
        : RecordedCell.Impossible;

    private RecordedCell Overflowed(string moment, int place, int s, int d, double value)
    {
        var log = At($"{MomentRange.Log}{moment}", place, s, d);
        return double.IsNegativeInfinity(value) ? RecordedCell.Impossible
            : IsDead(moment, place, s, d) ? RecordedCell.Absent
            : MomentRange.IsRank(moment) ? (IsExtreme(moment, place, s, d) ? RecordedCell.Unknown : RecordedCell.Impossible)
            : log is null || double.IsNaN(log.Value) ? RecordedCell.Unknown
            : log >= LargestLogOf(moment, place) ? RecordedCell.Absent
            : RecordedCell.Impossible;
    }

    /// <summary>The logarithm of the largest number that the array can hold, minus half a unit: at the limit a number may or may not overflow.</summary>
    private double LargestLogOf(string moment, int place)
    {
        if (!_largest.TryGetValue((moment, place), out var largest))
        {
            // If an array has no finite number, its format cannot be read from it, but from its logarithms.
            var linear = file.Find(file.NameOf(moment, place))!;
            var shown = linear.Any(row => Array.Exists(row, value => double.IsFinite(value) && value != 0))
                ? linear
                : file.Find(MomentRange.Log + file.NameOf(moment, place))!;
            _largest[(moment, place)] = largest = RecordedPrecision.Find(shown).LargestLog - 0.5;
        }

        return largest;
    }

    /// <summary>Whether a witness shows that the signal is zero here, or, for a moment of the noise, that the noise is. χ needs both.</summary>
    private bool IsDead(string moment, int place, int s, int d) =>
        Witnesses(moment)
            .Where(witness => witness != moment)
            .Any(witness =>
                (!MomentRange.IsRank(witness) && At(witness, place, s, d) == 0)
                || (At(MomentRange.Log + witness, place, s, d) is { } log && Range.KindOf(MomentRange.Log + witness, log) == ValueKind.Extinct)
                || (
                    witness == "reff_signal"
                    && At(witness, place, s, d) == EffectiveRank.NotComputed
                    && IsComputed(file.NameOf(witness, place), place)
                    && IsComputedAt(file.NameOf(witness, place), d)
                )
            ) || (At(MomentRange.Log + moment, place, s, d) is { } own && Range.KindOf(MomentRange.Log + moment, own) == ValueKind.Extinct);

    /// <summary>
    /// Whether a positive moment beside a moment of zero forbids the zero: ν₂ ≤ N·P·ν₁², μ₂ ≤ ν₂, μ₄ ≤ N·P·μ₂², and χ is zero only if the noise is.
    /// </summary>
    /// <remarks>
    /// If one number is so large that even half precision keeps it fully, no other moment, and no quotient of that size, has become 0 by underflow.
    /// </remarks>
    private bool IsContradicted(string moment, int place, int s, int d)
    {
        var forbids = moment switch
        {
            "nu1_abs_signal" => Of("nu2_signal"),
            "nu2_signal" => Of("mu2_signal"),
            "mu2_signal" => Of("mu4_signal"),
            "chi" => Math.Min(Of("mu2_noise"), Of("mu2_noise") / Of("mu2_signal")),
            _ => double.NaN,
        };
        return forbids >= LeastOfHalf && double.IsFinite(forbids) && !IsExtreme(moment, place, s, d);

        double Of(string witness) => At(witness, place, s, d) ?? double.NaN;
    }

    /// <summary>
    /// Whether a witness is a positive number. χ needs one of the signal and one of the noise: if the noise is finite but the signal is not, χ has none.
    /// </summary>
    private bool Lives(string moment, int place, int s, int d) =>
        moment == "chi"
            ? IsSeen([moment], place, s, d) || (IsSeen(OfSignal, place, s, d) && IsSeen(OfNoise, place, s, d))
            : IsSeen(Witnesses(moment), place, s, d);

    private bool IsSeen(IEnumerable<string> witnesses, int place, int s, int d) =>
        witnesses
            .SelectMany<string, string>(witness => [witness, MomentRange.Log + witness])
            .Any(name => At(name, place, s, d) is { } value && Range.KindOf(name, value) == ValueKind.Possible);

    /// <summary>Whether a witness has left the range of double precision: numbers computed from it may be NaN.</summary>
    private bool IsExtreme(string moment, int place, int s, int d) =>
        Witnesses(moment)
            .Any(witness =>
                (witness != moment && At(witness, place, s, d) is { } value && double.IsInfinity(value))
                || (At(MomentRange.Log + witness, place, s, d) is { } log && double.IsFinite(log) && (log > LargestLog || log < LeastLog))
            );

    /// <summary>
    /// The moments that say whether another one exists. A gradient has passed back through all later layers, of which the moments of its place say nothing.
    /// </summary>
    private static IEnumerable<string> Witnesses(string moment) =>
        moment == "gradient" ? [moment]
        : moment == "chi" ? [.. OfSignal, .. OfNoise, moment]
        : OfNoise.Contains(moment) ? [.. OfNoise, "chi"]
        : [.. OfSignal, "chi"];

    /// <summary>
    /// Whether effective ranks were computed at a place. They were not if they are -1 everywhere, nor if they are NaN everywhere at a place where no program
    /// computes them.
    /// </summary>
    private bool IsComputed(string name, int place) =>
        file.Find(name) is { } rows
        && rows.Any(row =>
            row.Any(value =>
                value != EffectiveRank.NotComputed
                && (!double.IsNaN(value) || architecture is null || architecture.Places[place - 1].Kind == UnitPlaceKind.Relu)
            )
        );

    /// <summary>Whether an effective rank is computed in a column: in the neutral layout it may be so at some places only.</summary>
    private bool IsComputedAt(string name, int column)
    {
        if (architecture is not null)
        {
            return true;
        }

        if (!_computed.TryGetValue(name, out var computed))
        {
            var rows = file.Find(name)!;
            _computed[name] = computed = [.. file.Depth.Select((_, d) => rows.Any(row => row[d] != EffectiveRank.NotComputed))];
        }

        return computed[column];
    }

    /// <summary>Whether a place of the neutral layout has a single point: then everything that needs a variance is NaN in every simulation.</summary>
    private bool HasOnePoint(string moment, int column) =>
        architecture is null
        && NeedVariance.Contains(moment)
        && file.Find("mu2_signal")?.All(row => row[column] == 0) != false
        && NeedVariance.All(name => file.Find(MomentRange.Log + name)?.All(row => double.IsNaN(row[column])) != false)
        && file.Find("chi")?.All(row => double.IsNaN(row[column])) != false;

    private double? At(string moment, int place, int s, int d) => file.Find(file.NameOf(moment, place))?[s][d];
}
