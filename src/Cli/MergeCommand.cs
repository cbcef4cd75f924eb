using System.CommandLine;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved merge</c>: joins the shares of an experiment into the file that a single run would have written.</summary>
internal static class MergeCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE.npz")
        {
            Description = "Result files of shares, in any order; also .journal files of runs that ended too early",
            Arity = ArgumentArity.OneOrMore,
        }.Taking(FileRole.Read);

        // Unlike run, merge opens no journal beside its output, and may read the one that is there.
        var output = new Option<string>("--out")
        {
            Description = "Result file to write, .npz",
            HelpName = "FILE.npz",
            Required = true,
        }.Taking(FileRole.Write);
        var allowMissing = new Option<bool>("--allow-missing") { Description = "Merge what there is; the file then says which simulations are missing" };
        var trust = new Option<bool>("--trust")
        {
            Description =
                "Join files that do not name their experiment, in the given order, without a check that they belong together; also folders " + "of .npy files",
        };
        var overwrite = new Option<bool>("--overwrite")
        {
            Description = "Replace the file, even if it holds another experiment or simulations that are not merged",
        };
        var command = new Command("merge", "Joins result files of shares to the same bits that a single run writes.")
        {
            files,
            output,
            allowMissing,
            trust,
            overwrite,
        };
        command.SetAction(parsed =>
        {
            var paths = parsed.GetRequiredValue(files);
            var path = parsed.GetRequiredValue(output);
            ResultOutput.EnsureWritable(path);
            path = AtomicFile.ReplacedAt(path);

            // A run that writes this file would replace what is merged, and what is merged its file.
            using var held = OutputLock.Take(path);
            var trusted = parsed.GetValue(trust);
            if (trusted && parsed.GetValue(allowMissing))
            {
                throw new InvalidInputException("--trust", "expected without --allow-missing: such files do not show which simulations are missing");
            }

            var (simulations, warnings) = trusted
                ? ResultConcatenation.Join(paths, path, parsed.GetValue(overwrite))
                : ResultMerge.Merge(paths, path, parsed.GetValue(allowMissing), parsed.GetValue(overwrite));
            foreach (var warning in warnings)
            {
                Console.Error.WriteLine(ForeignText.OnOneLine($"{(trusted ? "note" : "warning")}: {warning}"));
            }

            Console.WriteLine(ForeignText.OnOneLine($"{Counted.Spell(simulations, "simulation")} of {Counted.Spell(paths.Length, "file")} written to {path}"));
            return ExitStatus.Success;
        });
        return command;
    }
}
