namespace Wellbehaved.Model;

/// <summary>
/// A register of 32-bit lanes, in which random numbers are made: arithmetic operators are those of single precision, bit operators and shifts those of unsigned
/// whole numbers.
/// </summary>
/// <remarks>
/// There is one for each width of a processor's registers. The runtime has wide registers everywhere, but where the processor lacks them it puts every
/// operation together from calls, and in long code without a branch it soon stops inlining them: random numbers were ten times slower for it. Each operation
/// here is one call of one operation, since the compiler inlines no further once a method has 512 local variables.
/// </remarks>
/// <typeparam name="TSelf">The register.</typeparam>
internal interface IWordRegister<TSelf>
    where TSelf : unmanaged, IWordRegister<TSelf>
{
    /// <summary>Number of lanes.</summary>
    static abstract int Lanes { get; }

    /// <summary>0, 2, 4, … in the lanes of even index; the others are not read.</summary>
    static abstract TSelf EvenNumbers { get; }

    /// <summary>A whole number in every lane.</summary>
    static abstract TSelf Create(uint word);

    /// <summary>A number in single precision in every lane.</summary>
    static abstract TSelf Create(float number);

    /// <summary>Sums in single precision.</summary>
    static abstract TSelf operator +(TSelf x, TSelf y);

    /// <summary>Differences in single precision.</summary>
    static abstract TSelf operator -(TSelf x, TSelf y);

    /// <summary>Products in single precision.</summary>
    static abstract TSelf operator *(TSelf x, TSelf y);

    /// <summary>The bits that both have.</summary>
    static abstract TSelf operator &(TSelf x, TSelf y);

    /// <summary>The bits that one of both has.</summary>
    static abstract TSelf operator ^(TSelf x, TSelf y);

    /// <summary>Whole numbers shifted to the left.</summary>
    static abstract TSelf operator <<(TSelf x, int bits);

    /// <summary>Whole numbers without a sign shifted to the right.</summary>
    static abstract TSelf operator >>(TSelf x, int bits);

    /// <summary>Whole numbers with a sign shifted to the right.</summary>
    static abstract TSelf ShiftWithSign(TSelf x, int bits);

    /// <summary>Sums of whole numbers, modulo 2³².</summary>
    static abstract TSelf AddWords(TSelf x, TSelf y);

    /// <summary>Differences of whole numbers, modulo 2³².</summary>
    static abstract TSelf SubtractWords(TSelf x, TSelf y);

    /// <summary>Whole numbers with a sign, rounded to single precision.</summary>
    static abstract TSelf ConvertToSingle(TSelf words);

    /// <summary>x·y + z in single precision, rounded once.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf x, TSelf y, TSelf z);

    /// <summary>Square roots in single precision.</summary>
    static abstract TSelf Sqrt(TSelf x);

    /// <summary>The lanes of one register where two others have the same whole numbers, and of another one elsewhere.</summary>
    static abstract TSelf SelectWhereEqual(TSelf left, TSelf right, TSelf where, TSelf elsewhere);

    /// <summary>The 64-bit products of lanes of even index, each in the place of such a lane and the next one.</summary>
    static abstract TSelf MultiplyEven(TSelf x, TSelf y);

    /// <summary>The lanes of odd index, each in the place of the one before it.</summary>
    static abstract TSelf OddToEven(TSelf x);

    /// <summary>The lanes of even index of two registers in turns.</summary>
    static abstract TSelf InterleaveEven(TSelf even, TSelf odd);

    /// <summary>Writes the lanes to memory.</summary>
    /// <param name="target">Where the first number is written.</param>
    /// <param name="offset">The number of numbers that are left out before.</param>
    void Store(ref float target, int offset);
}
