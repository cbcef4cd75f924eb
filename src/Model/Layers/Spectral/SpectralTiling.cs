namespace Wellbehaved.Model;

/// <summary>
/// How images are cut for a convolution by Fourier transforms: into tiles, of which those of two images form a complex one, and into groups of complex tiles
/// that are processed together.
/// </summary>
/// <param name="Rows">How the rows of an image are cut.</param>
/// <param name="Columns">How the columns of an image are cut.</param>
/// <param name="Pairs">Number of complex tiles of the signal; the noise has as many.</param>
/// <param name="GroupRows">Number of complex tiles in a group.</param>
/// <param name="IsShared">Whether threads share the work of one group; otherwise each works on groups of its own.</param>
internal readonly record struct SpectralTiling(TileAxis Rows, TileAxis Columns, long Pairs, long GroupRows, bool IsShared)
{
    /// <summary>Least number of complex tiles in a group, so that a product takes much longer than computing the spectrum of its weights.</summary>
    private const int FewestRows = 24;

    /// <summary>
    /// Number of floats of a group that fits a common second-level cache, and of the largest group for a single thread, which fits its share of a third-level
    /// one.
    /// </summary>
    private const double NearFloats = 1 << 18,
        OwnFloats = 1 << 21;

    /// <summary>Greatest number of floats of a group that threads share; it limits the memory.</summary>
    private const double SharedFloats = 1 << 25;

    /// <summary>Number of positions of a tile.</summary>
    public long Positions => (long)Rows.Length * Columns.Length;

    /// <summary>Number of groups of complex tiles, for signal and noise.</summary>
    public long Groups => ((2 * Pairs) + GroupRows - 1) / GroupRows;

    /// <summary>Whether the spectrum of a group fits a second-level cache.</summary>
    /// <param name="channels">Number of channels of input or output, whichever is larger.</param>
    public bool IsNear(int channels) => 2.0 * Positions * channels * GroupRows <= 2 * NearFloats;

    /// <summary>Number of numbers in the spectrum of a group, its packed features at a row of frequencies, and the weights in panels.</summary>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="threads">Number of threads.</param>
    public double Numbers(int inputs, int outputs, int threads = 1)
    {
        var (spectrum, features) = Buffers(inputs, outputs);
        return (spectrum + features) * (IsShared ? 1 : threads);
    }

    /// <summary>Whether each buffer is within the range of 32-bit integers.</summary>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    public bool FitsMemory(int inputs, int outputs)
    {
        var (spectrum, features) = Buffers(inputs, outputs);
        return Math.Max(Math.Max(spectrum, features), 2.0 * Pairs) < int.MaxValue;
    }

    /// <summary>Cuts a batch.</summary>
    /// <param name="rows">How rows are cut.</param>
    /// <param name="columns">How columns are cut.</param>
    /// <param name="images">Number of images of the batch.</param>
    /// <param name="channels">Number of channels of input or output, whichever is larger, padded to whole vectors.</param>
    public static SpectralTiling Cut(TileAxis rows, TileAxis columns, int images, double channels)
    {
        var pairs = (images + 1L) / 2 * rows.Tiles * columns.Tiles;
        var floats = 2.0 * rows.Length * columns.Length * channels;
        var isShared = FewestRows * floats > OwnFloats;
        var most = Math.Max(FewestRows, (isShared ? SharedFloats : NearFloats) / floats);
        var groups = Math.Ceiling(2 * pairs / most);
        return new SpectralTiling(rows, columns, pairs, (long)Math.Ceiling(2 * pairs / groups), isShared);
    }

    /// <summary>The same tiles in groups that are distributed evenly among threads.</summary>
    /// <param name="threads">Number of threads; bits do not depend on it, since no sum is over groups.</param>
    public SpectralTiling SharedBy(int threads)
    {
        if (IsShared)
        {
            return this;
        }

        var groups = (Groups + threads - 1) / threads * threads;
        return this with { GroupRows = Math.Max(1, ((2 * Pairs) + groups - 1) / groups) };
    }

    private (double Spectrum, double Features) Buffers(int inputs, int outputs) =>
        (2.0 * Positions * GroupRows * (Math.Max(inputs, outputs) + 15), 3.0 * Columns.Length * ((((2.0 * GroupRows) + 11) * inputs) + 16));
}
