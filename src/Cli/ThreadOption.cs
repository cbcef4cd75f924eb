using System.CommandLine;
using System.Globalization;

namespace Wellbehaved.Cli;

/// <summary>The option <c>--threads</c>, the same for each command.</summary>
internal static class ThreadOption
{
    private const string Name = "--threads";

    /// <summary>More than any machine has processors; each thread takes memory of its own.</summary>
    private const int Most = 1 << 12;

    /// <summary>Makes the option.</summary>
    public static Option<int> Create() => OptionFactory.Number(Name, "Number of threads; results do not depend on it", Environment.ProcessorCount);

    /// <summary>Requires a number of threads that a machine can have.</summary>
    /// <exception cref="InvalidInputException">It is not one.</exception>
    public static void Require(int threads)
    {
        if (threads is < 1 or > Most)
        {
            throw new InvalidInputException(
                Name,
                string.Create(CultureInfo.InvariantCulture, $"expected {(threads < 1 ? "a positive number" : $"at most {Most} threads")}, got {threads}")
            );
        }
    }
}
