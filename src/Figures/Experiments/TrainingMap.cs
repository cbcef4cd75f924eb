using System.Globalization;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Theory;
using Wellbehaved.Training;

namespace Wellbehaved.Figures;

/// <summary>Training accuracy over depth and network, with theory's depth scale drawn over it, as by Schoenholz et al. (2017) for tanh networks.</summary>
internal static class TrainingMap
{
    /// <summary>
    /// Theory is drawn at the depth at which a hundredth is left of the SNR, or of the differences between inputs.
    /// </summary>
    private static readonly double Hundredth = Math.Log(100);

    /// <summary>Half way between guessing one of ten classes, which every data set of <c>train</c> has, and knowing all.</summary>
    private const double HalfWay = 0.55;

    /// <summary>What colours and lines mean.</summary>
    internal const string Key =
        "Colour: mean accuracy on the training images after training, from 0, blank, to 1; a depth that was not tried has no cell. Solid: where it "
        + "falls below 0.55, half way between guessing one of "
        + "ten classes and 1. Dashed: the depth at which a hundredth is left of the SNR, or of the differences between inputs. A line is at the upper edge "
        + "where there is no such depth, or a larger one.";

    /// <summary>Draws results of training.</summary>
    /// <param name="files">Their moments at initialisation, which state what was trained, and the results of training.</param>
    /// <returns>The figure: a column for each network, a cell for each depth, its colour the mean training accuracy of the mappings at their best learning
    /// rates.</returns>
    /// <exception cref="InvalidInputException">A file does not state what was trained.</exception>
    public static Figure Draw(IReadOnlyList<(ResultFile File, TrainingResult Result)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var shown = files.Select(one => Shown.Read(one.File, one.Result)).ToArray();
        string[] names = [.. shown.Select(one => one.Name).Distinct()];
        double[] depths = [.. shown.Select(one => one.Layers).Distinct().Order().Select(layers => Math.Log10(layers))];
        var (low, high) = (Edge(depths, 0), Edge(depths, depths.Length));
        var cells = shown.Select(one => CellOf(one, Array.IndexOf(names, one.Name) + 1, depths)).ToArray();
        double[] x = [.. names.SelectMany((_, i) => new[] { i + 0.5, i + 1.5 })];

        return new Figure(
            "Trained or not, over network and depth",
            [
                new Panel(
                    "Training accuracy",
                    "network",
                    "layers",
                    [
                        Curve.Through(
                            "theory: a hundredth is left",
                            CurveKind.Theory,
                            1,
                            x,
                            Steps(name => Math.Log10(shown.First(one => one.Name == name).Scale))
                        )!,
                        Curve.Through("trained: accuracy 0.55", CurveKind.Measured, 2, x, Steps(name => Border([.. shown.Where(one => one.Name == name)])))!,
                    ]
                )
                {
                    Cells = cells,
                    YScale = AxisScale.Logarithmic,
                    YLimits = (low, high),
                },
            ],
            2
        )
        {
            Notes = [.. names.Select((name, i) => $"{i + 1}: {Markup.Escape(name)}: {shown.First(one => one.Name == name).Words}"), Key],
        };

        double[] Steps(Func<string, double> depthOf) => [.. names.SelectMany(name => Enumerable.Repeat(Math.Clamp(depthOf(name), low, high), 2))];
    }

    /// <summary>
    /// The decimal logarithm of the number of layers at which training accuracy falls below <see cref="HalfWay"/>, interpolated between neighbouring depths;
    /// infinite if it does so at no depth, and minus infinity if it is below at the first one.
    /// </summary>
    private static double Border(Shown[] network)
    {
        Shown[] byDepth = [.. network.OrderBy(one => one.Layers)];
        var fallen = Array.FindIndex(byDepth, one => one.Accuracy < HalfWay);
        if (fallen <= 0)
        {
            return fallen == 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        var (above, below) = (byDepth[fallen - 1], byDepth[fallen]);
        var share = (above.Accuracy - HalfWay) / (above.Accuracy - below.Accuracy);
        return ((1 - share) * Math.Log10(above.Layers)) + (share * Math.Log10(below.Layers));
    }

    private static Cell CellOf(Shown one, int column, double[] depths)
    {
        var row = Array.IndexOf(depths, Math.Log10(one.Layers));
        var words = string.Create(CultureInfo.InvariantCulture, $"{Markup.Escape(one.Name)} of {one.Layers} layers: accuracy {one.Accuracy:F2}");
        return new Cell(column - 0.5, column + 0.5, Edge(depths, row), Edge(depths, row + 1), one.Accuracy, words);
    }

    /// <summary>The edge between the cells of two depths, half way between them.</summary>
    private static double Edge(double[] depths, int index) =>
        depths.Length == 1 ? depths[0] + (index == 0 ? -0.1 : 0.1)
        : index == 0 ? depths[0] - (0.5 * (depths[1] - depths[0]))
        : index == depths.Length ? depths[^1] + (0.5 * (depths[^1] - depths[^2]))
        : 0.5 * (depths[index - 1] + depths[index]);

    /// <summary>A result of training.</summary>
    /// <param name="Name">Name of the trained network.</param>
    /// <param name="Layers">Number of its layers with weights after the first one.</param>
    /// <param name="Accuracy">Mean training accuracy.</param>
    /// <param name="Scale">The predicted depth, in layers, at which a hundredth is left; infinite where there is none.</param>
    /// <param name="Words">The prediction in words.</param>
    private sealed record Shown(string Name, int Layers, double Accuracy, double Scale, string Words)
    {
        public static Shown Read(ResultFile file, TrainingResult result)
        {
            if (file.Options is not { } options || Described(options) is not { } network)
            {
                throw new InvalidInputException("FILE.npz", "expected results of train that describe the trained network");
            }

            var accuracies = Enumerable.Range(0, result.Outcomes.Count).Select(mapping => result.Best(mapping)?.FinalAccuracy ?? 0);
            var layers = Math.Max(1, network.Places.Max(place => place.WeightedLayers) - 1);
            if (StackJudge.Judge(network) is not [var verdict])
            {
                return new(options.Name, layers, accuracies.Average(), double.PositiveInfinity, "not a single stack of equal units, so there is no theory");
            }

            // The SNR is proportional to χ⁻², so it falls by the growth of χ² in a unit.
            var units =
                verdict.DepthScale is > 0 and < double.PositiveInfinity ? Hundredth * verdict.DepthScale
                : verdict.Behaviour == Behaviour.Exploding && verdict.SquaredGrowth > 1 ? Hundredth / Math.Log(verdict.SquaredGrowth)
                : double.PositiveInfinity;
            return new(options.Name, layers, accuracies.Average(), units * layers / verdict.Units, Markup.Formulas(verdict.Words));
        }

        private static Network? Described(ExperimentOptions options) =>
            options.Network ?? options.Settings(new TensorShape(options.BatchSize, 1, 1, options.NumChannels)).Description();
    }
}
