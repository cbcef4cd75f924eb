using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>Discrete Fourier transforms of one length along an axis, for many channels at once, in place.</summary>
/// <remarks>
/// The channels are the innermost index, so every step works on whole vectors. Decimation in frequency leaves the frequencies in the order
/// of reversed digits. The inverse is its mirror image and reads them in that order, so no permutation is needed.
/// An element consists of <c>lanes</c> real parts followed by <c>lanes</c> imaginary parts. Neither direction divides by the length.
/// Source: C. Van Loan, <i>Computational Frameworks for the Fast Fourier Transform</i>, chapters 1 and 2.
/// </remarks>
internal sealed unsafe class FourierTransform
{
    private const int LargestRadix = 7;
    private readonly Stage[] _stages;

    /// <summary>Plans transforms.</summary>
    /// <param name="length">Their length.</param>
    /// <exception cref="ArgumentOutOfRangeException">A prime factor of the length exceeds 7.</exception>
    public FourierTransform(int length)
    {
        if (!Supports(length))
        {
            throw new ArgumentOutOfRangeException(nameof(length), $"expected a product of 2, 3, 5 and 7, got {length}");
        }

        Length = length;
        _stages = [.. Stages(length)];
        Frequencies = new int[length];
        for (var position = 0; position < length; position++)
        {
            // Each stage sorts its input by the next digit of the frequency.
            var (rest, place) = (position, 1);
            foreach (var stage in _stages)
            {
                Frequencies[position] += place * Math.DivRem(rest, stage.Span, out rest);
                place *= stage.Radix;
            }
        }
    }

    /// <summary>Number of elements in a sequence.</summary>
    public int Length { get; }

    /// <summary>The frequency at each position after <see cref="Forward"/>.</summary>
    public int[] Frequencies { get; }

    /// <summary>Whether a length can be transformed.</summary>
    public static bool Supports(int length)
    {
        foreach (var prime in new[] { 2, 3, 5, 7 })
        {
            while (length > 0 && length % prime == 0)
            {
                length /= prime;
            }
        }

        return length == 1;
    }

    /// <summary>The least length that can be transformed and is at least a given length.</summary>
    /// <param name="length">The given length, positive.</param>
    public static int NextLength(int length)
    {
        while (!Supports(length))
        {
            length = checked(length + 1);
        }

        return length;
    }

    /// <summary>Transforms to frequencies: <c>X_f = Σ_j x_j e^{-2πi fj/n}</c>, at the positions given by <see cref="Frequencies"/>.</summary>
    /// <param name="data">The first element.</param>
    /// <param name="stride">Distance between elements.</param>
    /// <param name="lanes">Number of channels, a multiple of 16.</param>
    /// <param name="sequences">Number of sequences that are transformed.</param>
    /// <param name="sequenceStride">Distance between the first elements of neighbouring sequences.</param>
    public void Forward(float* data, nint stride, int lanes, int sequences = 1, nint sequenceStride = 0)
    {
        foreach (var stage in _stages)
        {
            stage.Apply(data, data + lanes, stride, new(lanes, sequences, sequenceStride), twiddleFirst: false);
        }
    }

    /// <summary>Transforms back: <c>n·x_j = Σ_f X_f e^{2πi fj/n}</c>.</summary>
    /// <param name="data">The first element.</param>
    /// <param name="stride">Distance between elements.</param>
    /// <param name="lanes">Number of channels, a multiple of 16.</param>
    /// <param name="sequences">Number of sequences that are transformed.</param>
    /// <param name="sequenceStride">Distance between the first elements of neighbouring sequences.</param>
    public void Inverse(float* data, nint stride, int lanes, int sequences = 1, nint sequenceStride = 0)
    {
        // If real and imaginary parts are exchanged, the forward steps compute the inverse.
        for (var i = _stages.Length - 1; i >= 0; i--)
        {
            _stages[i].Apply(data + lanes, data, stride, new(lanes, sequences, sequenceStride), twiddleFirst: true);
        }
    }

    private static IEnumerable<Stage> Stages(int length)
    {
        for (var block = length; block > 1; )
        {
            var radix = block % 4 == 0 ? 4 : Enumerable.Range(2, LargestRadix - 1).First(candidate => block % candidate == 0);
            yield return new Stage(length, block, radix);
            block /= radix;
        }
    }

    /// <summary>
    /// One pass over a sequence: in each block of consecutive elements, transforms of a small length between elements at a distance of a span.
    /// </summary>
    private sealed class Stage
    {
        private readonly int _length;
        private readonly int _block;
        private readonly (float Cosine, float Sine)[] _twiddles;
        private readonly (float Cosine, float Sine)[] _roots;

