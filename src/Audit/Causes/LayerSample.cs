using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The weights and biases that one layer of a network has in several mappings, relative to what they should be.</summary>
internal sealed class LayerSample
{
    /// <summary>The largest cosine of two columns of orthogonal weights, with the errors of the recovery.</summary>
    private const double MostCosine = 0.02;

    private readonly WeightDistribution _weights;

    /// <param name="kind">The kind of the layer, in words.</param>
    /// <param name="solved">The layer in several mappings.</param>
    public LayerSample(string kind, IReadOnlyList<SolvedLayer> solved)
    {
        (Kind, Layer, FanIn, Outputs) = (kind, solved[0].Layer.Layer, solved[0].FanIn, solved[0].Outputs);
        Claimed = OwnParameterLaws.Parameters(solved[0].Layer);
        _weights = new([.. solved.SelectMany(layer => layer.Weights).Select(weight => weight / Math.Sqrt(Variance))]);
        double[] biases = Claimed.BiasVariance > 0 ? [.. solved.SelectMany(layer => layer.Biases).Select(bias => bias / Math.Sqrt(Claimed.BiasVariance))] : [];
        OfBiases = biases.Length > 0 ? WeightDistribution.VarianceOf(biases) : null;
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

    /// <summary>The variance of the weights as a multiple of what it should be.</summary>
    public MeasuredVariance OfWeights => _weights.Variance;

    /// <summary>The same of the biases; null for a layer without any.</summary>
    public MeasuredVariance? OfBiases { get; }

    /// <summary>Whether the columns of each mapping's weights are orthogonal.</summary>
    public bool IsOrthogonal { get; }

    /// <summary>Whether the weights may have the law that is asked for.</summary>
    public bool HasClaimedLaw =>
        Claimed.Law switch
        {
            WeightLaw.Normal => _weights.IsNormal,
            WeightLaw.Uniform => _weights.IsUniform,
            WeightLaw.TruncatedNormal => _weights.IsTruncated,
            WeightLaw.Orthogonal => IsOrthogonal || FanIn < Outputs,
            _ => throw new InvalidOperationException($"expected a law of weights, got {Claimed.Law}"),
        };

    /// <summary>The law that the weights have, in words; null if none of those that are known.</summary>
    public string? Law =>
        IsOrthogonal ? "orthogonal"
        : _weights.IsNormal ? "normal"
        : _weights.IsUniform ? "uniform"
        : _weights.IsTruncated ? "truncated normal"
        : null;

    /// <summary>The law that they should have, in words.</summary>
    public string ClaimedLaw => EnumWords.Spell(Claimed.Law).Replace('_', ' ');

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
}
