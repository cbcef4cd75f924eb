using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The order in which a convolution takes the rows and columns of its weights.</summary>
internal enum WeightOrder
{
    /// <summary>As they are given.</summary>
    AsGiven,

    /// <summary>Both backwards: a convolution in the sense of mathematics, where the definition has a correlation.</summary>
    Flipped,

    /// <summary>Rows backwards.</summary>
    RowsBackwards,

    /// <summary>Columns backwards.</summary>
    ColumnsBackwards,

    /// <summary>Rows in place of columns: height and width exchanged.</summary>
    Exchanged,

    /// <summary>Exchanged, and both backwards.</summary>
    ExchangedFlipped,

    /// <summary>Each entry in the place of the one before it; the first in the place of the last.</summary>
    MovedBack,

    /// <summary>Each entry in the place of the one after it; the last in the place of the first.</summary>
    MovedOn,
}

/// <summary>What lies beyond the border of an image.</summary>
internal enum Margin
{
    /// <summary>The opposite side.</summary>
    Periodic,

    /// <summary>The mirror image, edge repeated.</summary>
    Symmetric,

    /// <summary>Zeros.</summary>
    Zeros,

    /// <summary>The mirror image, edge not repeated.</summary>
    Reflected,

    /// <summary>The edge, repeated.</summary>
    Edge,
}

/// <summary>A way in which a convolution may read image and weights; the definition is one of them.</summary>
/// <param name="Order">Order of the weights' rows and columns.</param>
/// <param name="ExchangesChannels">Whether input and output channels of the weights are exchanged.</param>
/// <param name="Down">How many rows further down it reads than the definition.</param>
/// <param name="Right">How many columns further right.</param>
/// <param name="Margin">What lies beyond the border.</param>
internal sealed record ConvolutionReading(WeightOrder Order, bool ExchangesChannels, int Down, int Right, Margin Margin)
{
    private const int MostShift = 2;

    private static readonly ConvolutionReading[] All =
    [
        .. from order in Enum.GetValues<WeightOrder>()
        from exchanges in new[] { false, true }
        from down in Enumerable.Range(-MostShift, (2 * MostShift) + 1)
        from right in Enumerable.Range(-MostShift, (2 * MostShift) + 1)
        from margin in Enum.GetValues<Margin>()
        select new ConvolutionReading(order, exchanges, down, right, margin),
    ];

    /// <summary>The reading that the definition asks for.</summary>
    public static ConvolutionReading Defined(Boundary boundary) => new(WeightOrder.AsGiven, false, 0, 0, MarginOf(boundary));

    /// <summary>What a boundary puts beyond the border.</summary>
    public static Margin MarginOf(Boundary boundary) =>
        boundary switch
        {
            Boundary.Periodic => Margin.Periodic,
            Boundary.Symmetric => Margin.Symmetric,
            Boundary.ZeroPadding => Margin.Zeros,
            _ => throw new ArgumentOutOfRangeException(nameof(boundary), boundary, "expected a boundary that has been written out"),
        };

    /// <summary>The readings that give a tensor to rounding; of these, the ones nearest to the definition.</summary>
    /// <param name="pass">The tensor before and after a convolution.</param>
    /// <returns>Readings that these numbers do not tell apart; none if no reading gives them.</returns>
    public static IReadOnlyList<ConvolutionReading> Recognise(ConvolutionPass pass)
    {
        var defined = Defined(pass.Network.Boundary);
        foreach (
            var equallyFar in All.Where(reading => pass.Size > 1 || reading is { Order: WeightOrder.AsGiven, Down: 0, Right: 0 })
                .GroupBy(reading => reading.DistanceTo(defined))
                .OrderBy(group => group.Key)
        )
        {
            ConvolutionReading[] fitting =
            [
                .. equallyFar.Where(reading => (!reading.ExchangesChannels || pass.Shape.Channels == pass.Outputs) && reading.Gives(pass)),
            ];
            if (fitting.Length > 0)
            {
                return fitting;
            }
        }

        return [];
    }

