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
        return Hash(seed, check.ClaimId + " " + check.Architecture);
    }

    /// <summary>The seed of a purpose that several checks share, suitable for <see cref="Weights.Own"/>.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="purpose">The purpose, in words that no other has.</param>
    /// <returns>The seed, below 2⁵³ and the same in every process.</returns>
    public static ulong SeedOf(ulong seed, string purpose) => ToAsk(Hash(seed, purpose));

    /// <summary>The part of a seed that a subject is asked for: 53 bits, which the numbers of every language can represent.</summary>
    /// <param name="seed">A mixed seed.</param>
    /// <returns>Its high bits, below 2⁵³.</returns>
    public static ulong ToAsk(ulong seed) => seed >> 11;

    private static ulong Hash(ulong seed, string purpose)
    {
        var hash = Mix(seed);
        foreach (var letter in purpose)
        {
            hash = Mix(hash ^ letter);
        }

        return hash;
    }
}
