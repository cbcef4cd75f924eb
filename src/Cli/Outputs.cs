namespace Wellbehaved.Cli;

/// <summary>Refuses, before any work is done, outputs that would destroy the input of a command or results.</summary>
internal static class Outputs
{
    /// <summary>Endings of files that hold results or images.</summary>
    private static readonly string[] Data = [".npz", ".npy", ".journal"];

    /// <summary>How file names are compared: some systems ignore the case of letters.</summary>
    private static readonly StringComparison Names =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Refuses, before the work, a text file that could not be written, or that would destroy an input or a result.</summary>
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

    /// <summary>Refuses an output that is one of the inputs, also under another name.</summary>
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

    /// <summary>Refuses to write text to a file whose name has the ending of results, images or journals.</summary>
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
