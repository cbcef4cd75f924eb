namespace Wellbehaved.Files;

/// <summary>Finds the word that a user probably meant by a misspelt one.</summary>
internal static class Spelling
{
    /// <summary>The greatest number of suggested words; more would not be a hint.</summary>
    private const int MostWords = 3;

    /// <summary>Least length of a part of a word that suggests the word: <c>depth</c> does, <c>res</c> does not.</summary>
    private const int LeastPart = 4;

    /// <summary>Least length of a part at the beginning of what was written that suggests a word: <c>resnet</c> suggests <c>bn_res</c>.</summary>
    private const int LeastBeginning = 3;

    /// <summary>The end of a message about a word that does not exist.</summary>
    /// <param name="word">The word that the user wrote.</param>
    /// <param name="words">The words that exist.</param>
    /// <returns><c>; did you mean bn_ff?</c>, or an empty text where no word is close.</returns>
    public static string Hint(string word, IEnumerable<string> words) =>
        Nearest(word, words) switch
        {
            [] => string.Empty,
            [var only] => $"; did you mean {only}?",
            [.. var others, var last] => $"; did you mean {string.Join(", ", others)} or {last}?",
        };

    /// <summary>The words that are closest to a given one; case, dashes and underscores do not matter.</summary>
    /// <param name="word">The word that the user wrote.</param>
    /// <param name="words">The words that exist.</param>
    /// <returns>The words with the fewest slips, at most one in three letters, and the words of which it is one part between dashes. If no word is so close:
    /// the words that contain it or are contained in it, or one of whose parts it begins with. Empty where more than three words are equally close.</returns>
    internal static string[] Nearest(string word, IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(words);
        var meant = Letters(word);
        var candidates = words.Distinct().Select(candidate => (Word: candidate, Letters: Letters(candidate))).ToArray();
        var slips = candidates
            .Select(candidate => (candidate.Word, Slips: Slips(meant, candidate.Letters), Most: Math.Max(meant.Length, candidate.Letters.Length) / 3))
            .Where(candidate => candidate.Slips <= candidate.Most)
            .ToArray();
        var fewest = slips.Select(candidate => candidate.Slips).DefaultIfEmpty(0).Min();
        var alike = slips.Where(candidate => candidate.Slips == fewest).Select(candidate => candidate.Word);
        var nearest = (slips.Length, fewest) switch
        {
            (0, _) => candidates
                .Where(candidate => IsPart(meant, candidate.Letters) || IsPart(candidate.Letters, meant) || IsBegunBy(meant, candidate.Word))
                .Select(candidate => candidate.Word)
                .ToArray(),
            (_, 0) => [.. alike],
            _ => [.. alike.Union(candidates.Where(candidate => IsOneOf(meant, candidate.Word)).Select(candidate => candidate.Word))],
        };
        return meant.Length > 0 && nearest.Length <= MostWords ? nearest : [];
    }

    /// <summary>Whether a text is one of the parts of a word between dashes, as <c>depth</c> in <c>total-depth</c>.</summary>
    private static bool IsOneOf(string part, string whole) => part.Length >= LeastPart && whole.Split('-', '_').Any(word => Letters(word) == part);

    private static bool IsBegunBy(string meant, string whole) =>
        whole
            .Split('-', '_')
            .Any(word =>
                Letters(word) is { Length: >= LeastBeginning } letters && letters.Length < meant.Length && meant.StartsWith(letters, StringComparison.Ordinal)
            );

    private static bool IsPart(string part, string whole) => part.Length >= LeastPart && whole.Contains(part, StringComparison.Ordinal);

    private static string Letters(string word) => string.Concat(word.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>The number of letters that are missing, added, replaced or swapped with a neighbour: the optimal string alignment distance.</summary>
    private static int Slips(string first, string second)
    {
        var distance = new int[first.Length + 1, second.Length + 1];
        for (var i = 0; i <= first.Length; i++)
        {
            for (var j = 0; j <= second.Length; j++)
            {
                distance[i, j] = (i, j) switch
                {
                    (_, 0) => i,
                    (0, _) => j,
                    _ => Math.Min(Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1, distance[i - 1, j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1)),
                };
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                {
                    distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
                }
            }
        }

        return distance[first.Length, second.Length];
    }
}
