namespace Wellbehaved.Bench;

/// <summary>The highest rates of a machine, as measured in the course of a run.</summary>
/// <param name="Threads">Threads that were used.</param>
internal sealed record Machine(int Threads)
{
    /// <summary>Multiplications and additions a second in registers, without memory.</summary>
    public double RegisterPeak { get; private init; }

    /// <summary>The same in a large matrix product.</summary>
    public double MatrixPeak { get; private init; }

    /// <summary>Bytes a second of a long copy, read and written.</summary>
    public double Bandwidth { get; private init; }

    /// <summary>Measures again and keeps the higher rates: for a while, a virtual machine may get two halves of one core instead of two cores.</summary>
    public Machine Measured() =>
        this with
        {
            RegisterPeak = Math.Max(RegisterPeak, Roofline.RegisterPeak(Threads)),
            MatrixPeak = Math.Max(MatrixPeak, Roofline.MatrixPeak(Threads)),
            Bandwidth = Math.Max(Bandwidth, Roofline.Bandwidth(Threads)),
        };
}
