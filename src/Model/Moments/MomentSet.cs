using System.Buffers.Binary;

namespace Wellbehaved.Model;

/// <summary>The moments of signal and noise at one place, as true values and as logarithms.</summary>
/// <remarks>
/// They are kept in the units of the stored tensors, together with the powers of two, so that a logarithm exists where the number itself would overflow. Means
/// are over points and channels.
/// </remarks>
public readonly record struct MomentSet
{
    /// <summary>The number that is reported as the logarithm of zero: the logarithm of the smallest positive double, -744.4.</summary>
    public static readonly double LogOfZero = Math.Log(double.Epsilon);

    internal MomentSet(int signalExponent, int noiseExponent, StoredMoments stored)
    {
        SignalExponent = signalExponent;
        NoiseExponent = noiseExponent;
        Stored = stored;
    }

    /// <summary>ν₁(|x|), the mean absolute value of the signal.</summary>
    public double Nu1AbsSignal => Math.ScaleB(Stored.Nu1Abs, SignalExponent);

    /// <summary>ν₂(x), the mean square of the signal.</summary>
    public double Nu2Signal => Math.ScaleB(Stored.Nu2, 2 * SignalExponent);

    /// <summary>μ₂(x), the variance of the signal: the mean square after each channel's mean is subtracted.</summary>
    public double Mu2Signal => Math.ScaleB(Stored.Mu2, 2 * SignalExponent);

    /// <summary>μ₄(x), the mean fourth power of the signal after each channel's mean is subtracted.</summary>
    public double Mu4Signal => Math.ScaleB(Stored.Mu4, 4 * SignalExponent);

    /// <summary>
    /// μ₂(dx), the mean square of the noise. The noise has mean zero in law; as in the author's package, the mean of the sample is not subtracted.
    /// </summary>
    public double Mu2Noise => Math.ScaleB(Stored.Mu2Noise, 2 * NoiseExponent);

    /// <summary>ln ν₂(x); <see cref="LogOfZero"/> where the signal is zero.</summary>
    public double LogNu2Signal => Log(Stored.Nu2, 2 * SignalExponent);

    /// <summary>ln μ₂(x); <see cref="LogOfZero"/> where the signal is constant.</summary>
    public double LogMu2Signal => Log(Stored.Mu2, 2 * SignalExponent);

    /// <summary>ln μ₂(dx); <see cref="LogOfZero"/> where the noise is zero.</summary>
    public double LogMu2Noise => Log(Stored.Mu2Noise, 2 * NoiseExponent);

    /// <summary>Effective rank of the signal; -1 where it was not computed or does not exist.</summary>
    public double ReffSignal { get; internal init; } = EffectiveRank.NotComputed;

    /// <summary>Effective rank of the noise; -1 where it was not computed or does not exist.</summary>
    public double ReffNoise { get; internal init; } = EffectiveRank.NotComputed;

    /// <summary>Whether every element of the signal is zero: all activations are off.</summary>
    public bool SignalIsDead => Stored.Nu2 == 0;

    /// <summary>Number of bytes of an encoded set of moments.</summary>
    internal const int EncodedLength = (2 * sizeof(int)) + (7 * sizeof(double));

    private int SignalExponent { get; }

    private int NoiseExponent { get; }

    private StoredMoments Stored { get; }

    /// <summary>ln χ = ½ ln(μ₂(dx)/μ₂(x)) - ½ ln(μ₂(dx⁰)/μ₂(x⁰)), with μ₂(dx⁰) = 1.</summary>
    /// <param name="mu2InputSignal">μ₂(x⁰), the variance of the input signal.</param>
    /// <returns>The logarithm of the normalised sensitivity; <see cref="LogOfZero"/> where signal or noise has vanished.</returns>
    public double LogChi(double mu2InputSignal) =>
        Stored.Mu2 == 0 || Stored.Mu2Noise == 0 || mu2InputSignal == 0 ? LogOfZero : 0.5 * (LogMu2Noise - LogMu2Signal + Math.Log(mu2InputSignal));

    /// <summary>The normalised sensitivity χ = sqrt(μ₂(dx)/μ₂(x)·μ₂(x⁰)/μ₂(dx⁰)), with μ₂(dx⁰) = 1.</summary>
    /// <param name="mu2InputSignal">μ₂(x⁰), the variance of the input signal.</param>
    /// <returns>χ; zero where signal or noise has vanished.</returns>
    public double Chi(double mu2InputSignal) =>
        Stored.Mu2 == 0 ? 0 : Math.ScaleB(Math.Sqrt(Stored.Mu2Noise / Stored.Mu2 * mu2InputSignal), NoiseExponent - SignalExponent);

    /// <summary>The ending that these moments show, if any: see <see cref="Ending"/>.</summary>
    /// <param name="varies">Whether there is more than one point, so that a signal can vary over points.</param>
    internal Ending State(bool varies)
    {
        ReadOnlySpan<double> numbers = [Stored.Nu1Abs, Stored.Nu2, Stored.Mu2, Stored.Mu4, Stored.Mu2Noise];
        var overflows = false;
        foreach (var number in numbers)
        {
            if (double.IsNaN(number))
            {
                return Ending.NotANumber;
            }

            overflows |= double.IsInfinity(number);
        }

        return overflows ? Ending.Overflow
            : Stored.Nu2 == 0 ? Ending.DeadSignal
            : varies && Stored.Mu2 == 0 ? Ending.NoVariance
            : Stored.Mu2Noise == 0 ? Ending.ExtinctNoise
            : Ending.None;
    }

    /// <summary>Writes the set bit for bit, in the units of the stored tensors.</summary>
    internal void Encode(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, SignalExponent);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], NoiseExponent);
        ReadOnlySpan<double> numbers = [Stored.Nu1Abs, Stored.Nu2, Stored.Mu2, Stored.Mu4, Stored.Mu2Noise, ReffSignal, ReffNoise];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes[(8 + (8 * i))..], numbers[i]);
        }
    }

    /// <summary>Reads a set that <see cref="Encode"/> wrote.</summary>
    internal static MomentSet Decode(ReadOnlySpan<byte> bytes)
    {
        Span<double> numbers = stackalloc double[7];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 + (8 * i))..]);
        }

        return new MomentSet(
            BinaryPrimitives.ReadInt32LittleEndian(bytes),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            new StoredMoments(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
        )
        {
            ReffSignal = numbers[5],
            ReffNoise = numbers[6],
        };
    }

    /// <summary>
    /// Whether a number stands for the logarithm of zero, also after another program has stored it in single precision. Smaller logarithms are those of numbers
    /// that no format holds, and are as good as any.
    /// </summary>
    internal static bool IsLogOfZero(double logarithm) => double.IsNegativeInfinity(logarithm) || logarithm == LogOfZero || logarithm == (float)LogOfZero;

    private static double Log(double value, int exponent) => value == 0 ? LogOfZero : Math.Log(value) + (exponent * Math.Log(2));

    /// <summary>Moments in the units of the stored tensors.</summary>
    internal readonly record struct StoredMoments(double Nu1Abs, double Nu2, double Mu2, double Mu4, double Mu2Noise);
}
