namespace Wellbehaved.Audit;

/// <summary>What a number of a result file, or of what is computed from it, stands for.</summary>
internal enum CellKind
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>Zero, or the logarithm of zero: signal or noise has died here.</summary>
    Extinct,

    /// <summary>There is none, for a reason that the file gives: the signal died, it was not computed, or only its logarithm fits double precision.</summary>
    Absent,

    /// <summary>NaN or an infinity where other numbers of the file show that the number exists: no correct program writes that.</summary>
    Impossible,

    /// <summary>NaN, an infinity or a gap that the file does not explain: it cannot be judged.</summary>
    Unknown,
}

/// <summary>A number, or why there is none.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Value">The number; 0 or the recorded logarithm if extinct, NaN otherwise.</param>
internal readonly record struct RecordedCell(CellKind Kind, double Value)
{
    /// <summary>There is none, and that is right.</summary>
    public static readonly RecordedCell Absent = new(CellKind.Absent, double.NaN);

    /// <summary>There is none, and why is not known.</summary>
    public static readonly RecordedCell Unknown = new(CellKind.Unknown, double.NaN);

    /// <summary>There must be one, and there is none.</summary>
    public static readonly RecordedCell Impossible = new(CellKind.Impossible, double.NaN);

    /// <summary>Whether it is a finding.</summary>
    public bool IsBad => Kind is CellKind.Impossible or CellKind.Unknown;

    /// <summary>A number.</summary>
    public static RecordedCell FromNumber(double value) => double.IsFinite(value) ? new(CellKind.Number, value) : Unknown;

    /// <summary>Computes from two numbers: nothing can be known of what rests on a bad one, and nothing is said of what rests on one that is absent
    /// or extinct.</summary>
    public static RecordedCell Combine(RecordedCell one, RecordedCell other, Func<double, double, double> combine) =>
        one.IsBad || other.IsBad ? Unknown
        : one.Kind == CellKind.Number && other.Kind == CellKind.Number ? FromNumber(combine(one.Value, other.Value))
        : Absent;
}
