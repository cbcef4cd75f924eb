using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Normal numbers that are truncated at two standard deviations and then scaled to the given variance.</summary>
/// <remarks>
/// A number beyond two deviations is drawn again, at the same index of another stream, as often as necessary; this concerns one number in 22. Keras' and
/// TensorFlow's <c>truncated_normal</c> do the same. The standard deviation of the truncated numbers is 0.8796.
/// </remarks>
internal static class TruncatedNormalNumbers
{
    private const float Cutoff = 2;
    private const double DeviationWithin = 0.87962566103423975;

    /// <summary>In the stream of the n-th attempt, n stands in the bits above those of the purpose.</summary>
    private const int AttemptShift = 16;

    /// <summary>Fills a span with a part of the stream.</summary>
    public static void Fill<T>(RandomNumbers stream, Span<T> destination, double deviation, uint firstGroup = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var scale = (float)(deviation / DeviationWithin);
        Span<float> group = stackalloc float[NormalNumbers.Group];
        Span<float> again = stackalloc float[NormalNumbers.Group];
        for (var done = 0; done < destination.Length; done += NormalNumbers.Group)
        {
            var number = firstGroup + (uint)(done / NormalNumbers.Group);
            NormalNumbers.Fill(stream, group, 1, number);
            for (var attempt = 1u; group.ContainsAnyExceptInRange(-Cutoff, Cutoff); attempt++)
            {
                var purpose = (RandomPurpose)((uint)stream.Purpose | (attempt << AttemptShift));
                NormalNumbers.Fill(new RandomNumbers(stream.Seed, stream.Simulation, stream.Layer, purpose), again, 1, number);
                for (var i = 0; i < group.Length; i++)
                {
                    group[i] = Math.Abs(group[i]) > Cutoff ? again[i] : group[i];
                }
            }

            for (var i = 0; i < Math.Min(NormalNumbers.Group, destination.Length - done); i++)
            {
                destination[done + i] = T.CreateTruncating(group[i] * scale);
            }
        }
    }
}
