using Wellbehaved.Model;
using Wellbehaved.Numerics;

namespace Wellbehaved.Audit;

/// <summary>
/// The weights of a convolution as its inputs and outputs determine them, with bounds on their rounding errors. Weights that are not determined are replaced
/// by the auditor's own numbers of the same law.
/// </summary>
/// <remarks>
/// Which weights are determined depends on the values of earlier convolutions. If the others were left out, the number of weights and the vectors that are
/// compared would depend on the sample, and no law would be quite exact. With the auditor's own independent normal numbers in their place, all laws are exact
/// at a fixed number of weights: given all earlier convolutions the choice is fixed, and for any choice, weights and own numbers together are independent and
/// standard normal. The own numbers say nothing about the subject: <see cref="Known"/> is the number of weights that do.
/// </remarks>
internal sealed class RecoveredConvolution
{
    /// <summary>
    /// The largest error of a weight that is used, relative to the standard deviation that it should have: a few larger errors would blur all other weights.
    /// </summary>
    private const double LargestError = 1.0 / 100;

    /// <summary>The least share of known weights with which a single convolution is compared with others.</summary>
    private const double LeastKnown = 0.8;

    /// <summary>The largest relative error with which a single convolution is compared with others.</summary>
    private const double MostError = 0.02;

    /// <summary>Solves for the weights.</summary>
    /// <param name="shown">The convolution.</param>
    /// <param name="unitRoundoff">Unit roundoff of the subject.</param>
    /// <param name="ownSeed">
    /// Seed of the auditor's own numbers for unknown weights: a different one for each simulation, and none that the subject is told.
    /// </param>
    public RecoveredConvolution(ShownConvolution shown, double unitRoundoff, ulong ownSeed)
    {
        (Index, Shape) = (shown.Index, shown.Shape);
        using var equations = new Equations(shown, unitRoundoff);
        var outputs = Shape.OutputChannels;
        (Weights, InputErrors) = (new double[Shape.Length], new double[Shape.FanIn]);
        (OutputErrors, Bias, BiasErrors, Residuals, ResidualErrors) = (
            new double[outputs],
            new double[outputs],
            new double[outputs],
            new double[outputs],
            new double[outputs]
        );
        IsFinite = equations.IsFinite;
        if (!IsFinite)
        {
            Loss = "a tensor holds a number that is not finite";
            return;
        }

        Loss = Solve(equations);
        SupplyUnknown(ownSeed);
        SquaredNorm = VectorMath.Dot(Weights, Weights);
        SquaredError = VectorMath.Dot(InputErrors, InputErrors) * VectorMath.Dot(OutputErrors, OutputErrors);
    }

    /// <summary>Index of the convolution in the network.</summary>
    public int Index { get; }

    /// <summary>The arrangement of the weights.</summary>
    public KernelShape Shape { get; }

    /// <summary>
    /// The weights divided by the standard deviation that they should have, in the order of the kernel; the auditor's own numbers where weights are unknown.
    /// </summary>
    public double[] Weights { get; }

    /// <summary>Number of inputs of the fan-in whose weights are known.</summary>
    public int KnownInputs { get; private set; }

    /// <summary>Number of weights that are the subject's own.</summary>
    public int Known => KnownInputs * Shape.OutputChannels;

    /// <summary>
    /// A weight of input i to output o errs by at most <c>InputErrors[i]·OutputErrors[o]</c>, in units of <see cref="Weights"/>; 0 where it is unknown, since
    /// the auditor's own numbers have no error.
    /// </summary>
    public double[] InputErrors { get; }

    /// <summary>See <see cref="InputErrors"/>.</summary>
    public double[] OutputErrors { get; }

    /// <summary>Bound of the sum of all squared errors.</summary>
    public double SquaredError { get; private set; }

    /// <summary>Sum of the squares of the weights.</summary>
    public double SquaredNorm { get; private set; }

    /// <summary>Bound of the norm of all errors divided by the norm of the weights.</summary>
    public double RelativeError => SquaredNorm == 0 ? 1 : Math.Sqrt(SquaredError / SquaredNorm);

    /// <summary>Whether it can be compared with others by itself. If little of it were known, most of its numbers would be the auditor's.</summary>
    /// <remarks>
    /// This depends on its inputs and on the norm of its weights. The direction of the weights is independent of both, so leaving it out changes no law of a
    /// cosine.
    /// </remarks>
    public bool IsWellKnown => Known >= LeastKnown * Shape.Length && RelativeError <= MostError;

    /// <summary>The bias of each output.</summary>
    public double[] Bias { get; }

    /// <summary>Bounds of the errors of the biases.</summary>
    public double[] BiasErrors { get; }

