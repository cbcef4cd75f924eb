using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>The estimated cost of a prediction of kernels: a rough count, which is later corrected by the time of the first units.</summary>
/// <param name="Seconds">Approximate time in seconds, on a core of the year 2020.</param>
/// <param name="Bytes">Memory at the place with most points.</param>
internal readonly record struct PredictionCost(double Seconds, double Bytes)
{
    /// <summary>
    /// Number of matrices over the points that are in memory at once, as measured: signal, noise and their covariance for several places, and matrices that are
    /// no longer needed but not yet collected.
    /// </summary>
    private const int Matrices = 70;

    /// <summary>The same for the paper's recursions, which have no covariances of noise between points.</summary>
    private const int FewMatrices = 25;

    /// <summary>Only one in this many matrices is really needed: where memory is short, garbage is collected earlier.</summary>
    private const int Collected = 5;

    /// <summary>Bytes that are needed at least.</summary>
    public double LeastBytes => Bytes / Collected;

    /// <summary>Seconds of one multiply-add in a blocked product.</summary>
    private const double Product = 1.5e-10;

    /// <summary>Seconds for a pair of points: by a formula, by an expansion, and for one node of an integral over the scales of batch norm.</summary>
    private const double Formula = 5e-8;
    private const double Expansion = 3e-7;
    private const double Node = 3e-8;

    /// <summary>Nodes of batch norm's integrals.</summary>
    private const int Nodes = 250;
    private const int SignalNodes = 60;

    /// <summary>Nodes of those in the complex plane, and seconds of a pair's dual at one: measured on 64 and 256 natural images.</summary>
    private const int ContourNodes = 1400;
    private const double ContourPair = 5e-8;

    /// <summary>Number of points from which on batch norm's integrals use Gauss's rule, and the number of its nodes.</summary>
    private const int ManyPoints = 128;
    private const int GaussNodes = 20;

    /// <summary>
    /// Number of points from which on a kernel is split instead of decomposed; then the number of products of P × P matrices that this takes, including those
    /// with the noise's covariance; and the seconds for a pair at all nodes.
    /// </summary>
    private const int SplitFrom = 256;
    private const double SplitProducts = 6;
    private const double SplitPair = 4e-7;

    /// <summary>Estimates the cost for layers.</summary>
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

    /// <summary>Estimates the cost of one of the paper's recursions.</summary>
    /// <param name="kind">The architecture.</param>
    /// <param name="points">Number of points of the kernel.</param>
    /// <param name="kernelSize">Kernel size of the convolutions.</param>
    /// <param name="depth">Number of layers or units.</param>
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
                    // The norm costs one decomposition or one split; its integrals are counted with the activation after it.
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

            // Moments at each place cost a few passes over all entries, and two eigenvalues, each with products and a decomposition that certifies it.
            seconds += (pairs * 1e-7) + (points * pairs * (points < SplitFrom ? 4e-10 : 0.35 * Product));
            afterBatchNorm = layer is BatchNorm;
        }

        return (seconds, most, shape);
    }
}