    /// <summary>Whether the reading gives the subject's output, to rounding.</summary>
    internal bool Gives(ConvolutionPass pass)
    {
        var ((height, width), element) = (pass.OutputExtents, 0);
        for (var image = 0; image < pass.Shape.Images; image++)
        {
            for (var row = 0; row < height; row++)
            {
                for (var column = 0; column < width; column++)
                {
                    for (var output = 0; output < pass.Outputs; output++, element++)
                    {
                        if (!(Math.Abs(Predict(pass, image, row, column, output) - pass.Output[element]) <= pass.Tolerance))
                        {
                            return false;
                        }
                    }
                }
            }
        }

        return true;
    }

    private double Predict(ConvolutionPass pass, int image, int row, int column, int output)
    {
        var (sum, shape, size) = (0.0, pass.Shape, pass.Size);
        for (var offset = 0; offset < size * size; offset++)
        {
            var i = Source((pass.Stride * row) + (offset / size) - ((size - 1) / 2) + Down, shape.Height);
            var j = Source((pass.Stride * column) + (offset % size) - ((size - 1) / 2) + Right, shape.Width);
            if (i < 0 || j < 0)
            {
                continue;
            }

            var (source, weight) = ((((image * shape.Height) + i) * shape.Width + j) * shape.Channels, Entry(offset, size) * shape.Channels * pass.Outputs);
            for (var input = 0; input < shape.Channels; input++)
            {
                sum +=
                    pass.Input[source + input] * pass.Weights[weight + (ExchangesChannels ? (output * pass.Outputs) + input : (input * pass.Outputs) + output)];
            }
        }

        return sum;
    }

    private int Entry(int offset, int size)
    {
        var (row, column, last) = (offset / size, offset % size, size - 1);
        return Order switch
        {
            WeightOrder.AsGiven => offset,
            WeightOrder.Flipped => (size * size) - 1 - offset,
            WeightOrder.RowsBackwards => ((last - row) * size) + column,
            WeightOrder.ColumnsBackwards => (row * size) + last - column,
            WeightOrder.Exchanged => (column * size) + row,
            WeightOrder.ExchangedFlipped => ((last - column) * size) + last - row,
            WeightOrder.MovedBack => (offset + 1) % (size * size),
            WeightOrder.MovedOn => (offset + (size * size) - 1) % (size * size),
            _ => throw new InvalidOperationException($"expected an order of weights, got {Order}"),
        };
    }

    /// <summary>The position in the image that is read for a position beyond the border; -1 for zeros.</summary>
    private int Source(int position, int extent)
    {
        return position >= 0 && position < extent
            ? position
            : Margin switch
            {
                Margin.Periodic => Modulo(position, extent),
                Margin.Symmetric => Modulo(position, 2 * extent) is var folded && folded < extent ? folded : (2 * extent) - 1 - folded,
                Margin.Zeros => -1,
                Margin.Reflected => extent == 1 ? 0
                : Modulo(position, (2 * extent) - 2) is var folded && folded < extent ? folded
                : (2 * extent) - 2 - folded,
                Margin.Edge => Math.Clamp(position, 0, extent - 1),
                _ => throw new InvalidOperationException($"expected a margin, got {Margin}"),
            };

        static int Modulo(int dividend, int divisor) => ((dividend % divisor) + divisor) % divisor;
    }

    private int DistanceTo(ConvolutionReading other) =>
        (Order == other.Order ? 0 : 1)
        + (ExchangesChannels == other.ExchangesChannels ? 0 : 1)
        + Math.Abs(Down - other.Down)
        + Math.Abs(Right - other.Right)
        + (Margin == other.Margin ? 0 : 1);
}

