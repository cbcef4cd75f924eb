namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// Spoils inputs: bits, bytes, numbers at their limits, pieces doubled, moved, cut off or exchanged between inputs, words of the format put in.
/// </summary>
internal static class Spoiler
{
    private const int MostBytes = 1 << 16;
    private static readonly long[] Limits =
    [
        0,
        1,
        -1,
        127,
        128,
        255,
        256,
        32767,
        65535,
        65536,
        int.MaxValue,
        int.MinValue,
        uint.MaxValue,
        long.MaxValue,
        long.MinValue,
    ];

    /// <summary>Spoils an input of the target in one to four places.</summary>
    public static byte[] Spoil(FuzzTarget target, Random random)
    {
        var input = new List<byte>(target.Seeds[random.Next(target.Seeds.Count)]);
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            SpoilOnce(input, target, random);
        }

        return [.. input.Take(MostBytes)];
    }

    private static void SpoilOnce(List<byte> input, FuzzTarget target, Random random)
    {
        var at = random.Next(input.Count + 1);
        var (start, length) = (at, random.Next(1 + Math.Min(64, input.Count - at)));
        switch (random.Next(9))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = (byte)random.Next(256);
                break;
            case 2:
                input.RemoveRange(start, length);
                break;
            case 3:
                input.InsertRange(random.Next(input.Count + 1), input.GetRange(start, length));
                break;
            case 4:
                input.RemoveRange(at, input.Count - at);
                break;
            case 5:
                Overwrite(input, at, Number(random));
                break;
            case 6 when target.Words.Count > 0:
                input.InsertRange(at, target.Words[random.Next(target.Words.Count)]);
                break;
            case 7 when target.Words.Count > 0:
                Overwrite(input, at, target.Words[random.Next(target.Words.Count)]);
                break;
            default:
                var other = target.Seeds[random.Next(target.Seeds.Count)];
                var cut = random.Next(other.Length + 1);
                input.RemoveRange(at, input.Count - at);
                input.AddRange(other[cut..]);
                break;
        }
    }

    /// <summary>A number at a limit of its type, in either byte order.</summary>
    private static byte[] Number(Random random)
    {
        var bytes = BitConverter.GetBytes(Limits[random.Next(Limits.Length)] + random.Next(-1, 2))[..(1 << random.Next(4))];
        if (random.Next(2) == 0)
        {
            Array.Reverse(bytes);
        }

        return bytes;
    }

    private static void Overwrite(List<byte> input, int at, byte[] bytes)
    {
        for (var i = 0; i < bytes.Length && at + i < input.Count; i++)
        {
            input[at + i] = bytes[i];
        }
    }
}
