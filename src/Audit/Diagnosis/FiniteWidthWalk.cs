using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>The random walk of ln χ that a network of finite width takes by chance, as the mappings of an experiment show it.</summary>
/// <remarks>
/// <para>
/// A layer of N units multiplies the squared size of a signal by a mean of N terms, so ln χ makes a random step whose variance is O(1/N). Take a rectifier net whose signal has collapsed to one direction. Given the layer
/// below, the factors are A = (2/N) Σ y² 1[y &gt; 0] for the signal, of variance 5/N, and for noise of many directions under the same mask B = (2/N) Σ 1[y &gt; 0], of variance 1/N; their covariance is 1/N. So
/// ln χ = ½(ln B - ln A) steps with variance ¼(5 + 1 - 2)/N = 1/N and, by the second order of the logarithm, with mean ½(-½ + 5/2)/N = 1/N. Noise of a single direction has variance 5/N as well:
/// the variance of the step is then ¼(5 + 5 - 2)/N = 2/N and its mean 0.
/// </para>
/// <para>
/// So chance explains a drift of about the variance per layer, which can be measured without knowing N. Over some N layers the noise aligns with the signal, and both become smaller. Measured in <c>vanilla</c> and <c>vanilla_res</c> of widths 64 and 128 the
/// ratio of drift to variance is 0.8 to 1.6 from depth 50 on; before, up to depth 50, it is 2 to 3, because χ still tends to its limit at infinite width, with a rate that falls with depth.
/// A drift is called a rate of the architecture only where it exceeds twice the variance: a margin over what was derived, not a theorem about every net.
/// </para>
/// </remarks>
/// <param name="Variance">Variance of ln χ that a layer adds, over the mappings; 0 with fewer than two.</param>
internal sealed record FiniteWidthWalk(double Variance)
{
    /// <summary>Measures it.</summary>
    /// <param name="first">Gain of ln χ over a stretch of depth, by mapping.</param>
    /// <param name="firstLayers">Layers of the stretch.</param>
    /// <param name="second">Gain over the next stretch.</param>
    /// <param name="secondLayers">Its layers.</param>
    /// <returns>The walk: the larger variance per layer of the two, since the variance of a walk that is still settling falls or rises with depth.</returns>
    public static FiniteWidthWalk Of(IReadOnlyList<double> first, int firstLayers, IReadOnlyList<double> second, int secondLayers) =>
        new(first.Count < 2 ? 0 : Math.Max(first.Variance() / firstLayers, second.Variance() / secondLayers));
}
