namespace Wellbehaved.Cli;

/// <summary>Refuses, before any work is done, texts and figures that could not be written, or that would destroy results.</summary>
/// <remarks><see cref="FileRoles"/> refuses what would destroy an input.</remarks>
internal static class Outputs
{
    /// <summary>Endings of files that hold results, images, journals or models.</summary>
    private static readonly string[] Data = [".npz", ".npy", ".journal", ".onnx", ".onnx_data"];

    /// <summary>Refuses, before the work, a text file or a figure that could not be written, or that would destroy data.</summary>
    /// <param name="output">The file to write; null if none is.</param>
    /// <param name="option">The option that named it.</param>
    /// <exception cref="InvalidInputException">It cannot be written, or has the ending of results, images, journals or models.</exception>
    public static void RequireWritableText(string? output, string option)
    {
        RequireText(output, option);
        if (output is not null)
        {
            AtomicFile.EnsureWritable(output, option);
        }
    }

    /// <summary>Refuses to write text to a file whose name, or the name of the file that it links to, has the ending of results, images, journals or models.</summary>
    /// <param name="output">The file to write; null if none is.</param>
    /// <param name="option">The option that named it.</param>
    /// <exception cref="InvalidInputException">Its ending is that of results, images, journals or models.</exception>
    public static void RequireText(string? output, string option)
    {
        if (output is null)
        {
            return;
        }

        foreach (var path in new[] { output, AtomicFile.TargetOf(output) })
        {
            if (Array.Find(Data, ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) is { } found)
            {
                var link = path == output ? string.Empty : $", which links to {path}";
                throw new InvalidInputException(option, $"expected the name of a text file, got '{output}'{link}: {found} holds results, images or models");
            }
        }
    }
}
