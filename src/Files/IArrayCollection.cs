namespace Wellbehaved.Files;

/// <summary>Named arrays: those of an archive, or the files of a folder.</summary>
internal interface IArrayCollection : IDisposable
{
    /// <summary>Names of the arrays, without extension.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Number of bytes that the arrays take where they are stored.</summary>
    long StoredBytes { get; }

    /// <summary>Whether there is an array of this name.</summary>
    bool Contains(string name);

    /// <summary>Reads the type and the shape of an array, but not its elements.</summary>
    /// <exception cref="InvalidInputException">There is no such array, or its header is damaged.</exception>
    NpyHeader Describe(string name);

    /// <summary>Reads an array.</summary>
    /// <exception cref="InvalidInputException">There is no such array, or it is damaged.</exception>
    NpyArray Read(string name);

    /// <summary>Opens an archive or a folder.</summary>
    /// <exception cref="InvalidInputException">The path does not exist, or is neither of these.</exception>
    static IArrayCollection Open(string path) => Directory.Exists(path) ? ArrayFolder.Open(path) : NpzArchive.Open(path);
}
