namespace Wellbehaved.Model;

/// <summary>A register of numbers in double precision, in which functions are evaluated.</summary>
/// <remarks>There is one for each width of a processor's registers, for the reason that <see cref="IWordRegister{TSelf}"/> gives.</remarks>
/// <typeparam name="TSelf">The register.</typeparam>
internal interface IDoubleRegister<TSelf>
    where TSelf : unmanaged, IDoubleRegister<TSelf>
{
    /// <summary>Number of lanes.</summary>
    static abstract int Lanes { get; }

    /// <summary>The number in a lane.</summary>
    double this[int lane] { get; }

    /// <summary>A number in every lane.</summary>
    static abstract TSelf Create(double number);

    /// <summary>Sums.</summary>
    static abstract TSelf operator +(TSelf x, TSelf y);

    /// <summary>Differences.</summary>
    static abstract TSelf operator -(TSelf x, TSelf y);

    /// <summary>Products.</summary>
    static abstract TSelf operator *(TSelf x, TSelf y);

    /// <summary>Quotients.</summary>
    static abstract TSelf operator /(TSelf x, TSelf y);

    /// <summary>The numbers with the other sign.</summary>
    static abstract TSelf operator -(TSelf x);

    /// <summary>The bits that both have.</summary>
    static abstract TSelf operator &(TSelf x, TSelf y);

    /// <summary>The bits that one of both has.</summary>
    static abstract TSelf operator ^(TSelf x, TSelf y);

    /// <summary>The bits shifted to the left.</summary>
    static abstract TSelf operator <<(TSelf x, int bits);

    /// <summary>The bits, read as whole numbers, plus a whole number.</summary>
    static abstract TSelf AddWords(TSelf x, long word);

    /// <summary>The bits that a whole number has too.</summary>
    static abstract TSelf AndWord(TSelf x, long word);

    /// <summary>x·y + z, rounded once.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf x, TSelf y, TSelf z);

    /// <summary>Absolute values.</summary>
    static abstract TSelf Abs(TSelf x);

    /// <summary>The nearest whole numbers; even ones of two that are as near.</summary>
    static abstract TSelf Round(TSelf x);

    /// <summary>Numbers with the signs of others.</summary>
    static abstract TSelf CopySign(TSelf magnitude, TSelf sign);

    /// <summary>The lanes of one register where a mask is set, and of another one elsewhere.</summary>
    static abstract TSelf Select(TSelf mask, TSelf where, TSelf elsewhere);

    /// <summary>A mask of where x = y.</summary>
    static abstract TSelf Equal(TSelf x, TSelf y);

    /// <summary>A mask of where x &lt; y.</summary>
    static abstract TSelf LessThan(TSelf x, TSelf y);

    /// <summary>A mask of where x ≤ y.</summary>
    static abstract TSelf LessThanOrEqual(TSelf x, TSelf y);

    /// <summary>A mask of where x &gt; y.</summary>
    static abstract TSelf GreaterThan(TSelf x, TSelf y);

    /// <summary>A mask of where x ≥ y.</summary>
    static abstract TSelf GreaterThanOrEqual(TSelf x, TSelf y);

    /// <summary>A mask of where the bits are those of a whole number.</summary>
    static abstract TSelf WordsEqual(TSelf x, long word);

    /// <summary>Whether a mask is set everywhere.</summary>
    static abstract bool All(TSelf mask);

    /// <summary>
    /// The larger of given magnitudes and the magnitudes of numbers, compared by their bits. The order of bits is that of magnitudes, with NaN above all
    /// others.
    /// </summary>
    static abstract TSelf LargerMagnitudes(TSelf magnitudes, TSelf numbers);

    /// <summary>Loads numbers in double precision.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    static abstract unsafe TSelf Load<T>(T* source)
        where T : unmanaged;

    /// <summary>Stores the numbers, rounded to the precision of their type.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    unsafe void Store<T>(T* target)
        where T : unmanaged;

    /// <summary>The register with another number in a lane.</summary>
    TSelf With(int lane, double number);
}
