namespace Wellbehaved.Networks;

/// <summary>A description is not that of a network: its layers do not fit each other, a number is out of range, or a word does not exist.</summary>
public sealed class InvalidNetworkException : Exception
{
    /// <summary>States what is wrong and what was expected.</summary>
    /// <param name="path">The path in the JSON form: <c>layers[2].repeat.unit[0]</c>.</param>
    /// <param name="expectation">One line: what was expected and what was found.</param>
    internal InvalidNetworkException(string path, string expectation)
        : base($"{path}: {expectation}") => (Path, Expectation) = (path, expectation);

    /// <summary>The path in the JSON form.</summary>
    public string Path { get; }

    /// <summary>What was expected and what was found.</summary>
    public string Expectation { get; }

    /// <summary>The word that does not exist; null for another error.</summary>
    internal string? Word { get; init; }

    /// <summary>The words that are allowed in place of <see cref="Word"/>.</summary>
    internal IReadOnlyList<string> Words { get; init; } = [];
}