    /// <summary>Norm of the residual of each output, with each equation divided by its scale.</summary>
    public double[] Residuals { get; }

    /// <summary>Bounds on the residuals that rounding may leave.</summary>
    public double[] ResidualErrors { get; }

    /// <summary>Whether all numbers were finite.</summary>
    public bool IsFinite { get; }

    /// <summary>Whether the equations determine weights and bias.</summary>
    public bool IsSolved { get; private set; }

    /// <summary>Why no weight is known; null if some are.</summary>
    public string? Loss { get; }

    /// <summary>Whether the weights of an input of the fan-in are the subject's own.</summary>
    /// <param name="input">The input.</param>
    public bool IsKnown(int input) => InputErrors[input] > 0;

    /// <summary>The weights in another order.</summary>
    /// <param name="order">The order.</param>
    /// <param name="permutation">Its permutation for this shape.</param>
    public double[] Ordered(IndexOrder order, int[] permutation)
    {
        if (order == IndexOrder.Same)
        {
            return Weights;
        }

        var ordered = new double[permutation.Length];
        for (var i = 0; i < ordered.Length; i++)
        {
            ordered[i] = Weights[permutation[i]];
        }

        return ordered;
    }

    /// <summary>Solves for the weights. Returns the reason if none is known, otherwise null.</summary>
    private string? Solve(Equations equations)
    {
        var outputs = Shape.OutputChannels;
        var solved = new LeastSquares(equations.Rows, equations.Seen.Length + 1, outputs, equations.Columns);
        var rounding = equations.InputRounding + (2 * solved.OwnRounding * equations.InputNorm);
        var condition = Math.Sqrt(VectorMath.Dot(solved.RowNorms, solved.RowNorms)) * rounding;
        if (!solved.HasFullRank || !(condition < 0.5))
        {
            return $"the {equations.Rows} equations of convolution {Index} do not determine its {equations.Seen.Length} weights to an output beyond rounding";
        }

        IsSolved = true;
        TakeOutputs(solved, equations, rounding, condition);
        if (Residuals.Zip(ResidualErrors).Any(pair => pair.First > pair.Second))
        {
            return $"signal and noise do not pass through one set of weights in convolution {Index}";
        }

        // The choice of weights must not depend on their values: so their bound is computed for weights of the variance that they should have.
        var expected = rounding * Math.Sqrt(Shape.VarianceTimesFanIn) / Shape.StandardDeviation;
        for (var i = 0; i < equations.Seen.Length; i++)
        {
            if (solved.RowNorms[i] * expected <= LargestError)
            {
                var input = equations.Seen[i];
                InputErrors[input] = solved.RowNorms[i];
                KnownInputs++;
                for (var output = 0; output < outputs; output++)
                {
                    Weights[(input * outputs) + output] = solved.Solution[(i * outputs) + output] / Shape.StandardDeviation;
                }
            }
        }

        if (KnownInputs == 0)
        {
            IsSolved = false;
            return $"the inputs of convolution {Index} determine none of its weights beyond rounding";
        }

        return null;
    }

    private void SupplyUnknown(ulong ownSeed)
    {
        if (KnownInputs == Shape.FanIn)
        {
            return;
        }

        var (own, outputs) = (Batch.Normal(Shape.Length, ownSeed, 0, RandomPurpose.Weights, (uint)Index), Shape.OutputChannels);
        for (var i = 0; i < own.Length; i++)
        {
            if (!IsKnown(i / outputs))
            {
                Weights[i] = own[i];
            }
        }
    }

    private void TakeOutputs(LeastSquares solved, Equations equations, double rounding, double condition)
    {
        var (outputs, bias) = (Shape.OutputChannels, equations.Seen.Length);
        for (var output = 0; output < outputs; output++)
        {
            var squares = 0.0;
            for (var i = 0; i <= bias; i++)
            {
                squares += solved.Solution[(i * outputs) + output] * solved.Solution[(i * outputs) + output];
            }

            // ‖w‖ ≤ ‖ŵ‖ + ‖R⁻¹‖(rounding·‖w‖ + error), solved for ‖w‖.
            var own = equations.OutputErrors[output];
            var norm = (Math.Sqrt(squares) + (condition / rounding * own)) / (1 - condition);
            var error = (rounding * norm) + own;
            OutputErrors[output] = error / Shape.StandardDeviation;
            Bias[output] = solved.Solution[(bias * outputs) + output];
            BiasErrors[output] = solved.RowNorms[bias] * error;
            Residuals[output] = solved.ResidualNorms[output];
            ResidualErrors[output] = error;
        }
    }
}
