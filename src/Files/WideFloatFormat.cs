namespace Wellbehaved.Files;

/// <summary>The possible formats of floating-point numbers of 16 bytes. NumPy spells all of them <c>f16</c>, so a file does not state which it holds.</summary>
internal enum WideFloatFormat
{
    /// <summary>80 bits of the x87 floating-point unit and six bytes of padding.</summary>
    X86Extended,

    /// <summary>IEEE 754 binary128, on ARM, RISC-V and newer POWER processors.</summary>
    Quadruple,

    /// <summary>The sum of two doubles, on POWER processors.</summary>
    PairOfDoubles,
}
