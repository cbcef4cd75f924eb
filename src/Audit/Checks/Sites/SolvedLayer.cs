using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>
/// Weights and biases of a convolution or dense layer, solved for from what a subject shows before and after it, with bounds on their rounding errors.
/// </summary>
/// <remarks>
/// Each output position gives an equation of the signal, y = Wx + b, and one of the noise, dy = W dx, each divided by the norm of its patch; a group of
/// channels has equations of its own. The residual of the solution is a projection of the errors, and each unknown errs by its row of the pseudo-inverse times
/// the norm of these (<see cref="LeastSquares"/>). An equation errs by γ_{n+6}(‖w‖ + |b|) for direct sums; for kernel sizes above 1, also by the bounds of
/// Fourier transforms and Winograd's tiles, with the norm of the image.
/// </remarks>
internal sealed class SolvedLayer
{
    private SolvedLayer(ShownLayer layer, int fanIn, int outputs)
    {
        (Layer, FanIn, Outputs) = (layer, fanIn, outputs);
        (Weights, Errors) = (new double[fanIn * outputs], new double[fanIn * outputs]);
        (Biases, BiasErrors, Residuals, ResidualErrors) = (new double[outputs], new double[outputs], new double[outputs], new double[outputs]);
    }

    /// <summary>The layer.</summary>
    public ShownLayer Layer { get; }

    /// <summary>Number of weights of one output.</summary>
    public int FanIn { get; }

    /// <summary>Number of outputs.</summary>
    public int Outputs { get; }

    /// <summary>The weights (fan-in × outputs).</summary>
    public double[] Weights { get; }

    /// <summary>Bounds of their errors by direct sums. The errors of transforms are far below what a test of many weights sees.</summary>
    public double[] Errors { get; }

    /// <summary>The largest error of a weight, for weights and bias of norm 1. It depends on the layer's input, not on its weights.</summary>
    public double Blur { get; private set; }

    /// <summary>The bias of each output.</summary>
    public double[] Biases { get; }

    /// <summary>Bounds of the errors of the biases.</summary>
    public double[] BiasErrors { get; }

    /// <summary>Norm of the residual of the equations of each output.</summary>
    public double[] Residuals { get; }

    /// <summary>Bounds on the residuals that rounding may leave.</summary>
    public double[] ResidualErrors { get; }

    /// <summary>Number of equations per unknown; with only one, any output could be explained.</summary>
    public double Excess { get; private set; }

    /// <summary>Layers whose weights can be solved for: convolutions and dense layers.</summary>
    public static IReadOnlyList<ShownLayer> LayersOf(Network network) => [.. ShownLayer.Collect(network).Where(layer => layer.Layer is Dense or Convolution)];

    /// <summary>Number of weights that add up in one output of a layer.</summary>
    public static int FanInOf(ShownLayer layer, Network network)
    {
        var shape = layer.Before < 0 ? network.Input : network.Places[layer.Before].Shape;
        var channels = layer.Flattened ? checked((int)shape.Features) : shape.Channels;
        return layer.Layer is Convolution convolution ? checked((int)convolution.FanInOf(channels)) : channels;
    }

    /// <summary>Solves for the weights from several propagations through one mapping.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="traces">The propagations.</param>
    /// <param name="unitRoundoff">u.</param>
    /// <returns>The solution; null where the equations do not determine the weights.</returns>
    public static SolvedLayer? Solve(ShownLayer layer, IReadOnlyList<NetworkTrace> traces, double unitRoundoff)
    {
        var (input, output) = (layer.InputOf(traces[0]), layer.OutputOf(traces[0]));
        var geometry = layer.Layer as Convolution ?? new Convolution(1);
        var groups = geometry.Groups == Convolution.EachChannel ? input.Channels : geometry.Groups;
        var (inputs, outputs) = (input.Channels / groups, output.Channels / groups);
        var fanIn = geometry.Kernel * geometry.Kernel * inputs;
        var solved = new SolvedLayer(layer, fanIn, output.Channels);
        for (var group = 0; group < groups; group++)
        {
            if (!solved.SolveGroup(geometry, traces, (group * inputs, inputs), (group * outputs, outputs), unitRoundoff + Math.ScaleB(1, -53)))
            {
                return null;
            }
        }

        return solved;
    }

    private bool SolveGroup(
        Convolution geometry,
        IReadOnlyList<NetworkTrace> traces,
        (int First, int Count) inputs,
        (int First, int Count) outputs,
        double unitRoundoff
    )
    {
        var unknowns = FanIn + 1;
        var equations = new LayerEquations(FanIn, outputs.Count, 2 * traces.Sum(trace => Layer.OutputOf(trace).Points));
        foreach (var trace in traces)
        {
            equations.Add(geometry, Layer.InputOf(trace), Layer.OutputOf(trace), inputs, outputs);
        }

        if (equations.Count < 1.25 * unknowns || !equations.AreFinite)
        {
            return false;
        }

        Excess = (double)equations.Count / unknowns;
        var leastSquares = new LeastSquares(equations.Count, unknowns, outputs.Count, equations.ToColumns());
        if (!leastSquares.HasFullRank)
        {
            return false;
        }

        var size = equations.Norm;
        var own = 4 * leastSquares.OwnRounding * size;
        var (perRow, direct) = (OfRow(geometry, equations, inputs.Count, unitRoundoff) + own, (Roundings.Gamma(FanIn + 6, unitRoundoff) * size) + own);
        Blur = Math.Max(Blur, leastSquares.RowNorms.Max() * direct);
        for (var k = 0; k < outputs.Count; k++)
        {
            double Solution(int unknown) => leastSquares.Solution[(unknown * outputs.Count) + k];
            var norm = Math.Sqrt(Enumerable.Range(0, unknowns).Sum(unknown => Solution(unknown) * Solution(unknown)));

            // 1.01 covers the second order: the solution's own error in the norm that bounds it.
            var (error, ofWeights) = (1.01 * norm * perRow, 1.01 * norm * direct);
            for (var unknown = 0; unknown < FanIn; unknown++)
            {
                var at = (unknown * Outputs) + outputs.First + k;
                (Weights[at], Errors[at]) = (Solution(unknown), leastSquares.RowNorms[unknown] * ofWeights);
            }

            var output = outputs.First + k;
            (Biases[output], BiasErrors[output]) = (Solution(FanIn), leastSquares.RowNorms[FanIn] * error);
            (Residuals[output], ResidualErrors[output]) = (leastSquares.ResidualNorms[k], error);
        }

        return true;
    }

    /// <summary>The norm of the errors of all equations, for weights and bias of norm 1.</summary>
    private double OfRow(Convolution geometry, LayerEquations equations, int channels, double unitRoundoff)
    {
        var direct = Roundings.Gamma(FanIn + 6, unitRoundoff);
        if (geometry.Kernel == 1)
        {
            // A row has norm 1 without the bias; the column of the bias adds at most its own norm.
            return direct * equations.Norm;
        }

        var extent = Layer.Layer is Convolution ? 32 : 1;
        var transformed = Roundings.Gamma(
            Math.Max(
                FourierRounding.OfConvolution(extent, extent, channels, geometry.Kernel),
                geometry.Kernel == 3 && geometry.Stride == 1 ? WinogradRounding.OfConvolution(channels) : 0
            ),
            unitRoundoff
        );
        return equations.NormOfErrors(direct, transformed);
    }
}
