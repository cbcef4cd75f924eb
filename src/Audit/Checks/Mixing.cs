namespace Wellbehaved.Audit;

/// <summary>Seeds of checks and studies, from the user's seed: different for different purposes.</summary>
internal static class Mixing
{
    /// <summary>The finaliser of SplitMix64, a bijection whose outputs look unrelated for related inputs.</summary>
    public static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>The seed of a check.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="check">Its claim and architecture.</param>
    /// <returns>The seed, the same in every process.</returns>
    public static ulong SeedOf(ulong seed, Check check)
    {
        var hash = Mix(seed);
        foreach (var letter in check.ClaimId + " " + check.Architecture)
        {
            hash = Mix(hash ^ letter);
        }

        return hash;
    }
}
