namespace Wellbehaved.Audit;

/// <summary>What a number in a result file, or a number computed from such numbers, stands for.</summary>
internal enum CellKind
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>Zero, or the logarithm of zero: signal or noise has died here.</summary>
    Extinct,

    /// <summary>
    /// There is no number, for a reason that the file gives: the signal died, it was not computed, or only its logarithm fits double precision.
    /// </summary>
    Absent,

    /// <summary>NaN or an infinity where other numbers of the file show that the number exists: no correct program writes that.</summary>
    Impossible,

    /// <summary>NaN, an infinity or a gap that the file does not explain: it cannot be judged.</summary>
    Unknown,
}

/// <summary>A number, or the reason why there is none.</summary>
/// <param name="Kind">The kind of the cell.</param>
/// <param name="Value">The number; 0 or the recorded logarithm if extinct, NaN otherwise.</param>
internal readonly record struct RecordedCell(CellKind Kind, double Value)
{
    /// <summary>There is no number, for a known reason.</summary>
    public static readonly RecordedCell Absent = new(CellKind.Absent, double.NaN);

    /// <summary>There is no number, and the reason is not known.</summary>
    public static readonly RecordedCell Unknown = new(CellKind.Unknown, double.NaN);

    /// <summary>There is no number although there must be one.</summary>
    public static readonly RecordedCell Impossible = new(CellKind.Impossible, double.NaN);

    /// <summary>Whether it is a finding.</summary>
    public bool IsBad => Kind is CellKind.Impossible or CellKind.Unknown;

    /// <summary>The cell of a number; unknown if the number is not finite.</summary>
    public static RecordedCell FromNumber(double value) => double.IsFinite(value) ? new(CellKind.Number, value) : Unknown;

    /// <summary>
    /// Computes a cell from two numbers. The result is unknown if it depends on a bad number, and absent if it depends on a number that is absent or extinct.
    /// </summary>
    public static RecordedCell Combine(RecordedCell one, RecordedCell other, Func<double, double, double> combine) =>
        one.IsBad || other.IsBad ? Unknown
        : one.Kind == CellKind.Number && other.Kind == CellKind.Number ? FromNumber(combine(one.Value, other.Value))
        : Absent;
}
