using System.Text.RegularExpressions;

namespace Wellbehaved.Model;

public static partial class NpyFormat
{
    private const int LongestQuotation = 60;

    /// <summary>Reads what the header of an array says, without the elements.</summary>
    /// <param name="stream">Where to read; it stands before the first element afterwards.</param>
    /// <param name="name">What to call the stream in messages.</param>
    /// <returns>The header.</returns>
    /// <exception cref="InvalidInputException">The bytes are not the header of an array that can be decoded.</exception>
    internal static NpyHeader ReadHeader(Stream stream, string name)
    {
        try
        {
            var header = ReadHeader(stream, name, out var length);
            var type = NpyElementType.Parse(TypePattern().Match(header).Groups["type"].Value) ?? throw UnknownType(header, name);
            return new NpyHeader(type, ParseShape(header, name), FortranPattern().IsMatch(header), length);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidInputException(name, "expected a whole NumPy array, found a truncated one", exception);
        }
    }

    /// <summary>Says which type was found, and what to save instead.</summary>
    private static InvalidInputException UnknownType(string header, string name)
    {
        var described = DescriptionPattern().Match(header).Groups["type"].Value.Trim();
        var found = described.Length > LongestQuotation ? described[..LongestQuotation] + "…" : described.Length == 0 ? "none" : described;
        var kind = found.FirstOrDefault(char.IsLetter);
        var advice = kind switch
        {
            'V' => "bfloat16, or another type that NumPy does not know, is saved as such bytes: save a.astype('float32')",
            'c' => "complex numbers: save their real and imaginary parts as two channels",
            'O' => "Python objects: save an array of numbers, np.asarray(list, dtype='float32')",
            'M' or 'm' => "dates: save a.astype('float64')",
            'S' or 'a' => "bytes of text: save an array of numbers",
            'f' => "floats of this size are read nowhere else: save a.astype('float64')",
            _ => "save a.astype('float32')",
        };
        return new InvalidInputException(name, $"expected an array of numbers or text of a plain type, found type {found}: {(described.StartsWith('[') ? "a record of several fields: save one of them, a['field']" : advice)}");
    }

    [GeneratedRegex(@"[""']descr[""']\s*:\s*[""']?(?<type>(?<=[""'])[^""']*|\[.*?\](?=\s*,\s*[""'](fortran_order|shape))|[^,}]*)")]
    private static partial Regex DescriptionPattern();
}
