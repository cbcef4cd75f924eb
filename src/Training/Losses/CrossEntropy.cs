using System.Numerics;

namespace Wellbehaved.Training;

/// <summary>The cross entropy of softmax with classes: the mean over a batch of <c>−ln p(class)</c>, in double precision.</summary>
internal static class CrossEntropy
{
    /// <summary>Computes loss, gradient and the number of images that are classified right.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="logits">Logits (images × classes).</param>
    /// <param name="classes">The class of each image.</param>
    /// <param name="gradient">Receives the gradient of the loss by each logit; empty if it is not needed.</param>
    /// <returns>
    /// The mean loss, NaN if a logit is NaN; and the number of images whose largest logit, the first one among equals, is that of their class.
    /// </returns>
    public static (double Loss, int Right) Compute<T>(ReadOnlySpan<T> logits, ReadOnlySpan<int> classes, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var count = logits.Length / classes.Length;
        Span<double> powers = count <= 1024 ? stackalloc double[count] : new double[count];
        var (total, right) = (0.0, 0);
        for (var image = 0; image < classes.Length; image++)
        {
            var row = logits.Slice(image * count, count);
            var best = 0;
            for (var i = 1; i < count; i++)
            {
                best = row[i] > row[best] ? i : best;
            }

            right += best == classes[image] ? 1 : 0;
            var (largest, sum) = (double.CreateTruncating(row[best]), 0.0);
            for (var i = 0; i < count; i++)
            {
                sum += powers[i] = Elementary.Exp(double.CreateTruncating(row[i]) - largest);
            }

            total += Math.Log(sum) - (double.CreateTruncating(row[classes[image]]) - largest);
            if (!gradient.IsEmpty)
            {
                var slopes = gradient.Slice(image * count, count);
                for (var i = 0; i < count; i++)
                {
                    slopes[i] = T.CreateTruncating(((powers[i] / sum) - (i == classes[image] ? 1 : 0)) / classes.Length);
                }
            }
        }

        return (total / classes.Length, right);
    }
}
