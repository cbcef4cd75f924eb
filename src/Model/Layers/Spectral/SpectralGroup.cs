using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Convolves groups of complex tiles, one after the other: transforms them, multiplies at each frequency, and transforms them back.</summary>
/// <param name="spectrum">The transforms of the current group; this class disposes of them.</param>
/// <param name="kernel">The weights.</param>
/// <param name="kernelShape">Their arrangement.</param>
/// <param name="threads">Threads that share the work of a group.</param>
/// <param name="wide">Whether to use 512-bit vectors in the products; by default where the processor has them.</param>
internal sealed unsafe class SpectralGroup(FeatureSpectrum spectrum, KernelSpectrum kernel, KernelShape kernelShape, int threads, bool? wide) : IDisposable
{
    /// <summary>
    /// Least number of pieces of work for each thread when panels are multiplied at a row of frequencies. Fewer pieces need fewer transforms of the weights
    /// along their columns; more pieces divide the work more evenly.
    /// </summary>
    private const int PiecesOfThread = 4;

    /// <summary>Number of columns of a panel on processors with the widest vectors; it determines how many panels fit a cache.</summary>
    private const int PanelColumns = 32;

    /// <summary>Bytes of the panels of the weights' spectrum that stay in a second-level cache while the features are processed.</summary>
    private const int PanelBytes = 600_000;

    private readonly int _inputs = kernelShape.InputChannels;
    private readonly int _panelsTogether = PanelsTogether(kernelShape, kernel);
    private readonly Worker[] _workers = [.. Enumerable.Range(0, threads).Select(_ => new Worker(kernelShape, PanelsTogether(kernelShape, kernel), wide))];
    private AlignedBuffer<float> _features = new(0);
    private nint _featuresLength;

    /// <summary>The transforms.</summary>
    public FeatureSpectrum Spectrum => spectrum;

    private int TileRows => _workers[0].Tile.Rows;

    private int TileColumns => _workers[0].Tile.Columns;

    /// <summary>Convolves a group.</summary>
    /// <param name="source">The signal, followed by the noise.</param>
    /// <param name="target">Receives both.</param>
    /// <param name="group">Index of the group.</param>
    public void Convolve(float* source, float* target, int group)
    {
        spectrum.Take(group);
        Reserve();
        Workers.ForEach(spectrum.InputBlocks, threads, (item, worker) => spectrum.Analyse(source, item, worker));
        for (var row = 0; row < spectrum.Frequencies.Length; row++)
        {
            Multiply(row);
        }

        Workers.ForEach(spectrum.OutputBlocks, threads, (item, worker) => spectrum.Synthesise(target, item, worker));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        spectrum.Dispose();
        _features.Dispose();
        Array.ForEach(_workers, worker => worker.Dispose());
    }

    private static int PanelsTogether(KernelShape shape, KernelSpectrum spectrum) =>
        (int)Math.Clamp(PanelBytes / (3L * sizeof(float) * PanelColumns * shape.InputChannels), 1, spectrum.Panels);

    private void Reserve()
    {
        // Conjugation works on whole vectors and may exceed the last panel by one vector.
        _featuresLength = ((nint)FeatureSpectrum.RoundUp(2 * spectrum.Rows, TileRows) * _inputs) + Vector512<float>.Count;
        var length = checked((int)(3 * _featuresLength * spectrum.Frequencies.Max(row => row.Length)));
        if (_features.Length < length)
        {
            _features.Dispose();
            _features = new AlignedBuffer<float>(length);
        }
    }

    /// <summary>Multiplies the features by the kernel in place, at the frequencies with a common frequency along the columns, and at their opposites.</summary>
    private void Multiply(int row)
    {
        var frequencies = spectrum.Frequencies[row];
        Workers.ForEach(frequencies.Length, threads, (item, _) => PackFeatures(frequencies[item], Features(item)));
        var bundles = (kernel.Panels + _panelsTogether - 1) / _panelsTogether;
        var shares = threads == 1 ? 1 : Math.Min(frequencies.Length, ((PiecesOfThread * threads) + bundles - 1) / bundles);
        Workers.ForEach(
            bundles * shares,
            threads,
            (item, worker) =>
            {
                var (bundle, share) = Math.DivRem(item, shares);
                var (panels, scratch) = (Math.Min(_panelsTogether, kernel.Panels - (bundle * _panelsTogether)), _workers[worker]);
                for (var panel = 0; panel < panels; panel++)
                {
                    kernel.TransformColumns((bundle * _panelsTogether) + panel, row, scratch.TransformedColumns(panel));
                }

                for (var i = frequencies.Length * share / shares; i < frequencies.Length * (share + 1) / shares; i++)
                {
                    for (var panel = 0; panel < panels; panel++)
                    {
                        kernel.TransformRows(scratch.TransformedColumns(panel), frequencies[i].Column, scratch.Kernel(panel));
                    }

                    MultiplyPanels(frequencies[i], Features(i), bundle * _panelsTogether, panels, scratch);
                }
            }
        );
    }

    private ComplexPanel Features(int index) => ComplexPanel.Cut(_features.Pointer + (3 * _featuresLength * index), _featuresLength);

