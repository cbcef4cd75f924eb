namespace Wellbehaved.Files;

/// <summary>What a floating-point number of 16 bytes can be. NumPy spells all of them <c>f16</c>: a file does not say which it holds.</summary>
internal enum WideFloatFormat
{
    /// <summary>80 bits of the x87 unit and six bytes of padding.</summary>
    X86Extended,

    /// <summary>IEEE 754 binary128, of ARM, RISC-V and newer POWER.</summary>
    Quadruple,

    /// <summary>The sum of two doubles, of POWER.</summary>
    PairOfDoubles,
}
