using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>The kernel after a convolution with independent weights, from the Gram matrix of its inputs.</summary>
/// <remarks>
/// Given the previous layer, the output channels are i.i.d. Gaussian over the points with covariance <c>K_ij = g · mean over the k² offsets κ of G_{i+κ,
/// j+κ}</c>,
/// <c>G_ij = ⟨x_i, x_j⟩/N</c>, where g = 2 for weights of variance 2/fan-in and 1 for 1/fan-in. See theory.md, section 3; exact at every width. A fully
/// connected layer is the case k = 1: <c>K = gG</c>.
/// </remarks>
internal sealed class ConvolutionKernel
{
    private const int Outside = -1;
    private readonly int[][] _sources;

    /// <summary>Describes a convolution by the input points that its output points read.</summary>
    /// <param name="images">Images in the batch.</param>
    /// <param name="height">Rows of input positions.</param>
    /// <param name="width">Columns of input positions.</param>
    /// <param name="kernelSize">Kernel size k; offsets are centred on zero, and rounded towards the positive side for even k.</param>
    /// <param name="border">What the convolution reads beyond the border.</param>
    /// <param name="stride">Distance between outputs in input positions.</param>
    /// <param name="dilation">Distance between neighbouring inputs of a patch.</param>
    /// <exception cref="ArgumentException">A size is not positive, or the kernel is even and the border symmetric.</exception>
    public ConvolutionKernel(int images, int height, int width, int kernelSize, Boundary border, int stride = 1, int dilation = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(images);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernelSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dilation);
        if (border == Boundary.Symmetric && kernelSize % 2 == 0)
        {
            throw new ArgumentException("expected an odd kernel with the symmetric border", nameof(kernelSize));
        }

