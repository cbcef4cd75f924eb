namespace Wellbehaved.Cli;

/// <summary>Outputs that would destroy what a command reads, or results: refused before anything is done.</summary>
internal static class Outputs
{
    /// <summary>Endings of files that hold results or images.</summary>
    private static readonly string[] Data = [".npz", ".npy", ".journal"];

    /// <summary>Where names that differ in capitals name one file.</summary>
    private static readonly StringComparison Names =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Refuses, before the work, a text that could not be written after it or would destroy what is read or a result.</summary>
    /// <param name="output">The file to write; null if none is.</param>
    /// <param name="option">The option that named it.</param>
    /// <param name="inputs">The files to read.</param>
    /// <exception cref="InvalidInputException">It cannot be written, is one of the inputs, or has the ending of results, images or journals.</exception>
    public static void RequireWritableText(string? output, string option, IEnumerable<string> inputs)
    {
        RequireText(output, option);
        RequireApart(output, option, inputs);
        if (output is not null)
        {
            AtomicFile.EnsureWritable(output, option);
        }
    }

    /// <summary>Refuses an output that is one of the inputs, by whatever name.</summary>
    /// <param name="output">The file to write; null if none is.</param>
    /// <param name="option">The option that named it.</param>
    /// <param name="inputs">The files to read.</param>
    /// <exception cref="InvalidInputException">It is one of them.</exception>
    public static void RequireApart(string? output, string option, IEnumerable<string> inputs)
    {
        if (output is not null && inputs.FirstOrDefault(input => AtomicFile.TargetOf(input).Equals(AtomicFile.TargetOf(output), Names)) is { } same)
        {
            throw new InvalidInputException(option, $"expected another file than {same}, which is read");
        }
    }

    /// <summary>Refuses a text in the place of a result.</summary>
    /// <param name="output">The file to write; null if none is.</param>
    /// <param name="option">The option that named it.</param>
    /// <exception cref="InvalidInputException">Its ending is that of results, images or journals.</exception>
    public static void RequireText(string? output, string option)
    {
        if (output is not null && Data.FirstOrDefault(ending => output.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) is { } ending)
        {
            throw new InvalidInputException(option, $"expected the name of a text file, got '{output}': {ending} holds results or images");
        }
    }
}
