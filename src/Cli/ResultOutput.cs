namespace Wellbehaved.Cli;

/// <summary>The result file that a command will write.</summary>
internal static class ResultOutput
{
    /// <summary>Fails before the work if the file could not be written afterwards.</summary>
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

    /// <summary>The same check for a file that must not exist, nor its journal, which holds what another run has computed for that file.</summary>
    /// <exception cref="InvalidInputException">The file or its journal exists, or the file could not be written.</exception>
    public static void EnsureNew(string output)
    {
        EnsureWritable(output);
        foreach (var earlier in new[] { output, Journal.PathOf(output) }.Where(AtomicFile.HoldsSomething))
        {
            throw new InvalidInputException("--out", $"expected no file at {earlier}; run --overwrite replaces one");
        }
    }
}