        InputPoints = images * height * width;
        (OutputHeight, OutputWidth) = ((height + stride - 1) / stride, (width + stride - 1) / stride);
        OutputPoints = images * OutputHeight * OutputWidth;
        var shifts = Enumerable.Range(0, kernelSize).Select(a => dilation * (a - ((kernelSize - 1) / 2))).ToArray();
        _sources = [.. from down in shifts from right in shifts select Sources(images, height, width, stride, border, down, right)];
    }

    /// <summary>Number of points that the convolution reads.</summary>
    public int InputPoints { get; }

    /// <summary>Number of points that it writes.</summary>
    public int OutputPoints { get; }

    /// <summary>Rows of output positions.</summary>
    public int OutputHeight { get; }

    /// <summary>Columns of output positions.</summary>
    public int OutputWidth { get; }

    /// <summary>Kernel of the outputs.</summary>
    /// <param name="gram">Gram matrix of the inputs over channels, <c>⟨x_i, x_j⟩/N</c> (input points × input points).</param>
    /// <param name="gain">Variance of the weights times fan-in: 2 after a ReLU, 1 in the first convolution.</param>
    /// <returns>Kernel (output points × output points).</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel, or has another size.</exception>
    public Matrix<double> Apply(Matrix<double> gram, double gain = 2)
    {
        KernelMatrix.Require(gram);
        RequirePoints(gram.RowCount, nameof(gram));
        var (entries, size) = (DenseProduct.Columns(gram), InputPoints);
        var result = new double[OutputPoints * OutputPoints];
        var factor = gain / _sources.Length;
        Parallel.For(
            0,
            OutputPoints,
            Sharing.Options(OutputPoints),
            i =>
            {
                var row = result.AsSpan(i * OutputPoints, i + 1);
                foreach (var source in _sources)
                {
                    if (source[i] == Outside)
                    {
                        continue;
                    }

                    var read = entries.AsSpan(source[i] * size, size);
                    for (var j = 0; j < row.Length; j++)
                    {
                        row[j] += source[j] == Outside ? 0 : read[source[j]];
                    }
                }

                for (var j = 0; j < row.Length; j++)
                {
                    row[j] *= factor;
                }
            }
        );
        for (var i = 0; i < OutputPoints; i++)
        {
            for (var j = 0; j < i; j++)
            {
                result[(j * OutputPoints) + i] = result[(i * OutputPoints) + j];
            }
        }

        return Matrix<double>.Build.Dense(OutputPoints, OutputPoints, result);
    }

    /// <summary>Kernel of the outputs, from the input features; with few channels this is cheaper than from their Gram matrix.</summary>
    /// <param name="features">The inputs x (input points × channels).</param>
    /// <param name="gain">Variance of the weights times fan-in.</param>
    /// <returns>Kernel (output points × output points).</returns>
    /// <exception cref="ArgumentException">The features have another number of points.</exception>
    public Matrix<double> OfFeatures(Matrix<double> features, double gain)
    {
        var patches = Patches(features);
        return DenseProduct.OfTransposed(patches, patches) * (gain / patches.ColumnCount);
    }

    /// <summary>The inputs that each output point reads; the convolution is a fully connected layer over these.</summary>
    /// <param name="features">The inputs x (input points × channels).</param>
    /// <returns>A row for each output point, of the inputs at each offset (output points × offsets·channels); zeros beyond a border of zeros.</returns>
    /// <exception cref="ArgumentException">The features have another number of points.</exception>
    public Matrix<double> Patches(Matrix<double> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        RequirePoints(features.RowCount, nameof(features));
        var channels = features.ColumnCount;
        return Matrix<double>.Build.Dense(
            OutputPoints,
            _sources.Length * channels,
            (i, k) => _sources[k / channels][i] == Outside ? 0 : features[_sources[k / channels][i], k % channels]
        );
    }

    /// <summary>
    /// Covariance of noise and signal at the outputs, from the covariance at the inputs; as <see cref="Apply(Matrix{double}, double)"/>, for a matrix that need
    /// not be symmetric.
    /// </summary>
    /// <param name="cross"><c>⟨dx_i, x_j⟩/N</c> (input points × input points).</param>
    /// <param name="gain">Variance of the weights times fan-in.</param>
    /// <returns><c>E[dy_i y_j]</c> (output points × output points).</returns>
    /// <exception cref="ArgumentException">The matrix has another size.</exception>
    internal Matrix<double> ApplyToCross(Matrix<double> cross, double gain = 2)
    {
        ArgumentNullException.ThrowIfNull(cross);
        RequirePoints(cross.RowCount, nameof(cross));
        RequirePoints(cross.ColumnCount, nameof(cross));
        var (entries, size) = (DenseProduct.Columns(cross), InputPoints);
        var result = new double[OutputPoints * OutputPoints];
        var factor = gain / _sources.Length;
        Parallel.For(
            0,
            OutputPoints,
            Sharing.Options(OutputPoints),
            j =>
            {
                var column = result.AsSpan(j * OutputPoints, OutputPoints);
                foreach (var source in _sources.Where(source => source[j] != Outside))
                {
                    var read = entries.AsSpan(source[j] * size, size);
                    for (var i = 0; i < column.Length; i++)
                    {
                        column[i] += source[i] == Outside ? 0 : factor * read[source[i]];
                    }
                }
            }
        );
        return Matrix<double>.Build.Dense(OutputPoints, OutputPoints, result);
    }

    /// <summary>
    /// The transpose of <see cref="ApplyToCross"/>: it expresses a linear function of the kernel after the convolution as one of the kernel before it.
    /// </summary>
    /// <param name="weights">Weights of the entries of the kernel after the convolution (output points × output points).</param>
    /// <param name="gain">Variance of the weights times fan-in.</param>
    /// <returns>Weights of the entries of the kernel before the convolution (input points × input points).</returns>
    /// <exception cref="ArgumentException">The matrix has another size.</exception>
    internal Matrix<double> Transpose(Matrix<double> weights, double gain)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.RowCount != OutputPoints || weights.ColumnCount != OutputPoints)
        {
            throw new ArgumentException($"expected {OutputPoints} points, got {weights.RowCount}", nameof(weights));
        }

        var (entries, size) = (DenseProduct.Columns(weights), InputPoints);
        var result = new double[size * size];
        var factor = gain / _sources.Length;
        foreach (var source in _sources)
        {
            for (var j = 0; j < OutputPoints; j++)
            {
                if (source[j] == Outside)
                {
                    continue;
                }

                var column = result.AsSpan(source[j] * size, size);
                var read = entries.AsSpan(j * OutputPoints, OutputPoints);
                for (var i = 0; i < read.Length; i++)
                {
                    if (source[i] != Outside)
                    {
                        column[source[i]] += factor * read[i];
                    }
                }
            }
        }

        return Matrix<double>.Build.Dense(size, size, result);
    }

    /// <summary>The variance of each output point, from those of the input points: only the diagonal of <see cref="Apply(Matrix{double}, double)"/>.</summary>
    /// <param name="variances">Mean squares over channels (input points), of signal or noise.</param>
    /// <param name="gain">Variance of the weights times fan-in.</param>
    /// <returns>Mean squares (output points).</returns>
    /// <exception cref="ArgumentException">The list has another size.</exception>
    public double[] Apply(IReadOnlyList<double> variances, double gain = 2)
    {
        ArgumentNullException.ThrowIfNull(variances);
        RequirePoints(variances.Count, nameof(variances));
        return
        [
            .. Enumerable.Range(0, OutputPoints).Select(i => gain / _sources.Length * _sources.Sum(source => source[i] == Outside ? 0 : variances[source[i]])),
        ];
    }

    private static int[] Sources(int images, int height, int width, int stride, Boundary border, int down, int right)
    {
        var rows = (height + stride - 1) / stride;
        var columns = (width + stride - 1) / stride;
        return
        [
            .. from image in Enumerable.Range(0, images)
            from row in Enumerable.Range(0, rows)
            from column in Enumerable.Range(0, columns)
            let i = Inside((stride * row) + down, height, border)
            let j = Inside((stride * column) + right, width, border)
            select i == Outside || j == Outside ? Outside : (((image * height) + i) * width) + j,
        ];
    }

    /// <summary>
    /// The position that is read in place of one beyond the border. Images repeat with a period of their extent; mirrored ones, of twice their extent.
    /// </summary>
    private static int Inside(int position, int extent, Boundary border)
    {
        if (border == Boundary.ZeroPadding)
        {
            return position >= 0 && position < extent ? position : Outside;
        }

        var period = border switch
        {
            Boundary.Periodic => extent,
            Boundary.Symmetric => 2 * extent,
            _ => throw new ArgumentOutOfRangeException(nameof(border), border, "expected a boundary that theory knows"),
        };
        var folded = ((position % period) + period) % period;
        return folded < extent ? folded : period - 1 - folded;
    }

    private void RequirePoints(int points, string name)
    {
        if (points != InputPoints)
        {
            throw new ArgumentException($"expected {InputPoints} points, got {points}", name);
        }
    }
}
