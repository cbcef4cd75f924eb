using System.CommandLine;
using System.Globalization;
using Wellbehaved.Figures;
using Wellbehaved.Training;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved train</c>: trains random networks, and writes the results of training together with the moments at initialisation.</summary>
internal static class TrainCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var network = new NetworkOptions(NetworkOptions.Source.Training);
        var numSims = OptionFactory.RequiredNumber<int>("--num-sims", "Number of mappings, each trained from its own initialisation at every learning rate");
        var steps = OptionFactory.RequiredNumber<int>("--steps", "Steps of the optimiser, at most");
        var rates = new Option<string>("--learning-rates")
        {
            Description = "Learning rates to try on each mapping; the best is the one with the smallest training loss",
            HelpName = "list",
            DefaultValueFactory = _ => "0.0003,0.001,0.003",
        };
        var optimiser = OptionFactory.Choice("--optimiser", "Optimiser: Adam, or stochastic gradient descent with momentum 0.9", "adam", "sgd");
        var target = OptionFactory.OptionalNumber<double>(
            "--target-loss",
            "Stop once the mean loss of a pass over the training images is at most this",
            "a number"
        );
        var trainImages = OptionFactory.OptionalNumber<int>("--train-images", "Images to train on, the first ones of the data set; all if not given");
        var corruptions = new Option<string>("--corruptions")
        {
            Description = "Standard deviations of the noise on test images, in that of the pixels",
            HelpName = "list",
            DefaultValueFactory = _ => "0,0.25,0.5,1,2",
        };
        var output = new Option<string>("--out") { Description = "Result file, .npz", Required = true }.Taking(FileRole.WriteResult);
        var figure = new Option<string?>("--figure")
        {
            Description = $"Figure to write as well; the ending says the format: {string.Join(", ", FigureRenderer.Endings)}",
            HelpName = "FILE",
        }.Taking(FileRole.Write);
        var resume = new Option<bool>("--resume")
        {
            Description = "Resume an earlier call with the same options; finished training runs are kept in FILE.npz.journal until the result is written",
        };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace what another call left in the file or, without --resume, in its journal" };
        var threads = ThreadOption.Create();
        var command = new Command("train", "Trains random networks on labelled images, mapping by mapping, and tests them on corrupted ones.");
        network.AddTo(command);
        foreach (var option in new Option[] { numSims, steps, rates, optimiser, target, trainImages, corruptions, output, figure, resume, overwrite, threads })
        {
            command.Options.Add(option);
        }

        command.SetAction(
            (parsed, cancellation) =>
                Task.Run(() =>
                {
                    var path = parsed.GetRequiredValue(output);
                    var drawn = parsed.GetValue(figure);
                    if (drawn is not null)
                    {
                        RequireFigure(drawn);
                    }

                    ThreadOption.Require(parsed.GetValue(threads));

                    ResultOutput.EnsureWritable(path);
                    var plan = TrainingPlan.Prepare(
                        new TrainingOptions
                        {
                            Experiment = network.Read(parsed, parsed.GetValue(numSims)),
                            Steps = parsed.GetValue(steps),
                            LearningRates = Numbers(rates.Name, parsed.GetRequiredValue(rates)),
                            Optimiser = parsed.GetRequiredValue(optimiser) == "sgd" ? OptimiserKind.Sgd : OptimiserKind.Adam,
                            TargetLoss = parsed.GetResult(target) is null ? null : parsed.GetValue(target),
                            TrainImages = parsed.GetResult(trainImages) is null ? null : parsed.GetValue(trainImages),
                            Corruptions = Numbers(corruptions.Name, parsed.GetRequiredValue(corruptions)),
                        }
                    );
                    return Train(plan, path, drawn, parsed.GetValue(resume), parsed.GetValue(overwrite), parsed.GetValue(threads), cancellation);
                })
        );
        return command;
    }

    private static int Train(TrainingPlan plan, string output, string? figure, bool resume, bool overwrite, int threads, CancellationToken cancellation)
    {
        output = AtomicFile.ReplacedAt(output);
        if (IsThere(plan, output, resume, overwrite) && resume && !File.Exists(Journal.PathOf(output)))
        {
            SayComplete(output);
        }
        else
        {
            Compute(plan, output, resume, overwrite, threads, cancellation);
        }

        if (figure is not null)
        {
            var drawn = TrainingFigure.Draw(ResultFile.Read(output), TrainingResult.Read(output));
            AtomicFile.Write(figure, stream => stream.Write(FigureRenderer.Draw(drawn, Path.GetExtension(figure).ToLowerInvariant())));
            Console.WriteLine(ForeignText.OnOneLine($"{Figures.Markup.Plain(drawn.Title)}: written to {figure}"));
        }

        return ExitStatus.Success;
    }

    private static void SayComplete(string output) => Console.WriteLine(ForeignText.OnOneLine($"{output} is complete"));

    /// <summary>Whether the complete result exists already. Before the work, an exception is thrown for a file that may not be replaced.</summary>
    private static bool IsThere(TrainingPlan plan, string output, bool resume, bool overwrite)
    {
        if (!AtomicFile.HoldsSomething(output))
        {
            return false;
        }

        string? difference;
        try
        {
            difference = TrainingFile.DifferenceFrom(output, plan);
        }
        catch (InvalidInputException exception)
        {
            difference = $"another file ({exception.Message})";
        }

        return difference is null ? true
            : overwrite ? false
            : throw new InvalidInputException(
                resume ? "--resume" : "--out",
                $"expected {(resume ? "" : "no file, or ")}the result of the same training in {output}, found {difference}; --overwrite replaces it"
            );
    }

    private static void Compute(TrainingPlan plan, string output, bool resume, bool overwrite, int threads, CancellationToken cancellation)
    {
        using var journal = TrainingJournal.Open(output, plan, resume, overwrite);

        // A call that wrote this file may have ended while this one waited for it.
        if (IsThere(plan, output, resume, overwrite) && resume)
        {
            // A call that was started anew without need, and interrupted, may have left a journal beside the whole result.
            journal.Complete();
            SayComplete(output);
            return;
        }

        if (journal.Damaged > 0)
        {
            Console.Error.WriteLine(
                $"note: {Counted.Spell(journal.Damaged, "incomplete or damaged record")} "
                    + $"of the earlier call {(journal.Damaged == 1 ? "is" : "are")} computed again"
            );
        }

        var pending = plan.Runs - journal.Finished.Count;
        if (journal.Finished.Count > 0)
        {
            Console.Error.WriteLine($"note: going on with {Counted.Spell(journal.Finished.Count, "finished training run")}, {pending} to do");
        }

        var name = plan.Options.Experiment.Name;
        try
        {
            // These are the moments of the same mappings before training, as the run command computes them with the same options.
            var initial = new Experiment(plan.Options.Experiment, plan.Images, threads, Shard.Whole).Run(cancellation: cancellation);
            var outcomes = ProgressDisplay.Show(
                ForeignText.OnOneLine(name),
                Math.Max(1, (long)pending * plan.Options.Steps),
                stepTaken => TrainingCampaign.Run(plan, threads, stepTaken, journal, cancellation)
            );
            var result = TrainingResult.Summarise(plan, outcomes);
            foreach (var warning in TrainingFile.Write(output, plan, initial, result))
            {
                Console.Error.WriteLine(ForeignText.OnOneLine($"warning: {warning}"));
            }

            journal.Complete();
            TrainingTable.Print(name, result);
            Console.WriteLine(
                ForeignText.OnOneLine(
                    $"{Counted.Spell(outcomes.Length, "mapping")} of {name} at "
                        + $"{Counted.Spell(plan.Options.LearningRates.Count, "learning rate")} written to {output}"
                )
            );
        }
        catch (OperationCanceledException) when (journal.Count > 0)
        {
            Console.Error.WriteLine(
                ForeignText.OnOneLine(
                    $"note: {Counted.Spell(journal.Count, plan.Runs, "training run")} {(journal.Count == 1 ? "is" : "are")} kept in "
                        + $"{Journal.PathOf(output)}; --resume goes on with them"
                )
            );
            throw;
        }
    }

    private static void RequireFigure(string path)
    {
        if (!FigureRenderer.Endings.Contains(Path.GetExtension(path).ToLowerInvariant()))
        {
            throw new InvalidInputException("--figure", $"expected a file name that ends in {string.Join(", ", FigureRenderer.Endings)}, got '{path}'");
        }

        Outputs.RequireWritableText(path, "--figure");
    }

    private static double[] Numbers(string option, string text)
    {
        var words = text.Split(',');
        var numbers = new double[words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            if (!double.TryParse(words[i], NumberStyles.Float & ~NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out numbers[i]))
            {
                throw new InvalidInputException(option, $"expected numbers with commas between them, such as 0.001,0.003, got '{text}'");
            }
        }

        return numbers;
    }
}
