namespace Wellbehaved.Experiments;

/// <summary>
/// Keeps two processes from working on the same result file. The operating system releases the lock when the process ends, even if it crashes.
/// </summary>
/// <remarks>
/// The lock is on a file of its own, so that others can still read the journal. Two processes can both get the lock where a file system has no locks, or if one
/// process removes the lock file at the moment when another opens it. Then both compute the same bits, and the journal's checksums reveal damaged records.
/// </remarks>
internal sealed class OutputLock : IDisposable
{
    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _stream;

    private OutputLock(FileStream stream) => _stream = stream;

    /// <summary>Takes the lock of a result file.</summary>
    /// <param name="output">The result file.</param>
    /// <returns>The lock; dispose of it when the file is complete.</returns>
    /// <exception cref="InvalidInputException">Another process holds it, a file that is no lock has its name, or the folder cannot be written to.</exception>
    public static OutputLock Take(string output)
    {
        for (var attempt = 1; ; attempt++)
        {
            OwnFiles.RequireLock(PathOf(output));
            try
            {
                return new OutputLock(
                    new FileStream(PathOf(output), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose)
                );
            }
            catch (IOException) when (attempt < Attempts)
            {
                // A process that only asks whether the lock is held holds it for a moment, so the attempt is repeated.
                Thread.Sleep(Pause);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw IsHeld(output)
                    ? new InvalidInputException(output, "expected a file that no other process is working on", exception)
                    : new InvalidInputException(output, $"expected a folder that can be written to ({exception.Message})", exception);
            }
        }
    }

    /// <summary>Whether a process is working on a result file.</summary>
    /// <param name="output">The result file.</param>
    /// <returns>True if so.</returns>
    public static bool IsHeld(string output)
    {
        var path = PathOf(output);
        try
        {
            using var probe = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return false;
        }
        catch (IOException)
        {
            return File.Exists(path);
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    /// <summary>Name of the lock of a result file: beside the file that is replaced, whichever of its names is given.</summary>
    internal static string PathOf(string output) => AtomicFile.ReplacedAt(output) + ".lock";
}
