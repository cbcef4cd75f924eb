namespace Wellbehaved.Files;

/// <summary>What an array says of itself before its elements: their type, the shape and the order. Reading it allocates nothing for the elements.</summary>
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

    /// <summary>Bytes of the header, after which the elements begin.</summary>
    public long Offset { get; }

    /// <summary>Bytes of the elements; the file is known to hold as many.</summary>
    public long Bytes { get; }

    /// <summary>Number of elements.</summary>
    public long Count => Bytes / ElementType.Size;

    /// <summary>Type and shape, for messages.</summary>
    /// <returns>For example <c>&lt;f8 (3, 32)</c>.</returns>
    public override string ToString() => Describe(ElementType, Shape);

    internal static string Describe(NpyElementType type, IReadOnlyList<int> shape) =>
        shape.Count == 1 ? $"{type.Spelling} ({shape[0]},)" : $"{type.Spelling} ({string.Join(", ", shape)})";
}
