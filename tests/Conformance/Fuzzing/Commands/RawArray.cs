using System.Globalization;
using System.Text;

namespace Wellbehaved.Tests.Conformance;

/// <summary>An array as a file spells it, right or wrong: nothing here checks that header and elements agree.</summary>
internal sealed class RawArray
{
    /// <summary>Name of the entry in an archive, without ending.</summary>
    public required string Name { get; set; }

    /// <summary>Type of the elements, as NumPy spells it.</summary>
    public required string Type { get; set; }

    /// <summary>The shape, with its parentheses.</summary>
    public required string Shape { get; set; }

    /// <summary>The elements.</summary>
    public required byte[] Elements { get; set; }

    /// <summary>What stands for the order of the indices.</summary>
    public string Order { get; set; } = "False";

    /// <summary>What encloses words.</summary>
    public char Quote { get; set; } = '\'';

    /// <summary>The keys of the header, in their order.</summary>
    public List<string> Keys { get; set; } = ["descr", "fortran_order", "shape"];

    /// <summary>What stands after the last key.</summary>
    public string Tail { get; set; } = ", }";

    /// <summary>Version of the format.</summary>
    public byte Version { get; set; } = 1;

    /// <summary>What the announced length of the header is wrong by.</summary>
    public int LengthError { get; set; }

    /// <summary>Whether the header is padded to a multiple of 64 bytes.</summary>
    public bool IsPadded { get; set; } = true;

    /// <summary>An array that is right.</summary>
    public static RawArray From(string name, NpyArray array) =>
        new()
        {
            Name = name,
            Type = array.ElementType.Spelling,
            Shape = ShapeOf([.. array.Shape.Select(extent => (long)extent)]),
            Elements = array.Bytes.ToArray(),
        };

    /// <summary>Spells a shape.</summary>
    public static string ShapeOf(params ReadOnlySpan<long> extents) =>
        extents.Length == 1 ? string.Create(CultureInfo.InvariantCulture, $"({extents[0]},)") : $"({string.Join(", ", extents.ToArray())})";

    /// <summary>A copy that can be changed.</summary>
    public RawArray Copy()
    {
        var copy = (RawArray)MemberwiseClone();
        copy.Keys = [.. Keys];
        copy.Elements = [.. Elements];
        return copy;
    }

    /// <summary>The array as a file.</summary>
    public byte[] ToBytes()
    {
        var entries = Keys.Select(key => $"{Quote}{key}{Quote}: {ValueOf(key)}");
        var header = "{" + string.Join(", ", entries) + Tail;
        var lengthBytes = Version == 1 ? 2 : 4;
        if (IsPadded)
        {
            header += new string(' ', 63 - ((8 + lengthBytes + Encoding.UTF8.GetByteCount(header)) % 64)) + "\n";
        }

        var text = Encoding.UTF8.GetBytes(header);
        return [0x93, .. "NUMPY"u8, Version, 0, .. BitConverter.GetBytes(text.Length + LengthError)[..lengthBytes], .. text, .. Elements];
    }

    private string ValueOf(string key) =>
        key switch
        {
            "descr" => Type.StartsWith('[') ? Type : $"{Quote}{Type}{Quote}",
            "fortran_order" => Order,
            "shape" => Shape,
            _ => $"{Quote}of others{Quote}",
        };
}
