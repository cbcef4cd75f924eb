using System.Collections.Concurrent;

namespace Wellbehaved.Files;

/// <summary>The temporary files that this process is writing, so that they are removed if it is ended in the middle of one.</summary>
internal static class UnfinishedFiles
{
    private static readonly ConcurrentDictionary<string, bool> Paths = new();

    /// <summary>Begins a file.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>Disposed of when the file is finished: it is removed if it is still there.</returns>
    public static IDisposable Begin(string path)
    {
        Paths[path] = true;
        return new Unfinished(path);
    }

    /// <summary>Removes all of them. It is for the moment in which the process ends: their writers would fail.</summary>
    public static void RemoveAll()
    {
        foreach (var path in Paths.Keys)
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The process ends; nobody is there to hear of it.
            }
        }
    }

    private sealed class Unfinished(string path) : IDisposable
    {
        public void Dispose()
        {
            Paths.TryRemove(path, out _);
            if (File.Exists(path))
            {
                File.Delete(path);
            }
        }
    }
}
