using MathNet.Numerics.Distributions;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The weights and biases that one layer of a network has in several mappings, relative to what they should be.</summary>
internal sealed class LayerSample
{
    /// <summary>The variance of a standard normal law that is cut at two standard deviations.</summary>
    internal static readonly double Cut = 1 - (4 * Normal.PDF(0, 1, 2) / (1 - (2 * Normal.CDF(0, 1, -2))));

    /// <summary>The largest allowed value of Kolmogorov's statistic times √n; the right law exceeds it once in a hundred thousand cases.</summary>
    private const double MostDistance = 2.5;

    /// <summary>The largest cosine of two columns of orthogonal weights, with the errors of the recovery.</summary>
    private const double MostCosine = 0.02;

    private readonly double[] _standardised;

    /// <param name="kind">The kind of the layer, in words.</param>
    /// <param name="solved">The layer in several mappings.</param>
    public LayerSample(string kind, IReadOnlyList<SolvedLayer> solved)
    {
        (Kind, Layer, FanIn, Outputs) = (kind, solved[0].Layer.Layer, solved[0].FanIn, solved[0].Outputs);
        Claimed = OwnParameterLaws.Parameters(solved[0].Layer);
        double[] weights = [.. solved.SelectMany(layer => layer.Weights).Select(weight => weight / Math.Sqrt(Variance))];
        OfWeights = Interval(weights);
        _standardised = [.. weights.Select(weight => weight / Math.Sqrt(OfWeights.Ratio)).Order()];
        double[] biases = Claimed.BiasVariance > 0 ? [.. solved.SelectMany(layer => layer.Biases).Select(bias => bias / Math.Sqrt(Claimed.BiasVariance))] : [];
        OfBiases = biases.Length > 0 ? Interval(biases) : null;
        IsOrthogonal = solved.All(AreColumnsOrthogonal);
    }

    /// <summary>The kind of the layer, in words.</summary>
    public string Kind { get; }

    /// <summary>The layer.</summary>
    public Layer Layer { get; }

    /// <summary>Weights of an output.</summary>
    public int FanIn { get; }

    /// <summary>Outputs.</summary>
    public int Outputs { get; }

    /// <summary>What is asked for.</summary>
    public Initialisation Claimed { get; }

    /// <summary>The variance that a weight should have, σ_w²/fan-in.</summary>
    public double Variance => Claimed.WeightVariance / FanIn;

    /// <summary>The variance of the weights as a multiple of what it should be, with five times its standard error.</summary>
    public (double Ratio, double Error) OfWeights { get; }

    /// <summary>The same of the biases; null for a layer without any.</summary>
    public (double Ratio, double Error)? OfBiases { get; }

    /// <summary>Whether the columns of each mapping's weights are orthogonal.</summary>
    public bool IsOrthogonal { get; }

    /// <summary>Whether the weights may have the law that is asked for.</summary>
    public bool HasClaimedLaw =>
        Claimed.Law switch
        {
            WeightLaw.Normal => Distance(NormalBelow) <= MostDistance,
            WeightLaw.Uniform => Distance(UniformBelow) <= MostDistance,
            WeightLaw.TruncatedNormal => Distance(TruncatedBelow) <= MostDistance,
            WeightLaw.Orthogonal => IsOrthogonal || FanIn < Outputs,
            _ => throw new InvalidOperationException($"expected a law of weights, got {Claimed.Law}"),
        };

    /// <summary>The law that the weights have, in words; null if none of those that are known.</summary>
    public string? Law =>
        IsOrthogonal ? "orthogonal"
        : Distance(NormalBelow) <= MostDistance ? "normal"
        : Distance(UniformBelow) <= MostDistance ? "uniform"
        : Distance(TruncatedBelow) <= MostDistance ? "truncated normal"
        : null;

    /// <summary>The law that they should have, in words.</summary>
    public string ClaimedLaw =>
        Claimed.Law switch
        {
            WeightLaw.Normal => "normal",
            WeightLaw.Uniform => "uniform",
            WeightLaw.TruncatedNormal => "truncated normal",
            WeightLaw.Orthogonal => "orthogonal",
            _ => throw new InvalidOperationException($"expected a law of weights, got {Claimed.Law}"),
        };

    /// <summary>Whether the weights may have a variance.</summary>
    /// <param name="ratio">A multiple of the right one.</param>
    public bool Includes(double ratio) => Math.Abs(OfWeights.Ratio - ratio) <= OfWeights.Error;

    /// <summary>Whether the biases may have a variance; true where there are none.</summary>
    /// <param name="ratio">A multiple of the right one.</param>
    public bool BiasIncludes(double ratio) => OfBiases is not var (measured, error) || Math.Abs(measured - ratio) <= error;

    private static double NormalBelow(double standardised) => Normal.CDF(0, 1, standardised);

    private static double UniformBelow(double standardised) => Math.Clamp(0.5 + (standardised / (2 * Math.Sqrt(3))), 0, 1);

    private static double TruncatedBelow(double standardised)
    {
        var (x, tail) = (standardised * Math.Sqrt(Cut), Normal.CDF(0, 1, -2));
        return Math.Clamp((Normal.CDF(0, 1, x) - tail) / (1 - (2 * tail)), 0, 1);
    }

    /// <summary>√n times the largest distance to a distribution function.</summary>
    private double Distance(Func<double, double> below)
    {
        var (n, most) = (_standardised.Length, 0.0);
        for (var i = 0; i < n; i++)
        {
            var expected = below(_standardised[i]);
            most = Math.Max(most, Math.Max(Math.Abs(expected - (i / (double)n)), Math.Abs(((i + 1) / (double)n) - expected)));
        }

        return Math.Sqrt(n) * most;
    }

    private static bool AreColumnsOrthogonal(SolvedLayer layer)
    {
        if (layer.FanIn < layer.Outputs)
        {
            return false;
        }

        double[] column(int output) => [.. Enumerable.Range(0, layer.FanIn).Select(i => layer.Weights[(i * layer.Outputs) + output])];
        double[][] columns = [.. Enumerable.Range(0, layer.Outputs).Select(column)];
        return columns.Index().All(one => columns.Skip(one.Index + 1).All(other => Math.Abs(WeightCopies.Cosine(one.Item, other)) <= MostCosine));
    }

    private static (double Ratio, double Error) Interval(double[] values)
    {
        var (square, fourth) = (values.Average(value => value * value), values.Average(value => Math.Pow(value, 4)));
        return (square, (5 * Math.Sqrt(Math.Max(0, fourth - (square * square)) / values.Length)) + (1e-3 * square));
    }
}