/// <summary>A tensor before and after one convolution of given weights, as the subject showed them.</summary>
/// <param name="Network">The network.</param>
/// <param name="Index">Which convolution.</param>
/// <param name="Shape">Shape of the input.</param>
/// <param name="Stride">Distance between outputs.</param>
/// <param name="Weights">The weights, in the subject's own precision.</param>
/// <param name="Input">What went in.</param>
/// <param name="Output">What came out.</param>
/// <param name="IsNoise">Whether it is the noise.</param>
internal sealed record ConvolutionPass(
    NetworkSettings Network,
    int Index,
    TensorShape Shape,
    int Stride,
    double[] Weights,
    double[] Input,
    double[] Output,
    bool IsNoise
)
{
    /// <summary>The smallest part of the largest difference to the definition that a cause must explain.</summary>
    private const double LargestPart = 0.05;

    /// <summary>Extent of the weights.</summary>
    public int Size => Network.KernelSize;

    /// <summary>Output channels.</summary>
    public int Outputs => Network.Channels;

    /// <summary>Output rows and columns.</summary>
    public (int Height, int Width) OutputExtents => ((Shape.Height + Stride - 1) / Stride, (Shape.Width + Stride - 1) / Stride);

    /// <summary>
    /// The largest allowed difference between an output and what a cause gives: twice the rounding of the worst element, and a small part of the difference
    /// that is to be explained.
    /// </summary>
    public double Tolerance { get; private init; }

    /// <summary>All weights of the network.</summary>
    public IReadOnlyList<double[]> Kernels { get; private init; } = [];

    /// <summary>Whether the definition gives the subject's output with the weights of another convolution.</summary>
    public bool TakesOtherWeights =>
        Kernels
            .Where((kernel, index) => index != Index && kernel.Length == Weights.Length)
            .Any(kernel => ConvolutionReading.Defined(Network.Boundary).Gives(this with { Weights = kernel }));

    /// <summary>Whether images have one pixel, and outputs one weight.</summary>
    public bool IsSparse { get; private init; }

    /// <summary>Whether the subject's output is what the definition gives.</summary>
    public bool IsRight { get; private init; }

    /// <summary>The largest difference to the definition, divided by the largest number that the definition gives.</summary>
    public double Difference { get; private init; }

    /// <summary>All convolutions whose input and output the subject showed.</summary>
    public static IEnumerable<ConvolutionPass> AllOf(GivenAnswer answer, double unitRoundoff)
    {
        var (given, trace) = (answer.Case, answer.Trace);
        var network = given.Network;
        var first = trace.At(0, 0);
        yield return Create(0, network.NetworkInput, network.FirstStride, given.Input.Signal, first.Signal, false);
        yield return Create(0, network.NetworkInput, network.FirstStride, given.Input.Noise, first.Noise, true);
        for (var depth = 1; depth <= network.Depth; depth++)
        {
            var (before, after) = (trace.Before(depth, UnitPlaceKind.Convolution), trace.At(depth, UnitPlaceKind.Convolution));
            var index = 1 + ((depth - 1) * network.Architecture.ConvolutionsPerUnit);
            yield return Create(index, before.Shape, 1, before.Signal, after.Signal, false);
            yield return Create(index, before.Shape, 1, before.Noise, after.Noise, true);
        }

        ConvolutionPass Create(int index, TensorShape shape, int stride, double[] input, double[] output, bool isNoise)
        {
            var exact = WrittenOutLayers.Convolve(shape, input, given.Kernels[index], network.KernelSize, stride, network.Boundary);
            var bounds = ConvolutionRounding.Bound(
                shape,
                [.. input.Select(Math.Abs)],
                given.Kernels[index],
                network.KernelSize,
                stride,
                network.Boundary,
                unitRoundoff
            );
            double[] differences = [.. exact.Zip(output, (x, y) => Math.Abs(x - y))];
            var weights = unitRoundoff > Math.ScaleB(1, -53) ? Array.ConvertAll(given.Kernels[index], weight => (double)(float)weight) : given.Kernels[index];
            return new ConvolutionPass(network, index, shape, stride, weights, input, output, isNoise)
            {
                Kernels = given.Kernels,
                IsSparse = given.IsSparse,
                Tolerance = Math.Min(2 * bounds.Max(), LargestPart * differences.Max()),
                IsRight = Enclosure.IsWithin(output, exact, bounds),
                Difference = differences.Max() / exact.Max(Math.Abs),
            };
        }
    }
}
