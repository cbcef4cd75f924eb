namespace Wellbehaved.Files;

/// <summary>A folder of <c>.npy</c> files, in which the paper's author first kept his results: one <c>numpy.save</c> for each array, under its name.</summary>
internal sealed class ArrayFolder : IArrayCollection
{
    private const string Extension = ".npy";
    private readonly string _folder;
    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);

    private ArrayFolder(string folder)
    {
        _folder = folder;
        foreach (var file in Directory.EnumerateFiles(folder, "*" + Extension))
        {
            _files[Path.GetFileNameWithoutExtension(file)] = file;

            // Of a link the system gives the length of its path.
            StoredBytes += new FileInfo(AtomicFile.TargetOf(file)).Length;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => _files.Keys;

    /// <inheritdoc/>
    public long StoredBytes { get; }

    /// <summary>Lists the arrays of a folder, without its subfolders.</summary>
    /// <exception cref="InvalidInputException">The folder cannot be listed, or holds no array.</exception>
    public static ArrayFolder Open(string folder)
    {
        try
        {
            var arrays = new ArrayFolder(folder);
            return arrays._files.Count > 0
                ? arrays
                : throw new InvalidInputException(folder, "expected a result file, or a folder of its arrays as .npy files, found a folder without one");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(folder, $"expected a readable folder ({exception.Message})", exception);
        }
    }

    /// <inheritdoc/>
    public bool Contains(string name) => _files.ContainsKey(name);

    /// <inheritdoc/>
    public NpyHeader Describe(string name) => Opened(name, (stream, path) => NpyFormat.ReadHeader(stream, stream.Length, path));

    /// <inheritdoc/>
    public NpyArray Read(string name) => Opened(name, (stream, path) => NpyFormat.Read(stream, stream.Length, path));

    /// <inheritdoc/>
    public void Dispose() { }

    private T Opened<T>(string name, Func<FileStream, string, T> read)
    {
        var path = _files.TryGetValue(name, out var found) ? found : throw new InvalidInputException(_folder, $"expected an array '{name}{Extension}'");
        using var stream = RegularFile.Open(path);
        try
        {
            return read(stream, path);
        }
        catch (IOException exception)
        {
            throw new InvalidInputException(path, $"expected a readable file ({exception.Message})", exception);
        }
    }
}
