namespace Wellbehaved.Experiments;

/// <summary>Chooses the images of a batch.</summary>
internal static class BatchSelection
{
    /// <summary>
    /// Draws distinct indices uniformly, in random order: the first steps of a Fisher-Yates shuffle, which stores only the elements that moved.
    /// </summary>
    public static int[] WithoutReplacement(ulong seed, uint simulation, int population, int count) =>
        WithoutReplacement(new RandomNumbers(seed, simulation, 0, RandomPurpose.BatchSelection), population, count);

    /// <summary>The same with a given stream of random numbers.</summary>
    public static int[] WithoutReplacement(RandomNumbers numbers, int population, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, population);
        var moved = new Dictionary<int, int>();
        var chosen = new int[count];
        for (var i = 0; i < count; i++)
        {
            // 64 random bits are scaled to the range; the bias is below population/2⁶⁴.
            var (word0, word1, _, _) = numbers.Block((uint)i);
            var other = i + (int)(((UInt128)(((ulong)word1 << 32) | word0) * (uint)(population - i)) >> 64);
            chosen[i] = moved.GetValueOrDefault(other, other);
            moved[other] = moved.GetValueOrDefault(i, i);
        }

        return chosen;
    }
}
