using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// The rounding of a 3 × 3 convolution of stride 1 by Winograd's minimal filtering, F(2×2, 3×3) and F(4×4, 3×3), in units of u·Σ_c ‖x_c‖₂‖w_c‖₂.
/// </summary>
/// <remarks>
/// Along one axis y = Aᵀ[(G w) ∘ (Bᵀ x)]. To first order every output errs by R·u·Σ_t |A||G||w||Bᵀ||x|, R being the roundings that a term passes at most.
/// As a form in |x| and |w| it has the norm σ = max_i ‖Σ_t |A_ti| |B_t|ᵀ|G_t|‖; along two axes, σ². Matrices: S. Winograd, <i>Arithmetic Complexity of
/// Computations</i> (1980);
/// A. Lavin and S. Gray, arXiv 1509.09308.
/// </remarks>
internal static class WinogradRounding
{
    /// <summary>The extent of the weights that these tiles are for.</summary>
    public const int Size = 3;

    /// <summary>
    /// The points at which implementations evaluate polynomials, besides infinity. A tile has one output less than a set has points.
    /// </summary>
    private static readonly double[][] PointSets =
    [
        [0, 1, -1],
        [0, 1, -1, 2, -2],
        [0, 1, -1, 0.5, -0.5],
    ];

    private static readonly (double Sigma, double[][] Reach, int Roundings)[] Tiles =
    [
        .. PointSets.Select(points => Tile.FromPoints(points)).Select(tile => (tile.Sigma(), tile.Reach(), tile.Roundings())),
    ];

    /// <summary>The error of a convolution.</summary>
    /// <param name="channels">Input channels, over which the products are summed.</param>
    /// <returns>The factor of u·Σ_c ‖x_c‖₂‖w_c‖₂ in the bound: the largest of all tiles.</returns>
    /// <remarks>
    /// It counts the roundings of the three transforms along both axes, one product and C - 1 additions, and the rounding of given weights and inputs to the
    /// subject's numbers.
    /// </remarks>
    public static double OfConvolution(int channels) => Tiles.Max(tile => tile.Sigma * tile.Sigma * OfTerm(tile.Roundings, channels));

    /// <summary>
    /// The error of a convolution with few nonzero weights, output by output: Σ|w||x| times the factor that a pixel and a weight have in the output's form, for
    /// any position of the output in a tile.
    /// </summary>
    /// <param name="shape">Shape of the input.</param>
    /// <param name="magnitudes">Magnitudes of the input (points × channels).</param>
    /// <param name="weights">Weights ordered (row, column, input channel, output channel).</param>
    /// <param name="boundary">What lies beyond the border.</param>
    /// <returns>Bounds in units of u (points × output channels): the largest of all tiles.</returns>
    public static double[] OfElements(TensorShape shape, double[] magnitudes, double[] weights, Boundary boundary)
    {
        var outputs = weights.Length / (Size * Size * shape.Channels);
        var bounds = new double[shape.Points * outputs];
        int[] nonzero = [.. Enumerable.Range(0, weights.Length).Where(i => weights[i] != 0)];
        foreach (var tile in Tiles)
        {
            var sums = new double[bounds.Length];
            foreach (var (image, row, column, source) in ExtendedImages.Positions(shape, Size, boundary))
            {
                foreach (var i in nonzero)
                {
                    var (offset, channel, output) = (i / outputs / shape.Channels, i / outputs % shape.Channels, i % outputs);
                    if (magnitudes[source + channel] is var magnitude and > 0)
                    {
                        var ofImage = sums.AsSpan(image * shape.Height * shape.Width * outputs);
                        Spread(tile.Reach, ofImage, (row, column), offset, output, Math.Abs(weights[i]) * magnitude);
                    }
                }
            }

            var roundings = OfTerm(tile.Roundings, shape.Channels);
            bounds = [.. bounds.Zip(sums, (bound, sum) => Math.Max(bound, roundings * sum))];
        }

        return bounds;

        void Spread(double[][] reach, Span<double> sums, (int Row, int Column) position, int offset, int output, double product)
        {
            var outermost = (reach.Length - Size) / 2;
            var (firstRow, firstColumn) = (Math.Max(0, position.Row - outermost - Size + 1), Math.Max(0, position.Column - outermost - Size + 1));
            for (var row = firstRow; row < Math.Min(shape.Height, position.Row + outermost + 1); row++)
            {
                for (var column = firstColumn; column < Math.Min(shape.Width, position.Column + outermost + 1); column++)
                {
                    sums[(((row * shape.Width) + column) * outputs) + output] +=
                        product * reach[position.Row - row + outermost][offset / Size] * reach[position.Column - column + outermost][offset % Size];
                }
            }
        }
    }

