namespace Wellbehaved.Cli;

/// <summary>The result file that a command is to write.</summary>
internal static class ResultOutput
{
    /// <summary>Fails before the work if the file could not be written after it.</summary>
    /// <exception cref="InvalidInputException">The name has another ending, or the folder cannot be written to.</exception>
    public static void EnsureWritable(string output)
    {
        if (!output.EndsWith(".npz", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidInputException("--out", $"expected a file name that ends in .npz, got '{output}'");
        }

        if (OutputDevice.Is(output))
        {
            throw new InvalidInputException("--out", $"expected a file, found a device or a pipe at '{output}'");
        }

        AtomicFile.EnsureWritable(output, "--out");
    }
}
