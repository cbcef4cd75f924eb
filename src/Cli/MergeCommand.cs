using System.CommandLine;
using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved merge</c>: joins the shares of an experiment to the file that one run would have written.</summary>
internal static class MergeCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE.npz") { Description = "Result files of shares, in any order; also .journal files of runs that ended too early", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out") { Description = "Result file to write, .npz", HelpName = "FILE.npz", Required = true };
        var allowMissing = new Option<bool>("--allow-missing") { Description = "Merge what there is; the file then says which simulations are missing" };
        var command = new Command("merge", "Joins result files of shares, bit for bit to what a single run writes.") { files, output, allowMissing };
        command.SetAction(parsed =>
        {
            var paths = parsed.GetRequiredValue(files);
            var path = parsed.GetRequiredValue(output);
            ResultOutput.EnsureWritable(path);
            var (simulations, warnings) = ResultMerge.Merge(paths, path, parsed.GetValue(allowMissing));
            foreach (var warning in warnings)
            {
                Console.Error.WriteLine(ForeignText.OnOneLine($"warning: {warning}"));
            }

            Console.WriteLine(ForeignText.OnOneLine($"{simulations} simulations of {paths.Length} files written to {path}"));
            return ExitStatus.Success;
        });
        return command;
    }
}
