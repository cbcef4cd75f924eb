using System.CommandLine;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved export</c>: writes the moments of a result file for programs that read tables.</summary>
internal static class ExportCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE.npz")
        {
            Description = "Result file of wellbehaved, of the author's package or of another program, or a folder of its arrays as .npy files",
        }.Taking(FileRole.Read);
        var csv = OptionFactory.OutputFile("--csv", "Table to write: a row for each simulation and place, a column for each moment");
        csv.Required = true;
        var command = new Command("export", "Writes the moments of a result file as CSV, for pandas, R and spreadsheets.") { file, csv };
        command.SetAction(parsed =>
        {
            var (path, output) = (parsed.GetRequiredValue(file), parsed.GetRequiredValue(csv)!);
            Outputs.RequireWritableText(output, csv.Name);
            Say(output, ResultInput.Read(path));
            return ExitStatus.Success;
        });
        return command;
    }

    /// <summary>Writes the table and prints its path, unless the output is a device such as standard output.</summary>
    /// <param name="output">The table to write.</param>
    /// <param name="file">The moments.</param>
    /// <exception cref="InvalidInputException">The table cannot be written, or the file has no moments.</exception>
    public static void Say(string output, ResultFile file)
    {
        if (file.Simulations == 0)
        {
            throw new InvalidInputException("FILE.npz", "expected moments of at least one simulation, such as 'chi' or 'chi_loc4', found none");
        }

        Write(output, file);
    }

    /// <summary>Writes the table, which has no rows for a file without simulations, and says so.</summary>
    public static void Write(string output, ResultFile file)
    {
        MomentCsv.Write(output, file);
        if (!OutputDevice.Is(output))
        {
            Console.WriteLine(ForeignText.OnOneLine($"moments: written to {output}"));
        }
    }
}