    private void PackFeatures(Frequency frequency, ComplexPanel target)
    {
        Span<nint> rows = stackalloc nint[TileRows];
        for (var first = 0; first < 2 * spectrum.Rows; first += TileRows)
        {
            var panel = target.From((nint)first * _inputs);
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] = (nint)FeatureRow(frequency, first + i);
            }

            ComplexTile.Pack(rows, _inputs, panel.Re);
            if (frequency.IsReal)
            {
                continue;
            }

            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] += rows[i] == 0 ? 0 : spectrum.PlaneLength * sizeof(float);
            }

            ComplexTile.Pack(rows, _inputs, panel.Im);
            Conjugate(panel, first);
        }
    }

    /// <summary>
    /// The address of a row of the left factor: the rows of the frequency, then those of its opposite, or the imaginary parts if it is its own.
    /// </summary>
    private float* FeatureRow(Frequency frequency, int row) =>
        row < spectrum.Rows ? spectrum.Row(frequency.Position, row)
        : row >= 2 * spectrum.Rows ? null
        : frequency.IsReal ? spectrum.Row(frequency.Position, row - spectrum.Rows) + spectrum.PlaneLength
        : spectrum.Row(frequency.Opposite, row - spectrum.Rows);

    /// <summary>Conjugates the rows of the opposite frequency, and adds real and imaginary parts.</summary>
    private void Conjugate(ComplexPanel panel, int firstRow)
    {
        // The pattern of signs repeats with the rows of the tile; for 6 and for 12 rows it also repeats after three vectors.
        Span<float> signs = stackalloc float[3 * Vector512<float>.Count];
        for (var i = 0; i < signs.Length; i++)
        {
            signs[i] = firstRow + (i % TileRows) < spectrum.Rows ? 1 : -1;
        }

        var patterns = MemoryMarshal.Cast<float, Vector512<float>>(signs);
        for (nint offset = 0, vector = 0; offset < (nint)TileRows * _inputs; offset += Vector512<float>.Count, vector++)
        {
            var im = Vector512.Load(panel.Im + offset) * patterns[(int)(vector % 3)];
            im.Store(panel.Im + offset);
            (Vector512.Load(panel.Re + offset) + im).Store(panel.Sum + offset);
        }
    }

    private void MultiplyPanels(Frequency frequency, ComplexPanel features, int firstPanel, int panels, Worker scratch)
    {
        for (var first = 0; first < 2 * spectrum.Rows; first += TileRows)
        {
            var left = features.From((nint)first * _inputs);
            for (var panel = 0; panel < panels; panel++)
            {
                if (frequency.IsReal)
                {
                    scratch.Tile.MultiplyReal(_inputs, left.Re, scratch.Kernel(panel).Re);
                }
                else
                {
                    scratch.Tile.Multiply(_inputs, left, scratch.Kernel(panel));
                }

                Store(frequency, scratch.Tile, first, (firstPanel + panel) * TileColumns);
            }
        }
    }

    private void Store(Frequency frequency, ComplexTile tile, int firstRow, int firstColumn)
    {
        var columns = Math.Min(TileColumns, spectrum.PaddedChannels - firstColumn);
        for (var i = 0; i < TileRows && firstRow + i < 2 * spectrum.Rows; i++)
        {
            var target = FeatureRow(frequency, firstRow + i) + firstColumn;
            FeatureSpectrum.Copy(tile.Re + (i * TileColumns), target, columns, columns);
            if (!frequency.IsReal)
            {
                StoreImaginary(tile.Im + (i * TileColumns), target + spectrum.PlaneLength, columns, firstRow + i < spectrum.Rows ? 1 : -1);
            }
        }
    }

    private static void StoreImaginary(float* source, float* target, int count, float sign)
    {
        var signs = Vector512.Create(sign);
        for (var i = 0; i < count; i += Vector512<float>.Count)
        {
            (Vector512.Load(source + i) * signs).Store(target + i);
        }
    }

    /// <summary>Scratch memory of one thread.</summary>
    private sealed class Worker : IDisposable
    {
        private readonly int _panelLength;
        private readonly int _columnsLength;
        private readonly AlignedBuffer<float> _transformedColumns;
        private readonly AlignedBuffer<float> _kernel;

        public Worker(KernelShape shape, int panels, bool? wide)
        {
            Tile = new ComplexTile(wide);
            _panelLength = checked(shape.InputChannels * Tile.Columns);
            _columnsLength = checked(2 * shape.Size * _panelLength);
            _transformedColumns = new AlignedBuffer<float>(checked(panels * _columnsLength));
            _kernel = new AlignedBuffer<float>(checked(3 * panels * _panelLength));
        }

        public ComplexTile Tile { get; }

        public float* TransformedColumns(int panel) => _transformedColumns.Pointer + ((nint)panel * _columnsLength);

        public ComplexPanel Kernel(int panel) => ComplexPanel.Cut(_kernel.Pointer + (3 * (nint)panel * _panelLength), _panelLength);

        public void Dispose()
        {
            _transformedColumns.Dispose();
            _kernel.Dispose();
            Tile.Dispose();
        }
    }
}
