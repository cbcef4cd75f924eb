namespace Wellbehaved.Cli;

/// <summary>Refuses, before any work is done, texts, figures and models that could not be written, or that would destroy what is not ours to replace.</summary>
/// <remarks><see cref="FileRoles"/> refuses what would destroy an input.</remarks>
internal static class Outputs
{
    /// <summary>Endings of files that hold results, images, journals or models.</summary>
    private static readonly string[] Data = [".npz", ".npy", ".journal", ".onnx"];

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
            RequireReplaceableText(output, option);
        }
    }

    /// <summary>Refuses to replace data by a text or a figure: a file that is there must be a text or a figure itself, whatever its name says.</summary>
    /// <param name="output">The file to write.</param>
    /// <param name="option">The option that named it.</param>
    /// <exception cref="InvalidInputException">There is a file that is neither.</exception>
    public static void RequireReplaceableText(string output, string option)
    {
        if (IsThere(output) && !ReplacedContent.IsTextOrFigure(output))
        {
            throw new InvalidInputException(
                option,
                $"expected no file at '{output}', or a text or a figure, found data, which stays as it is; remove it, or give another name"
            );
        }
    }

    /// <summary>Refuses to replace a model that this program did not write: somebody may have trained it.</summary>
    /// <param name="output">The file to write.</param>
    /// <param name="option">The option that named it.</param>
    /// <exception cref="InvalidInputException">There is a file that this program did not write.</exception>
    public static void RequireReplaceableModel(string output, string option)
    {
        if (IsThere(output) && !Wellbehaved.Onnx.OnnxExport.IsOurs(output))
        {
            throw new InvalidInputException(
                option,
                $"expected no file at '{output}', or a model that wellbehaved wrote, found another one, which stays as it is; "
                    + "remove it, or give another name"
            );
        }
    }

    /// <summary>Whether there is something to lose: an empty file and a device lose nothing.</summary>
    private static bool IsThere(string output) => !OutputDevice.Is(output) && AtomicFile.HoldsSomething(output);

    /// <summary>
    /// Refuses to write text to a file whose name, or the name of the file that it links to, has the ending of results, images, journals or models.
    /// </summary>
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
