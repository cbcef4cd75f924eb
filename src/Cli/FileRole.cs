namespace Wellbehaved.Cli;

/// <summary>What a command does with the file that an option or an argument names.</summary>
internal enum FileRole
{
    /// <summary>It reads the file, or the arrays of a folder.</summary>
    Read,

    /// <summary>It reads the file of a network; the name of a recipe is no file.</summary>
    ReadNetwork,

    /// <summary>It reads the files of a folder and of the folders in it.</summary>
    ReadFolder,

    /// <summary>It reads the images of a file, of FILE.npz:NAME, or of a data set that has a name.</summary>
    ReadImages,

    /// <summary>It starts a program, whose command line may name files.</summary>
    Start,

    /// <summary>It writes text, a figure or a model.</summary>
    Write,

    /// <summary>It writes a result, beside which a journal and a lock lie meanwhile.</summary>
    WriteResult,

    /// <summary>It writes a report into a folder.</summary>
    WriteReport,
}
