using System.Text;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Spoils archives of arrays, at the level of entries, of headers, of the configuration and of numbers.</summary>
internal static class ArchiveSpoiler
{
    private const string Configuration = "configuration";

    /// <summary>Spoils an archive in one to four places.</summary>
    /// <param name="sound">Its arrays.</param>
    /// <param name="random">Which places, and how.</param>
    /// <returns>The file.</returns>
    public static byte[] Spoil(IReadOnlyList<RawArray> sound, Random random)
    {
        List<RawArray> arrays = [.. sound.Select(array => array.Copy())];
        var ofEntries = 0;
        for (var i = 1 + (random.Next(2) * random.Next(4)); i > 0; i--)
        {
            var array = random.Pick(arrays);
            switch (random.Next(10))
            {
                case 0 or 1:
                    ofEntries++;
                    break;
                case 2 or 3:
                    ArraySpoiler.SpoilHeader(array, random);
                    break;
                case 4 or 5 when arrays.FirstOrDefault(candidate => candidate.Name == Configuration) is { Type: ['<', 'U', ..] } configuration:
                    SpoilText(configuration, random);
                    break;
                case 6:
                    ArraySpoiler.SpoilRows(array, random);
                    break;
                case 7:
                    SpoilNames(arrays, random);
                    break;
                default:
                    ArraySpoiler.SpoilValues(array, random);
                    break;
            }
        }

        var deflated = random.Next(2) == 0;
        List<RawEntry> entries = [.. arrays.Select(array => new RawEntry(array.Name + ".npy", array.ToBytes(), deflated))];
        var comment = Array.Empty<byte>();
        var moreEntries = 0;
        for (; ofEntries > 0 && entries.Count > 0; ofEntries--)
        {
            SpoilEntries(entries, random, ref comment, ref moreEntries);
        }

        var file = RawZip.Write(entries, comment, moreEntries);
        return random.Next(30) switch
        {
            0 => file[..random.Next(file.Length + 1)],
            1 => [.. new byte[random.Next(1, 100)], .. file],
            2 => [.. file, .. file],
            3 => [],
            _ => file,
        };
    }

    /// <summary>Archives as runs write them, for the lists of arrays that are spoilt.</summary>
    public static byte[] Sound(IEnumerable<RawArray> arrays) =>
        RawZip.Write([.. arrays.Select(array => new RawEntry(array.Name + ".npy", array.ToBytes(), isDeflated: false))], []);

    private static void SpoilText(RawArray array, Random random)
    {
        var text = Encoding.UTF32.GetString(array.Elements).TrimEnd('\0');
        if (!text.StartsWith('{') || !text.EndsWith('}'))
        {
            return;
        }

        string spoilt;
        try
        {
            spoilt = JsonSpoiler.Spoil(text, random);
        }
        catch (System.Text.Json.JsonException)
        {
            // It has been spoilt before.
            return;
        }

        array.Elements = Encoding.UTF32.GetBytes(spoilt);
        array.Type = $"<U{array.Elements.Length / 4}";
    }

    private static void SpoilNames(List<RawArray> arrays, Random random)
    {
        var at = random.Next(arrays.Count);
        switch (random.Next(4))
        {
            case 0 when arrays.Count > 1:
                arrays.RemoveAt(at);
                break;
            case 1:
                var more = random.Pick(arrays).Copy();
                more.Name = random.Pick(ForeignWords.Names);
                arrays.Add(more);
                break;
            case 2:
                (arrays[at].Name, arrays[0].Name) = (arrays[0].Name, arrays[at].Name);
                break;
            default:
                arrays[at].Name = random.Pick(ForeignWords.Names);
                break;
        }
    }

    private static void SpoilEntries(List<RawEntry> entries, Random random, ref byte[] comment, ref int moreEntries)
    {
        var entry = random.Pick(entries);
        switch (random.Next(15))
        {
            case 0:
                entries.Insert(random.Next(entries.Count + 1), entry.Copy());
                break;
            case 1:
                var listed = entry.Copy();
                (listed.IsOnlyListed, listed.Name) = (true, random.Pick(ForeignWords.Names) + ".npy");
                entries.Add(listed);
                break;
            case 2:
                for (var i = 0; i < 200; i++)
                {
                    var many = entry.Copy();
                    (many.IsOnlyListed, many.Name) = (true, $"chi_loc{i}.npy");
                    entries.Add(many);
                }

                break;
            case 3:
                entry.Name = entry.Name[..^Math.Min(4, entry.Name.Length)];
                break;
            case 4:
                entry.Method = random.Pick<ushort>([0, 8, 9, 12, 14, 93, 99]);
                break;
            case 5:
                entry.Checksum ^= 1;
                break;
            case 6:
                entry.Length = random.Pick<uint>([0u, 1u, entry.Length + 1, int.MaxValue, uint.MaxValue]);
                break;
            case 7:
                entry.CompressedLength = random.Pick<uint>([0u, 1u, entry.CompressedLength + 1, int.MaxValue, uint.MaxValue]);
                break;
            case 8:
                entry.Offset = random.Pick<uint>([0u, 1u, 30u, uint.MaxValue, int.MaxValue]);
                break;
            case 9:
                entry.Flags = random.Pick<ushort>([1, 8, 0x800, 0x2000, 0xffff]);
                break;
            case 10:
                entry.Extra = [1, 0, 16, 0, .. BitConverter.GetBytes(1L << 40), .. BitConverter.GetBytes(1L << 40)];
                (entry.Length, entry.CompressedLength) = (uint.MaxValue, uint.MaxValue);
                break;
            case 11:
                comment = random.Pick<byte[]>([
                    [],
                    [.. "PK\u0005\u0006"u8, .. new byte[18]],
                    [.. "\u001b[2J"u8],
                    new byte[65535],
                ]);
                break;
            case 12:
                moreEntries = random.Pick([-1, 1, 1000]);
                break;
            case 13:
                var bomb = new RawArray
                {
                    Name = random.Pick(ForeignWords.Names),
                    Type = random.Pick(["<f8", "|u1", "<f2"]),
                    Shape = "(4000000, 1)",
                    Elements = new byte[4_000_000],
                };
                bomb.Elements = new byte[
                    bomb.Type == "<f8" ? 32_000_000
                    : bomb.Type == "<f2" ? 8_000_000
                    : 4_000_000
                ];
                entries.Add(new RawEntry(bomb.Name + ".npy", bomb.ToBytes(), isDeflated: true));
                break;
            default:
                entry.Stored = [.. entry.Stored.Take(random.Next(entry.Stored.Length + 1))];
                break;
        }
    }
}
