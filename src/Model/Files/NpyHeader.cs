namespace Wellbehaved.Model;

/// <summary>What the header of a NumPy array says.</summary>
/// <param name="Type">Type of the elements.</param>
/// <param name="Shape">Extents of the axes.</param>
/// <param name="IsFortran">Whether the first index is the fastest.</param>
/// <param name="Length">Bytes before the elements.</param>
internal sealed record NpyHeader(NpyElementType Type, int[] Shape, bool IsFortran, long Length)
{
    /// <summary>Bytes of the elements.</summary>
    public long ContentLength => (long)Size;

    private Int128 Size => Shape.Aggregate((Int128)Type.Size, (bytes, extent) => Int128.Min(bytes * extent, long.MaxValue));

    /// <summary>Refuses a file that does not hold what the header says.</summary>
    /// <param name="fileLength">Bytes of the file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="InvalidInputException">It is longer or shorter.</exception>
    public void RequireContent(long fileLength, string name)
    {
        if (Size != fileLength - Length)
        {
            throw new InvalidInputException(name, $"expected {Size} bytes of elements for its shape and type, found {fileLength - Length}");
        }
    }
}
