using System.Collections.Concurrent;
using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Integration;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The law of the step of V2 and V3: ν₂ of one point after a leaky layer, divided by its mean before the activation.</summary>
/// <remarks>
/// Let K ~ Binomial(N, ½) of the N channels be above 0. Their squares make up a share β ~ Beta(K/2, (N - K)/2) of the total, and a² + (1 - a²)β of the total
/// remains. Orthogonal weights keep the total; for normal weights it is χ²_N/N, independent of the share.
/// </remarks>
internal sealed class LeakyStepLaw
{
    /// <summary>The error of the tabulated probabilities, of the quadrature and of the interpolation between steps.</summary>
    internal const double Error = 1e-4;

    /// <summary>Steps of the table, each a twentieth of the law's deviation or less.</summary>
    private const int Steps = 400;

    /// <summary>Nodes where the share of the total that remains varies slowly, so that one rule over the whole range of the total will do.</summary>
    private const int Nodes = 32;

    /// <summary>Nodes over that part of the range where the share that remains changes from all to nothing.</summary>
    private const int NodesOfRise = 96;

    private static readonly ConcurrentDictionary<(int Channels, double Slope, WeightLaw Law), LeakyStepLaw> Known = new();

    private readonly double[] _values = new double[Steps + 1];
    private readonly double _from;
    private readonly double _spacing;
    private readonly int _channels;
    private readonly double _squared;
    private readonly double[] _binomial;

    private LeakyStepLaw(int channels, double slope, WeightLaw law)
    {
        (_channels, _squared) = (channels, slope * slope);
        var mean = (1 + _squared) / 2;
        var deviation = Math.Sqrt(
            ((law == WeightLaw.Orthogonal ? 3 - (6 * _squared) + (3 * _squared * _squared) : 5 - (2 * _squared) + (5 * _squared * _squared)) / 4) / channels
        );
        _from = Math.Max(0, mean - (8 * deviation));
        _spacing = (mean + (10 * deviation) - _from) / Steps;
        _binomial = [.. Enumerable.Range(0, channels + 1).Select(k => Math.Exp(SpecialFunctions.BinomialLn(channels, k) - (channels * Math.Log(2))))];

        // One rule errs by less than 3e-5 for such slopes from 32 channels on. The share rises faster for slopes near 1, and both laws are wide for few
        // channels.
        var isSlow = Math.Abs(slope) <= 0.25 && channels >= 32;
        for (var i = 0; i <= Steps; i++)
        {
            var value = _from + (i * _spacing);
            _values[i] =
                law == WeightLaw.Orthogonal ? ShareUpTo(value)
                : isSlow ? OfNormal(value)
                : OfNormalByParts(value);
        }
    }

    /// <summary>The law of a layer, tabulated once.</summary>
    /// <param name="channels">N.</param>
    /// <param name="slope">a, between -1 and 1.</param>
    /// <param name="law">Normal or orthogonal weights.</param>
    public static LeakyStepLaw Of(int channels, double slope, WeightLaw law) =>
        Known.GetOrAdd((channels, slope, law), key => new LeakyStepLaw(key.Channels, key.Slope, key.Law));

    /// <summary>The probability of a step up to a value.</summary>
    /// <param name="value">The value, finite.</param>
    public double ProbabilityUpTo(double value)
    {
        var position = (value - _from) / _spacing;
        var node = (int)Math.Clamp(position, 0, Steps - 1);
        return Math.Clamp(_values[node] + ((position - node) * (_values[node + 1] - _values[node])), 0, 1);
    }

    /// <summary>The probability that at most this part of the total remains.</summary>
    private double ShareUpTo(double kept)
    {
        var (least, sum) = ((kept - _squared) / (1 - _squared), 0.0);
        for (var k = 0; k <= _channels; k++)
        {
            sum +=
                _binomial[k]
                * (
                    k == 0 ? (least >= 0 ? 1 : 0)
                    : k == _channels ? (least >= 1 ? 1 : 0)
                    : SpecialFunctions.BetaRegularized(k / 2.0, (_channels - k) / 2.0, Math.Clamp(least, 0, 1))
                );
        }

        return sum;
    }

    private double OfNormal(double value)
    {
        // The total t is χ²_N/N: an integral over its density, which is negligible beyond nine standard deviations.
        var (shape, reach, sum) = (_channels / 2.0, 9 * Math.Sqrt(2.0 / _channels), 0.0);
        var rule = new GaussLegendreRule(Math.Max(1e-9, 1 - reach), 1 + (1.3 * reach), Nodes);
        for (var node = 0; node < Nodes; node++)
        {
            var whole = rule.GetAbscissa(node);
            sum += rule.GetWeight(node) * Gamma.PDF(shape, shape, whole) * ShareUpTo(value / whole);
        }

        return sum;
    }

    /// <summary>
    /// The same, with the total up to <c>value</c> in closed form, since all of it is then small enough, and nothing beyond <c>value/a²</c>. Between them the
    /// rule covers nine deviations of the total and of the share that remains.
    /// </summary>
    private double OfNormalByParts(double value)
    {
        var (shape, reach) = (_channels / 2.0, 9 * Math.Sqrt(2.0 / _channels));
        var mean = (1 + _squared) / 2;
        var rise = 9 * (1 - _squared) * Math.Sqrt(0.75 / _channels);
        var (least, most) = (Math.Max(_squared, mean - rise), Math.Min(1, mean + rise));
        var from = Math.Max(value / most, 1 - reach);
        var to = Math.Min(least > 0 ? value / least : double.PositiveInfinity, 1 + (1.3 * reach));
        if (from <= 0)
        {
            from = 1e-9;
        }

        var sum = Gamma.CDF(shape, shape, from);
        if (to <= from)
        {
            return sum;
        }

        var rule = new GaussLegendreRule(from, to, NodesOfRise);
        for (var node = 0; node < NodesOfRise; node++)
        {
            var whole = rule.GetAbscissa(node);
            sum += rule.GetWeight(node) * Gamma.PDF(shape, shape, whole) * ShareUpTo(value / whole);
        }

        return sum;
    }
}
