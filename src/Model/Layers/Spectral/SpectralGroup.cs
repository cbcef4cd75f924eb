using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Convolves groups of complex tiles, one after the other: their transforms, a product at each frequency, and the transforms back.</summary>
/// <param name="spectrum">The transforms of the group at hand; disposed of here.</param>
/// <param name="kernel">The weights.</param>
/// <param name="kernelShape">Their arrangement.</param>
/// <param name="threads">Threads that share the work of a group.</param>
/// <param name="wide">Whether to use 512-bit vectors in the products; by default where the processor has them.</param>
internal sealed unsafe class SpectralGroup(FeatureSpectrum spectrum, KernelSpectrum kernel, KernelShape kernelShape, int threads, bool? wide) : IDisposable
{
    /// <summary>Frequencies for which a worker transforms a panel of the kernel along its columns once: many save time, few share work evenly.</summary>
    private const int FrequenciesTogether = 8;

    private readonly int _inputs = kernelShape.InputChannels;
    private readonly Worker[] _workers = [.. Enumerable.Range(0, threads).Select(_ => new Worker(kernelShape, wide))];
    private AlignedBuffer<float> _features = new(0);
    private nint _featuresLength;

    /// <summary>The transforms.</summary>
    public FeatureSpectrum Spectrum => spectrum;

    private int TileRows => _workers[0].Tile.Rows;

    private int TileColumns => _workers[0].Tile.Columns;

    /// <summary>Convolves a group.</summary>
    /// <param name="source">The signal, followed by the noise.</param>
    /// <param name="target">Receives both.</param>
    /// <param name="group">Which group.</param>
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

    private void Reserve()
    {
        // Conjugation works on whole vectors and may run beyond the last panel by one of them.
        _featuresLength = ((nint)FeatureSpectrum.RoundUp(2 * spectrum.Rows, TileRows) * _inputs) + Vector512<float>.Count;
        var length = checked((int)(3 * _featuresLength * spectrum.Frequencies.Max(row => row.Length)));
        if (_features.Length < length)
        {
            _features.Dispose();
            _features = new AlignedBuffer<float>(length);
        }
    }

    /// <summary>Multiplies the features at the frequencies that share one along the columns, and at their opposites, by the kernel there; in place.</summary>
    private void Multiply(int row)
    {
        var frequencies = spectrum.Frequencies[row];
        Workers.ForEach(frequencies.Length, threads, (item, _) => PackFeatures(frequencies[item], Features(item)));
        var shares = (frequencies.Length + FrequenciesTogether - 1) / FrequenciesTogether;
        Workers.ForEach(kernel.Panels * shares, threads, (item, worker) =>
        {
            var (panel, share) = Math.DivRem(item, shares);
            var scratch = _workers[worker];
            kernel.TransformColumns(panel, row, scratch.TransformedColumns);
            for (var i = share * FrequenciesTogether; i < Math.Min(frequencies.Length, (share + 1) * FrequenciesTogether); i++)
            {
                kernel.TransformRows(scratch.TransformedColumns, frequencies[i].Column, scratch.Kernel);
                MultiplyPanel(frequencies[i], Features(i), scratch.Kernel, panel, scratch.Tile);
            }
        });
    }

    private ComplexPanel Features(int index) => ComplexPanel.Of(_features.Pointer + (3 * _featuresLength * index), _featuresLength);

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

    /// <summary>Where a row of the left factor lies: the rows of the frequency, then those of its opposite, or the imaginary parts if it is its own.</summary>
    private float* FeatureRow(Frequency frequency, int row) =>
        row < spectrum.Rows ? spectrum.Row(frequency.Position, row)
        : row >= 2 * spectrum.Rows ? null
        : frequency.IsReal ? spectrum.Row(frequency.Position, row - spectrum.Rows) + spectrum.PlaneLength
        : spectrum.Row(frequency.Opposite, row - spectrum.Rows);

    /// <summary>Conjugates the rows from the opposite frequency, and adds real and imaginary parts.</summary>
    private void Conjugate(ComplexPanel panel, int firstRow)
    {
        // Row after row repeats the pattern of the tile's rows; after three vectors the vectors repeat too, for 6 rows and for 12.
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

    private void MultiplyPanel(Frequency frequency, ComplexPanel features, ComplexPanel weights, int panel, ComplexTile tile)
    {
        var firstColumn = panel * TileColumns;
        var columns = Math.Min(TileColumns, spectrum.PaddedChannels - firstColumn);
        for (var first = 0; first < 2 * spectrum.Rows; first += TileRows)
        {
            var left = features.From((nint)first * _inputs);
            if (frequency.IsReal)
            {
                tile.MultiplyReal(_inputs, left.Re, weights.Re);
            }
            else
            {
                tile.Multiply(_inputs, left, weights);
            }

            for (var i = 0; i < TileRows && first + i < 2 * spectrum.Rows; i++)
            {
                var target = FeatureRow(frequency, first + i) + firstColumn;
                FeatureSpectrum.Copy(tile.Re + (i * TileColumns), target, columns, columns);
                if (!frequency.IsReal)
                {
                    StoreImaginary(tile.Im + (i * TileColumns), target + spectrum.PlaneLength, columns, first + i < spectrum.Rows ? 1 : -1);
                }
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
        private readonly AlignedBuffer<float> _transformedColumns;
        private readonly AlignedBuffer<float> _kernel;

        public Worker(KernelShape shape, bool? wide)
        {
            Tile = new ComplexTile(wide);
            var panelLength = checked(shape.InputChannels * Tile.Columns);
            _transformedColumns = new AlignedBuffer<float>(checked(2 * shape.Size * panelLength));
            _kernel = new AlignedBuffer<float>(checked(3 * panelLength));
            Kernel = ComplexPanel.Of(_kernel.Pointer, panelLength);
        }

        public float* TransformedColumns => _transformedColumns.Pointer;

        public ComplexPanel Kernel { get; }

        public ComplexTile Tile { get; }

        public void Dispose()
        {
            _transformedColumns.Dispose();
            _kernel.Dispose();
            Tile.Dispose();
        }
    }
}
