using System.Globalization;

namespace Wellbehaved.Networks;

/// <summary>
/// Refuses, before a network is walked through, descriptions that are short but would run endlessly, and scales that depend on a stack but are outside of one.
/// </summary>
internal static class Structure
{
    /// <summary>Refuses too many levels of layers, too many layers with all repetitions, and scales by depth outside of a stack.</summary>
    /// <exception cref="InvalidNetworkException">The description has one of these.</exception>
    public static void Validate(Layers layers) => RequireAtMost(layers, Limits.Layers, "layers with all repetitions");

    /// <summary>Refuses more layers than something can take, and names the place where there are more.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="most">The greatest number, all repetitions included.</param>
    /// <param name="what">What is counted, for the message.</param>
    /// <exception cref="InvalidNetworkException">There are more.</exception>
    public static void RequireAtMost(Layers layers, int most, string what) => new Counting(most, what).Count(layers, LayerPath.Root, 0, repeated: false);

    /// <summary>Counts layers up to a limit.</summary>
    private sealed record Counting(int Most, string What)
    {
        public long Count(Layers layers, string path, int level, bool repeated)
        {
            if (level > Limits.Levels)
            {
                throw new InvalidNetworkException(
                    path,
                    string.Create(CultureInfo.InvariantCulture, $"expected at most {Limits.Levels} levels of layers within layers")
                );
            }

            var count = 0L;
            for (var i = 0; i < layers.Count; i++)
            {
                var here = LayerPath.Write(path, i, layers[i]);
                count += layers[i] switch
                {
                    Repeat repeat => Math.Max(repeat.Times, 1) * Count(repeat.Unit, LayerPath.Within(here, "unit"), level + 1, repeated: true),
                    Residual residual => Count(residual, here, level + 1, repeated),
                    _ => 1,
                };
                if (count > Most)
                {
                    throw new InvalidNetworkException(here, string.Create(CultureInfo.InvariantCulture, $"expected at most {Most} {What}, got {count}"));
                }
            }

            return count;
        }

        private long Count(Residual residual, string path, int level, bool repeated)
        {
            if (!repeated && (residual.BranchScale.Rule != ScaleRule.Constant || residual.SkipScale.Rule != ScaleRule.Constant))
            {
                throw new InvalidNetworkException(path, "expected a number as scale outside of a repeat, since only a repeat has values of L and l");
            }

            return 1
                + Count(residual.Branch, LayerPath.Within(path, "branch"), level, repeated)
                + Count(residual.Skip, LayerPath.Within(path, "skip"), level, repeated);
        }
    }
}
