using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>A result file, or a folder of its arrays, that a command reads.</summary>
internal static class ResultInput
{
    /// <summary>Longest name of a network that stands in each row of a table.</summary>
    private const int MostNameLetters = 40;

    /// <summary>Reads the file and says what it lacks, and what a later run has not yet put into it.</summary>
    /// <exception cref="InvalidInputException">The file is missing or damaged, or holds no simulation.</exception>
    public static ResultFile Read(string path)
    {
        var file = ResultFile.Read(path);
        if (file.Simulations == 0 && file.Names.Count > 0)
        {
            throw new InvalidInputException(path, "expected at least one simulation, found none");
        }

        if (file.WhatIsMissing is { } missing)
        {
            Console.Error.WriteLine(ForeignText.OnOneLine($"note: {path} {missing}"));
        }

        if (NewerJournal(path) is { } journal)
        {
            Console.Error.WriteLine(
                $"note: {journal} is newer than {path}: what a later run finished is not in the file (run --resume goes on with it, merge reads it)"
            );
        }

        return file;
    }

    /// <summary>Reads the file for whoever draws it, and says which of its numbers cannot be true.</summary>
    /// <exception cref="InvalidInputException">The file is missing or damaged, or holds no simulation.</exception>
    public static ResultFile ReadToDraw(string path)
    {
        var file = Read(path);
        foreach (var finding in MomentContradictions.Find(file).Findings)
        {
            Console.Error.WriteLine(ForeignText.OnOneLine($"note: {path}: {finding}"));
        }

        return file;
    }

    /// <summary>What reports call the network of a file: as the file does, or as the file itself is called.</summary>
    public static string NameOf(string path, ResultFile file)
    {
        var name = ForeignText.OnOneLine(
            file.NetworkName is { } told && !string.IsNullOrWhiteSpace(told) ? told : Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path))
        );
        return name.Length <= MostNameLetters ? name : $"{name[..MostNameLetters]}…";
    }

    private static string? NewerJournal(string path)
    {
        var journal = Journal.PathOf(Path.TrimEndingDirectorySeparator(path));
        return File.Exists(journal) && File.GetLastWriteTimeUtc(journal) > File.GetLastWriteTimeUtc(path) ? journal : null;
    }
}