        public Stage(int length, int block, int radix)
        {
            (_length, _block, Radix) = (length, block, radix);
            _twiddles = [.. Enumerable.Range(0, Span).SelectMany(j => Enumerable.Range(0, radix).Select(q => Root((long)j * q, block)))];
            _roots = [.. Enumerable.Range(0, radix).Select(m => Root(m, radix))];
        }

        public int Radix { get; }

        /// <summary>Distance between the elements that are transformed together.</summary>
        public int Span => _block / Radix;

        public void Apply(float* re, float* im, nint stride, Batch batch, bool twiddleFirst)
        {
            for (var block = 0; block < _length; block += _block)
            {
                for (var j = 0; j < Span; j++)
                {
                    var offset = (block + j) * stride;
                    var twiddles = _twiddles.AsSpan(j * Radix, Radix);
                    switch (Radix)
                    {
                        case 2:
                            Radix2(re + offset, im + offset, Span * stride, batch, twiddles[1], twiddleFirst);
                            break;
                        case 3:
                            Radix3(re + offset, im + offset, Span * stride, batch, twiddles, twiddleFirst);
                            break;
                        case 4:
                            Radix4(re + offset, im + offset, Span * stride, batch, twiddles, twiddleFirst);
                            break;
                        default:
                            OddRadix(re + offset, im + offset, Span * stride, batch, twiddles, twiddleFirst);
                            break;
                    }
                }
            }
        }

        private static (float Cosine, float Sine) Root(long numerator, int denominator)
        {
            var (sine, cosine) = Math.SinCos(-2 * Math.PI * (numerator % denominator) / denominator);
            return ((float)cosine, (float)sine);
        }

        private static void Radix2(float* re, float* im, nint span, Batch batch, (float Cosine, float Sine) twiddle, bool twiddleFirst)
        {
            for (var sequence = 0; sequence < batch.Sequences; sequence++, re += batch.Stride, im += batch.Stride)
            {
                for (var lane = 0; lane < batch.Lanes; lane += Vector512<float>.Count)
                {
                    var (a, b) = (Complex.Load(re + lane, im + lane), Complex.Load(re + span + lane, im + span + lane));
                    b = twiddleFirst ? b.Times(twiddle) : b;
                    var (sum, difference) = (a + b, a - b);
                    sum.Store(re + lane, im + lane);
                    (twiddleFirst ? difference : difference.Times(twiddle)).Store(re + span + lane, im + span + lane);
                }
            }
        }

        private void Radix3(float* re, float* im, nint span, Batch batch, ReadOnlySpan<(float Cosine, float Sine)> twiddles, bool twiddleFirst)
        {
            var (w1, w2, (cosine, sine)) = (twiddles[1], twiddles[2], _roots[1]);
            for (var sequence = 0; sequence < batch.Sequences; sequence++, re += batch.Stride, im += batch.Stride)
            {
                for (var lane = 0; lane < batch.Lanes; lane += Vector512<float>.Count)
                {
                    float* r = re + lane,
                        i = im + lane;
                    var (a, b, c) = (Complex.Load(r, i), Complex.Load(r + span, i + span), Complex.Load(r + (2 * span), i + (2 * span)));
                    if (twiddleFirst)
                    {
                        (b, c) = (b.Times(w1), c.Times(w2));
                    }

                    var (sum, difference) = (b + c, (b - c).TimesMinusI());
                    var (even, odd) = (a.Plus(sum, cosine), default(Complex).Plus(difference, -sine));
                    var (low, high) = (even + odd, even - odd);
                    if (!twiddleFirst)
                    {
                        (low, high) = (low.Times(w1), high.Times(w2));
                    }

                    (a + sum).Store(r, i);
                    low.Store(r + span, i + span);
                    high.Store(r + (2 * span), i + (2 * span));
                }
            }
        }

