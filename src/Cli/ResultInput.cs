using Wellbehaved.Audit;
using Wellbehaved.Training;

namespace Wellbehaved.Cli;

/// <summary>A result file, or a folder of its arrays, that a command reads.</summary>
internal static class ResultInput
{
    /// <summary>The greatest length of a network's name in the rows of a table.</summary>
    private const int MostNameLetters = 40;

    /// <summary>Reads the file. Notes say what it lacks, and whether the journal of a later run holds more.</summary>
    /// <exception cref="InvalidInputException">The file is missing or damaged, or holds no simulation.</exception>
    public static ResultFile Read(string path)
    {
        RequireFinished(path);
        var file = ResultFile.Read(path);

        // Of a result of training every command checks the outcomes as well, whether it shows them or not.
        if (TrainingResult.IsIn(path))
        {
            _ = TrainingResult.Read(path);
        }

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
                $"note: {journal} is newer than {path}: it has simulations of a later run that are not in the file (run --resume continues it, merge reads it)"
            );
        }

        return file;
    }

    /// <summary>Refuses a file that is missing because its run is not finished.</summary>
    /// <exception cref="InvalidInputException">There is only a journal.</exception>
    public static void RequireFinished(string path)
    {
        if (!Path.Exists(path) && File.Exists(Journal.PathOf(path)))
        {
            throw new InvalidInputException(
                path,
                $"expected a result file, found only the journal of a run that is not finished, {Journal.PathOf(path)} "
                    + "(run --resume continues it, merge reads it)"
            );
        }
    }

    /// <summary>Reads the file to draw it. Notes name the numbers in it that cannot be true.</summary>
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

    /// <summary>The name of a file's network in reports: the one that the file states, or the name of the file.</summary>
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
