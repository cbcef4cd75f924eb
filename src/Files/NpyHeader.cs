namespace Wellbehaved.Files;

/// <summary>The header of an array: the type of its elements, its shape and its order. Reading it allocates no memory for the elements.</summary>
internal sealed class NpyHeader
{
    internal NpyHeader(NpyElementType type, int[] shape, bool isFortranOrder, long offset, long bytes)
    {
        ElementType = type;
        Shape = shape;
        IsFortranOrder = isFortranOrder;
        Offset = offset;
        Bytes = bytes;
    }

    /// <summary>Type of the elements.</summary>
    public NpyElementType ElementType { get; }

    /// <summary>Extent along each axis; empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Whether the first index runs fastest in the file.</summary>
    public bool IsFortranOrder { get; }

    /// <summary>Length of the header in bytes; the elements begin after it.</summary>
    public long Offset { get; }

    /// <summary>Number of bytes of the elements; it has been checked that the file holds them.</summary>
    public long Bytes { get; }

    /// <summary>Number of elements.</summary>
    public long Count => Bytes / ElementType.Size;

    /// <summary>Type and shape, for messages.</summary>
    /// <returns>For example <c>&lt;f8 (3, 32)</c>.</returns>
    public override string ToString() => Describe(ElementType, Shape);

    internal static string Describe(NpyElementType type, IReadOnlyList<int> shape) =>
        shape.Count == 1 ? $"{type.Spelling} ({shape[0]},)" : $"{type.Spelling} ({string.Join(", ", shape)})";
}