        private static void Radix4(float* re, float* im, nint span, Batch batch, ReadOnlySpan<(float Cosine, float Sine)> twiddles, bool twiddleFirst)
        {
            var (w1, w2, w3) = (twiddles[1], twiddles[2], twiddles[3]);
            for (var sequence = 0; sequence < batch.Sequences; sequence++, re += batch.Stride, im += batch.Stride)
            {
                for (var lane = 0; lane < batch.Lanes; lane += Vector512<float>.Count)
                {
                    float* r = re + lane,
                        i = im + lane;
                    var a = Complex.Load(r, i);
                    var b = Complex.Load(r + span, i + span);
                    var c = Complex.Load(r + (2 * span), i + (2 * span));
                    var d = Complex.Load(r + (3 * span), i + (3 * span));
                    if (twiddleFirst)
                    {
                        (b, c, d) = (b.Times(w1), c.Times(w2), d.Times(w3));
                    }

                    var (even, evenDifference, odd, oddDifference) = (a + c, a - c, b + d, (b - d).TimesMinusI());
                    var (y0, y1, y2, y3) = (even + odd, evenDifference + oddDifference, even - odd, evenDifference - oddDifference);
                    if (!twiddleFirst)
                    {
                        (y1, y2, y3) = (y1.Times(w1), y2.Times(w2), y3.Times(w3));
                    }

                    y0.Store(r, i);
                    y1.Store(r + span, i + span);
                    y2.Store(r + (2 * span), i + (2 * span));
                    y3.Store(r + (3 * span), i + (3 * span));
                }
            }
        }

        private void OddRadix(float* re, float* im, nint span, Batch batch, ReadOnlySpan<(float Cosine, float Sine)> twiddles, bool twiddleFirst)
        {
            var half = Radix / 2;
            Span<Complex> sums = stackalloc Complex[LargestRadix / 2];
            Span<Complex> differences = stackalloc Complex[LargestRadix / 2];
            for (var sequence = 0; sequence < batch.Sequences; sequence++, re += batch.Stride, im += batch.Stride)
            {
                for (var lane = 0; lane < batch.Lanes; lane += Vector512<float>.Count)
                {
                    var first = Complex.Load(re + lane, im + lane);
                    var total = first;
                    for (var m = 1; m <= half; m++)
                    {
                        var (near, far) = ((m * span) + lane, ((Radix - m) * span) + lane);
                        var (x, y) = (Complex.Load(re + near, im + near), Complex.Load(re + far, im + far));
                        if (twiddleFirst)
                        {
                            (x, y) = (x.Times(twiddles[m]), y.Times(twiddles[Radix - m]));
                        }

                        (sums[m - 1], differences[m - 1]) = (x + y, (x - y).TimesMinusI());
                        total += sums[m - 1];
                    }

                    total.Store(re + lane, im + lane);
                    for (var q = 1; q <= half; q++)
                    {
                        var (even, odd) = (first, default(Complex));
                        for (var m = 1; m <= half; m++)
                        {
                            var (cosine, sine) = _roots[q * m % Radix];
                            even = even.Plus(sums[m - 1], cosine);
                            odd = odd.Plus(differences[m - 1], -sine);
                        }

                        var (low, high) = (even + odd, even - odd);
                        if (!twiddleFirst)
                        {
                            (low, high) = (low.Times(twiddles[q]), high.Times(twiddles[Radix - q]));
                        }

                        var (near, far) = ((q * span) + lane, ((Radix - q) * span) + lane);
                        low.Store(re + near, im + near);
                        high.Store(re + far, im + far);
                    }
                }
            }
        }
    }

    /// <summary>The channels and sequences that are transformed together, and the distance between sequences.</summary>
    private readonly record struct Batch(int Lanes, int Sequences, nint Stride);

    /// <summary>Sixteen complex numbers.</summary>
    private readonly struct Complex(Vector512<float> re, Vector512<float> im)
    {
        private readonly Vector512<float> _re = re;
        private readonly Vector512<float> _im = im;

        public static Complex operator +(Complex x, Complex y) => new(x._re + y._re, x._im + y._im);

        public static Complex operator -(Complex x, Complex y) => new(x._re - y._re, x._im - y._im);

        public static Complex Load(float* re, float* im) => new(Vector512.Load(re), Vector512.Load(im));

        public void Store(float* re, float* im)
        {
            _re.Store(re);
            _im.Store(im);
        }

        public Complex TimesMinusI() => new(_im, -_re);

        public Complex Times((float Cosine, float Sine) root)
        {
            var (cosine, sine) = (Vector512.Create(root.Cosine), Vector512.Create(root.Sine));
            return new(Vector512.FusedMultiplyAdd(_re, cosine, -(_im * sine)), Vector512.FusedMultiplyAdd(_re, sine, _im * cosine));
        }

        public Complex Plus(Complex x, float factor)
        {
            var factors = Vector512.Create(factor);
            return new(Vector512.FusedMultiplyAdd(x._re, factors, _re), Vector512.FusedMultiplyAdd(x._im, factors, _im));
        }
    }
}
