namespace Wellbehaved.Audit;

/// <summary>Whole numbers from a seed, one after the other, for the sizes of drawn networks.</summary>
/// <param name="seed">The seed.</param>
internal sealed class WholeNumbers(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from low to high, both included. The probabilities of two numbers differ by 10⁻¹⁷, which is negligible.</summary>
    public int Between(int low, int high)
    {
        _state = Mixing.Mix(_state);
        return low + (int)(_state % (ulong)(high - low + 1));
    }

    /// <summary>One of several choices.</summary>
    public T OneOf<T>(IReadOnlyList<T> choices) => choices[Between(0, choices.Count - 1)];

    /// <summary>The choices in another order, each order as likely as any other.</summary>
    public T[] Shuffle<T>(IReadOnlyList<T> choices)
    {
        T[] shuffled = [.. choices];
        for (var left = shuffled.Length - 1; left > 0; left--)
        {
            var taken = Between(0, left);
            (shuffled[left], shuffled[taken]) = (shuffled[taken], shuffled[left]);
        }

        return shuffled;
    }
}
