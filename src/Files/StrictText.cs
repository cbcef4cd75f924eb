using System.Text;

namespace Wellbehaved.Files;

/// <summary>Decodes text that others wrote. Bytes that are no text are refused: replaced by a sign, two names would become one without a word.</summary>
internal static class StrictText
{
    private static readonly Encoding[] Marked =
    [
        new UTF8Encoding(true, true),
        new UTF32Encoding(false, true, true),
        new UnicodeEncoding(false, true, true),
        new UnicodeEncoding(true, true, true),
    ];

    /// <summary>Decodes a file in UTF-8, or in another encoding of Unicode whose mark it begins with.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="path">Its name in messages.</param>
    /// <exception cref="InvalidInputException">The bytes are no text; the message says where.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string path)
    {
        var encoding = Marked[0];
        foreach (var candidate in Marked)
        {
            if (bytes.StartsWith(candidate.Preamble))
            {
                encoding = candidate;
                bytes = bytes[candidate.Preamble.Length..];
                break;
            }
        }

        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            var line = 1 + bytes[..Math.Clamp(exception.Index, 0, bytes.Length)].Count((byte)'\n');
            throw new InvalidInputException(
                path,
                $"expected text in UTF-8, found bytes that are none ({Convert.ToHexString(exception.BytesUnknown ?? [])}) in line {line}, at byte "
                    + $"{exception.Index}",
                exception
            );
        }
    }
}
