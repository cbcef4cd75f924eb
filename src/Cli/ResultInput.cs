using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary>A result file that a command reads.</summary>
internal static class ResultInput
{
    /// <summary>Reads the file and says what it lacks.</summary>
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

        return file;
    }
}
