using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>What a prediction of kernels costs, before it is made: a rough count, which the time of the first units corrects.</summary>
/// <param name="Seconds">About this long on a core of 2020.</param>
/// <param name="Bytes">Memory at the place with most points.</param>
internal readonly record struct PredictionCost(double Seconds, double Bytes)
{
    /// <summary>
    /// Matrices over the points that memory holds at once, measured: signal, noise and their covariance of several places, and what is no longer needed but not
    /// yet collected.
    /// </summary>
    private const int Matrices = 70;

    /// <summary>The same of the paper's recursions, which keep no noise between points.</summary>
    private const int FewMatrices = 25;

    /// <summary>What is needed is a fifth of that: garbage is collected earlier where memory is short.</summary>
    private const int Collected = 5;

    /// <summary>Bytes without which it cannot be done.</summary>
    public double LeastBytes => Bytes / Collected;

    /// <summary>Seconds of one multiply-add in a blocked product.</summary>
    private const double Product = 1.5e-10;

    /// <summary>Seconds for a pair of points: of a formula, of an expansion, and of one node of an integral over the scales of batch norm.</summary>
    private const double Formula = 5e-8;
    private const double Expansion = 3e-7;
    private const double Node = 3e-8;

    /// <summary>Nodes of batch norm's integrals.</summary>
    private const int Nodes = 250;
    private const int SignalNodes = 60;

    /// <summary>Nodes of those in the complex plane, and seconds of a pair's dual at one: measured on 64 and 256 natural images.</summary>
    private const int ContourNodes = 1400;
    private const double ContourPair = 5e-8;

    /// <summary>Points from which batch norm's integrals are made by Gauss's rule, and its nodes.</summary>
    private const int ManyPoints = 128;
    private const int GaussNodes = 20;

    /// <summary>
    /// Points from which a kernel is split and not decomposed: products of all points that this takes with the noise's covariance, and seconds of a pair at all
    /// nodes.
    /// </summary>
    private const int SplitFrom = 256;
    private const double SplitProducts = 6;
    private const double SplitPair = 4e-7;

    /// <summary>Counts.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="shape">Shape of one input as the features hold it.</param>
    /// <param name="images">Number of images.</param>
    /// <returns>The cost.</returns>
    public static PredictionCost Count(Layers layers, Shape shape, int images) => Count(layers, shape, images, (double)images * shape.Positions);

    /// <summary>Counts, where it is known how few directions the inputs vary in: that of batch norm before some activations depends on it.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="shape">Shape of one input as the features hold it.</param>
    /// <param name="images">Number of images.</param>
    /// <param name="directions">(Tr S)²/Tr S² of the inputs' centred kernel S.</param>
    /// <returns>The cost.</returns>
    public static PredictionCost Count(Layers layers, Shape shape, int images, double directions)
    {
        ArgumentNullException.ThrowIfNull(layers);
        var (seconds, points, _) = Add(layers, shape, images, directions, afterBatchNorm: false);
        points = Math.Max(points, (double)shape.Positions * images);
        return new(seconds + (points * points * shape.Channels * 3 * Product), points * points * Matrices * sizeof(double));
    }

    /// <summary>The cost of one of the paper's recursions.</summary>
    /// <param name="kind">The architecture.</param>
    /// <param name="points">Points of the kernel.</param>
    /// <param name="kernelSize">Extent of the convolutions.</param>
    /// <param name="depth">Layers or units.</param>
    /// <returns>The cost.</returns>
    public static PredictionCost Count(NetworkKind kind, int points, int kernelSize, int depth)
    {
        var (pairs, layers) = ((double)points * points, (double)depth * (kind.Residual ? kind.ResidualDepth : 1));
        var once =
            (
                !kind.BatchNorm ? pairs * Formula
                : points >= SplitFrom ? Split(points) + (pairs * SplitPair)
                : Integral(points, SignalNodes)
            )
            + (pairs * kernelSize * kernelSize * 2e-9)
            + (points * pairs * 2e-10);
        return new(layers * once, pairs * FewMatrices * sizeof(double));
    }

    private static double Split(double points) => SplitProducts * points * points * points * Product;

    private static double Integral(double points, int nodes) => nodes * points * points * (Node + (points * Product));

    private static double Contour(double points) => ContourNodes * points * points * (ContourPair + (0.5 * points * Product));

    private static (double Seconds, double Points, Shape Shape) Add(Layers layers, Shape shape, int images, double directions, bool afterBatchNorm)
    {
        var (seconds, most) = (0.0, 0.0);
        foreach (var layer in layers)
        {
            var points = (double)shape.Positions * images;
            var pairs = points * points;
            most = Math.Max(most, points);
            switch (layer)
            {
                case Repeat repeat:
                    var unit = Add(repeat.Unit, shape, images, directions, afterBatchNorm);
                    (seconds, most, shape) = (seconds + (repeat.Times * unit.Seconds), Math.Max(most, unit.Points), unit.Shape);
                    break;
                case Residual residual:
                    var branch = Add(residual.Branch, shape, images, directions, afterBatchNorm);
                    var skip = Add(residual.Skip, shape, images, directions, afterBatchNorm);
                    (seconds, most, shape) = (
                        seconds + branch.Seconds + skip.Seconds + (pairs * 1e-8),
                        Math.Max(most, Math.Max(branch.Points, skip.Points)),
                        branch.Shape
                    );
                    break;
                case BatchNorm:
                    // One decomposition, or a split; the integrals belong to the activation after it.
                    seconds += points >= SplitFrom ? Split(points) + (pairs * 1e-7) : (pairs * points * 2e-9) + (pairs * 1e-7);
                    break;
                case Activation activation:
                    seconds += afterBatchNorm
                        ? activation.Function.Kind switch
                        {
                            FunctionKind.Relu or FunctionKind.LeakyRelu or FunctionKind.Abs or FunctionKind.Linear => points >= SplitFrom ? pairs * SplitPair
                            : points >= ManyPoints ? 3 * Integral(points, GaussNodes)
                            : 2 * Integral(points, Nodes),
                            FunctionKind.Gelu or FunctionKind.Erf or FunctionKind.Sine when !LargeBatchNorm.IsPreferred(directions, points) => Contour(points),
                            _ => 7 * pairs * Expansion,
                        }
                        : pairs * (DualActivation.For(activation.Function).IsClosedForm ? Formula : Expansion);
                    break;
                case Attention:
                    seconds += Math.Max(4, 64 * 12 * pairs * shape.Positions * 1e-9) + (Math.Pow(2 * points, 3) * 1e-9);
                    break;
                default:
                    var taps = layer is Convolution convolution ? (double)convolution.Kernel * convolution.Kernel : 1;
                    seconds += pairs * (2e-8 + (2e-9 * taps));
                    shape = layer.OutputOf(shape);
                    break;
            }

            // Moments at each place: some looks at every entry, and two eigenvalues, each with products and a decomposition that certifies it.
            seconds += (pairs * 1e-7) + (points * pairs * (points < SplitFrom ? 4e-10 : 0.35 * Product));
            afterBatchNorm = layer is BatchNorm;
        }

        return (seconds, most, shape);
    }
}
