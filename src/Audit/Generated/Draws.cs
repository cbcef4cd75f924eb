namespace Wellbehaved.Audit;

/// <summary>Random choices. Each is a function of a seed and of the number of choices before it.</summary>
/// <param name="seed">The seed.</param>
internal sealed class Draws(ulong seed)
{
    private ulong _next = Mixing.Mix(seed);

    /// <summary>A number of 64 random bits.</summary>
    public ulong Bits() => Mixing.Mix(_next += 0x9E3779B97F4A7C15);

    /// <summary>A whole number from 0 to below a bound.</summary>
    public int Below(int bound) => (int)(Bits() % (ulong)bound);

    /// <summary>True with a probability given in percent.</summary>
    public bool Chance(int percent) => Below(100) < percent;

    /// <summary>One of several choices.</summary>
    public T Choose<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];
}
