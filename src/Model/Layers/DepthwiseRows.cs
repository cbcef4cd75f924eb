using System.Numerics;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>The innermost loop of a depthwise convolution: for each point and channel, the sum of inputs times weights.</summary>
/// <remarks>
/// Sums stay in registers during the loop over the patch, so that each number is read from memory and written only once. Products are added in the
/// order of the kernel's offsets and rounded one by one: the bits are those of a plain loop, for every width of the registers.
/// </remarks>
internal static unsafe class DepthwiseRows
{
    /// <summary>The most offsets of a kernel whose addresses are kept on the stack: those of 16×16.</summary>
    private const int MostOnStack = 256;

    /// <summary>Convolves some points.</summary>
    /// <param name="source">The input (points × channels).</param>
    /// <param name="table">The point that is read, for each offset and each output point; <see cref="ConvolutionGeometry.Outside"/> where none
    /// is.</param>
    /// <param name="tableLength">Number of points in the table for each offset.</param>
    /// <param name="weights">Weights (offsets × channels).</param>
    /// <param name="offsets">Number of offsets of the kernel.</param>
    /// <param name="target">Receives the output (points × channels).</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="points">The first output point, and the number of points.</param>
    /// <returns>The largest absolute value of the output.</returns>
    public static T Convolve<T>(T* source, int* table, int tableLength, T* weights, int offsets, T* target, int channels, (int First, int Count) points)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // A kernel may be as long as an image of one row, and a stack does not hold the square of that.
        Span<nint> values = offsets <= MostOnStack ? stackalloc nint[offsets] : new nint[offsets];
        Span<nint> factors = offsets <= MostOnStack ? stackalloc nint[offsets] : new nint[offsets];
        var largest = Vector512<T>.Zero;
        var largestRest = T.Zero;
        var width = Vector512<T>.Count;
        for (var point = points.First; point < points.First + points.Count; point++)
        {
            var count = 0;
            for (var offset = 0; offset < offsets; offset++)
            {
                var read = table[((nint)offset * tableLength) + point];
                if (read != ConvolutionGeometry.Outside)
                {
                    values[count] = (nint)(source + ((nint)read * channels));
                    factors[count++] = (nint)(weights + ((nint)offset * channels));
                }
            }

            var sums = target + ((nint)point * channels);
            var channel = 0;
            for (; channel <= channels - (4 * width); channel += 4 * width)
            {
                Vector512<T> s0 = default,
                    s1 = default,
                    s2 = default,
                    s3 = default;
                for (var i = 0; i < count; i++)
                {
                    var x = (T*)values[i] + channel;
                    var w = (T*)factors[i] + channel;
                    s0 += Vector512.Load(w) * Vector512.Load(x);
                    s1 += Vector512.Load(w + width) * Vector512.Load(x + width);
                    s2 += Vector512.Load(w + (2 * width)) * Vector512.Load(x + (2 * width));
                    s3 += Vector512.Load(w + (3 * width)) * Vector512.Load(x + (3 * width));
                }

                s0.Store(sums + channel);
                s1.Store(sums + channel + width);
                s2.Store(sums + channel + (2 * width));
                s3.Store(sums + channel + (3 * width));
                largest = Vector512.Max(
                    Vector512.Max(largest, Vector512.Max(Vector512.Abs(s0), Vector512.Abs(s1))),
                    Vector512.Max(Vector512.Abs(s2), Vector512.Abs(s3))
                );
            }

            for (; channel <= channels - width; channel += width)
            {
                Vector512<T> sum = default;
                for (var i = 0; i < count; i++)
                {
                    sum += Vector512.Load((T*)factors[i] + channel) * Vector512.Load((T*)values[i] + channel);
                }

                sum.Store(sums + channel);
                largest = Vector512.Max(largest, Vector512.Abs(sum));
            }

            for (; channel < channels; channel++)
            {
                var sum = T.Zero;
                for (var i = 0; i < count; i++)
                {
                    sum += ((T*)factors[i])[channel] * ((T*)values[i])[channel];
                }

                sums[channel] = sum;
                largestRest = T.Max(largestRest, T.Abs(sum));
            }
        }

        for (var lane = 0; lane < width; lane++)
        {
            largestRest = T.Max(largestRest, largest[lane]);
        }

        return largestRest;
    }
}
