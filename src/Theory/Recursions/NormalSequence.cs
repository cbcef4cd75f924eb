using System.Numerics;

namespace Wellbehaved.Theory;

/// <summary>Generates independent standard normal numbers from a seed, in a few nanoseconds each.</summary>
/// <remarks>
/// Bits come from xoshiro256++ (D. Blackman and S. Vigna, <i>Scrambled Linear Pseudorandom Number Generators</i>, ACM TOMS 47, 2021), whose state is
/// filled by SplitMix64 as its authors advise: seeds that differ in one bit give unrelated initial states. Normal numbers come from the ziggurat
/// method (G. Marsaglia and W. Tsang, J. Stat. Soft. 5, 2000; with the layer and the number from different bits, after J. Doornik, 2005). This rejection
/// method is exact up to the 2⁻⁵² by which uniform numbers are rounded, tails included. The class shares no code with the generator of the model.
/// </remarks>
internal sealed class NormalSequence
{
    private const int Layers = 256;

    /// <summary>Start of the tail, and area of each layer, for 256 layers.</summary>
    private const double TailStart = 3.6541528853610088;
    private const double LayerArea = 0.00492867323399;

    private static readonly double[] Edges = LayerEdges();
    private static readonly double[] CoreShares = [.. Enumerable.Range(0, Layers).Select(layer => Edges[layer + 1] / Edges[layer])];

    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Starts a sequence.</summary>
    /// <param name="seed">The seed.</param>
    public NormalSequence(ulong seed) => (_s0, _s1, _s2, _s3) = (SplitMix(ref seed), SplitMix(ref seed), SplitMix(ref seed), SplitMix(ref seed));

    /// <summary>Fills a span with the sequence's next numbers.</summary>
    /// <param name="numbers">Receives normal numbers of mean 0.</param>
    /// <param name="deviation">Their standard deviation.</param>
    public void Fill(Span<double> numbers, double deviation)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = deviation * Next();
        }
    }

    /// <summary>The next number, uniform on (0, 1].</summary>
    public double NextUniform() => Uniform();

    /// <summary>The next standard normal number.</summary>
    public double Next()
    {
        while (true)
        {
            var bits = NextBits();
            var layer = (int)(bits & (Layers - 1));

            // The upper 53 bits, taken as signed, are uniform on [-1, 1) and independent of the lower eight bits.
            var uniform = ((long)bits >> 11) * (1.0 / (1L << 52));
            if (Math.Abs(uniform) < CoreShares[layer])
            {
                return uniform * Edges[layer];
            }

            if (layer == 0)
            {
                return uniform < 0 ? -Tail() : Tail();
            }

            var x = uniform * Edges[layer];
            var below = Math.Exp(-0.5 * ((Edges[layer] * Edges[layer]) - (x * x)));
            var above = Math.Exp(-0.5 * ((Edges[layer + 1] * Edges[layer + 1]) - (x * x)));
            if (below + (Uniform() * (above - below)) < 1)
            {
                return x;
            }
        }
    }

    /// <summary>A normal number beyond the start of the tail.</summary>
    private double Tail()
    {
        while (true)
        {
            var (x, y) = (-Math.Log(Uniform()) / TailStart, -Math.Log(Uniform()));
            if (2 * y > x * x)
            {
                return TailStart + x;
            }
        }
    }

    /// <summary>Uniform on (0, 1].</summary>
    private double Uniform() => ((NextBits() >> 11) + 1) * (1.0 / (1L << 53));

    private ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_s0 + _s3, 23) + _s0;
        var shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>Right edges of the layers, from the widest one, which combines the base and the tail, to 0.</summary>
    private static double[] LayerEdges()
    {
        var edges = new double[Layers + 1];
        edges[0] = LayerArea / Math.Exp(-0.5 * TailStart * TailStart);
        edges[1] = TailStart;
        for (var layer = 1; layer < Layers - 1; layer++)
        {
            var height = (LayerArea / edges[layer]) + Math.Exp(-0.5 * edges[layer] * edges[layer]);
            edges[layer + 1] = Math.Sqrt(-2 * Math.Log(height));
        }

        return edges;
    }
}