    private static int OfTerm(int alongAnAxis, int channels) => (2 * alongAnAxis) + channels + 2;

    /// <summary>The three matrices, with one row for each point; the last row is for infinity.</summary>
    /// <param name="Output">A: points × outputs.</param>
    /// <param name="Weights">G: points × 3.</param>
    /// <param name="Input">Bᵀ: points × points.</param>
    internal sealed record Tile(double[][] Output, double[][] Weights, double[][] Input)
    {
        /// <summary>Toom and Cook's interpolation, transposed.</summary>
        /// <param name="points">The finite points.</param>
        /// <returns>The matrices; scaling a point's rows of A and G differently changes no bound.</returns>
        public static Tile FromPoints(double[] points)
        {
            var outputs = points.Length + 2 - Size;
            return new Tile(
                [.. points.Select(point => Powers(point, outputs)), Last(outputs)],
                [.. points.Select(point => Powers(point, Size).Select(power => power / Distances(point)).ToArray()), Last(Size)],
                [.. points.Select(point => (double[])[.. Polynomial(Others(point)), 0]), Polynomial(points)]
            );

            IEnumerable<double> Others(double point) => points.Where(other => other != point);

            double Distances(double point) => Others(point).Aggregate(1.0, (product, other) => product * (point - other));
        }

        /// <summary>σ, by the Frobenius norm, which is at least the spectral norm.</summary>
        public double Sigma() =>
            Enumerable
                .Range(0, Output[0].Length)
                .Max(output =>
                    Math.Sqrt(
                        (
                            from input in Enumerable.Range(0, Input.Length)
                            from weight in Enumerable.Range(0, Size)
                            select Math.Pow(Enumerable.Range(0, Input.Length).Sum(t => Math.Abs(Output[t][output] * Input[t][input] * Weights[t][weight])), 2)
                        ).Sum()
                    )
                );

        /// <summary>The largest factor of |x||w| in an output's form, over the positions that the output may have in a tile.</summary>
        /// <returns>
        /// The factors by position of the pixel and by weight. The position is relative to the first pixel that the output reads, from 1 - m to m + 1 in a tile
        /// of m outputs.
        /// </returns>
        public double[][] Reach()
        {
            var (outputs, inputs) = (Output[0].Length, Input.Length);
            return [.. Enumerable.Range(1 - outputs, outputs + inputs - 1).Select(OfDistance)];

            double[] OfDistance(int distance) => [.. Enumerable.Range(0, Size).Select(weight => Largest(distance, weight))];

            double Largest(int distance, int weight) =>
                Enumerable
                    .Range(0, outputs)
                    .Where(output => output + distance >= 0 && output + distance < inputs)
                    .Max(output => Enumerable.Range(0, inputs).Sum(t => Math.Abs(Output[t][output] * Input[t][output + distance] * Weights[t][weight])));
        }

        /// <summary>
        /// Roundings of a term along one axis: in each transform as many as its sum has terms, and one more for a constant that the subject's numbers do not
        /// hold exactly.
        /// </summary>
        public int Roundings()
        {
            var ofOutput = Enumerable.Range(0, Output[0].Length).Max(output => Output.Count(row => row[output] != 0));
            return Input.Max(Terms) + 1 + Weights.Max(Terms) + 1 + ofOutput + 1;
        }

        private static int Terms(double[] row) => row.Count(value => value != 0);

        private static double[] Powers(double point, int count) => [.. Enumerable.Range(0, count).Select(power => Math.Pow(point, power))];

        private static double[] Last(int count) => [.. new double[count - 1], 1];

        /// <summary>Coefficients of Π(x - root), the constant first.</summary>
        private static double[] Polynomial(IEnumerable<double> roots) =>
            roots.Aggregate((double[])[1], (product, root) => [.. Shifted(product).Zip([.. product, 0], (power, lower) => power - (root * lower))]);

        private static double[] Shifted(double[] coefficients) => [0, .. coefficients];
    }
}
