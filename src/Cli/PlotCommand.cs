using System.CommandLine;
using Wellbehaved.Audit;
using Wellbehaved.Figures;
using Wellbehaved.Model;
using Wellbehaved.Training;
using Figure = Wellbehaved.Figures.Figure;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved plot</c>: draws result files, together with the predictions of theory.</summary>
internal static class PlotCommand
{
    /// <summary>The greatest number of points for which theory is drawn; with more, a layer takes seconds and a figure could take hours.</summary>
    private const int MostPointsOfTheory = 256;

    /// <summary>The greatest amount of work of theory, about half a minute: (the squared points + the constant cost of a layer) × the layers.</summary>
    private const long MostWorkOfTheory = 6_000_000;

    private const int WorkOfLayer = 1000;

    /// <summary>The greatest number of networks in one frame for which theory is drawn beside each; more leave no room.</summary>
    private const int MostWithTheory = 3;

    private const string Depth = "depth";

    private const string Width = "width";

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE.npz")
        {
            Description =
                "Result files of wellbehaved, of the author's package or of another program, "
                + "or folders of their arrays as .npy files; several of one architecture are "
                + "compared, several architectures are shown in one frame",
            Arity = ArgumentArity.OneOrMore,
        }.Taking(FileRole.Read);
        var output = new Option<string>("--out")
        {
            Description = $"Figure to write; the ending says the format: {string.Join(", ", FigureRenderer.Endings)}",
            HelpName = "FILE",
            Required = true,
        }.Taking(FileRole.Write);
        var figure = OptionFactory.Choice(
            "--figure",
            "Which figure: by depth (the paper's figures 3, 4 and 5), histograms over the simulations (figure 2; vanilla only), or the outcome of training",
            "auto",
            "depth",
            "histogram",
            "training"
        );
        const string Axis = "Quantity on the horizontal axis: depth, or the width of files that differ in nothing else";
        var against = OptionFactory.Choice("--against", Axis, Depth, Width);
        var architecture = new Option<string?>("--architecture")
        {
            Description = $"Architecture of files that do not say it: {string.Join(", ", Architecture.Names)}",
            HelpName = "word",
        };
        var channels = OptionFactory.Number("--num-channels", "Channels N of files that do not say it, for the exact density of W1; 0 if unknown", 0);
        var noTheory = new Option<bool>("--no-theory") { Description = "Do not compute and draw the theory of the same network" };
        var dataset = new Option<string?>("--dataset")
        {
            Description = "For theory, where a file was made with other images than embedded ones: the word or path that run was given",
            HelpName = "word",
        }.Taking(FileRole.ReadImages);
        var dataDir = new Option<string?>("--data-dir") { Description = "Folder of the files of that data set, as for run" }.Taking(FileRole.ReadFolder);
        var layout = NetworkOptions.CreateLayout();
        var command = new Command("plot", "Draws the moments of result files as in the paper's figures, theory as dashed lines.")
        {
            files,
            output,
            figure,
            against,
            architecture,
            channels,
            noTheory,
            dataset,
            dataDir,
            layout,
        };
        command.SetAction(
            (parsed, cancellation) =>
                Task.Run(() =>
                {
                    var path = parsed.GetRequiredValue(output);
                    var ending = Path.GetExtension(path).ToLowerInvariant();
                    if (!FigureRenderer.Endings.Contains(ending))
                    {
                        throw new InvalidInputException(
                            "--out",
                            $"expected a file name that ends in {string.Join(", ", FigureRenderer.Endings)}, got '{path}'"
                        );
                    }

                    Outputs.RequireWritableText(path, "--out");
                    var named = parsed.GetValue(architecture);
                    if (named is not null)
                    {
                        ExperimentOptions.RequireArchitecture(named);
                    }

                    var width = parsed.GetValue(channels);
                    if (width < 0)
                    {
                        throw new InvalidInputException("--num-channels", $"expected a whole number of at least 0, got {width}");
                    }

                    ExperimentOptions.RequireSizes(width == 0 ? null : width, null, null);
                    if (parsed.GetValue(dataset) is null && parsed.GetValue(dataDir) is { } needless)
                    {
                        throw new InvalidInputException(
                            dataDir.Name,
                            $"expected with {dataset.Name}, which names the data set in that folder, got '{needless}' alone"
                        );
                    }

                    var axes = NetworkOptions.LayoutOf(parsed.GetValue(layout));
                    if (parsed.GetValue(dataset) is null && parsed.GetResult(layout) is { Implicit: false })
                    {
                        throw new InvalidInputException(layout.Name, $"expected with {dataset.Name}, which names the images of those axes");
                    }

                    var given = parsed.GetValue(dataset) is { } name ? ImageSources.Open(name, parsed.GetValue(dataDir), axes) : null;

                    var byWidth = parsed.GetRequiredValue(against) == Width;
                    if (byWidth && parsed.GetRequiredValue(figure) is not ("auto" or "depth") and var other)
                    {
                        throw new InvalidInputException(figure.Name, $"expected without --against width, got {other}");
                    }

                    Array.ForEach(parsed.GetRequiredValue(files), ResultInput.RequireFinished);
                    var areTrained = !byWidth && AreOfTraining(parsed.GetRequiredValue(files), parsed.GetRequiredValue(figure));
                    (string Path, ResultFile File)[] read = [.. parsed.GetRequiredValue(files).Select(file => (file, ResultInput.ReadToDraw(file)))];
                    var isSilent = parsed.GetValue(noTheory);
                    var drawn =
                        areTrained ? ComposeOfTraining(read)
                        : byWidth ? WidthFigure.Draw(WidthSeries.Read(read))
                        : read.Any(one => one.File.Places is not null)
                            ? ComposeOfLayers(
                                read,
                                parsed.GetRequiredValue(figure),
                                named,
                                isSilent ? null : file => RecordedForecast.Predict(file, given, cancellation)
                            )
                        : Compose(
                            [.. read.Select(one => Read(one.Path, one.File, named, width))],
                            parsed.GetRequiredValue(figure),
                            isSilent ? null : recording => TheoryOf(recording, given, cancellation)
                        );
                    foreach (
                        var missing in drawn
                            .Panels.Where(panel => panel.Missing is not null)
                            .Select(panel => Markup.Plain($"{panel.Title}: {panel.Missing}"))
                            .Distinct()
                    )
                    {
                        Console.Error.WriteLine(ForeignText.OnOneLine($"note: {missing}"));
                    }

                    AtomicFile.Write(path, stream => stream.Write(FigureRenderer.Draw(drawn, ending)));
                    Console.WriteLine(ForeignText.OnOneLine($"{Markup.Plain(drawn.Title)}: written to {path}"));
                    return ExitStatus.Success;
                })
        );
        return command;
    }

    /// <summary>Whether the figure is of training: it is asked for, or all files have results of training.</summary>
    /// <exception cref="InvalidInputException">It is asked for, but a file has no results of training.</exception>
    private static bool AreOfTraining(string[] files, string figure)
    {
        if (figure is not ("auto" or "training"))
        {
            return false;
        }

        return files.FirstOrDefault(file => !TrainingResult.IsIn(file)) is not { } other ? true
            : figure == "auto" ? false
            : throw new InvalidInputException("--figure", $"expected results of train, but {other} is not one");
    }

    /// <summary>Draws one file of training by step and depth, or several files as a heat map.</summary>
    private static Figure ComposeOfTraining((string Path, ResultFile File)[] read)
    {
        var trained = read.Select(one => (one.File, Result: TrainingResult.Read(one.Path))).ToArray();
        return trained is [var alone] ? TrainingFigure.Draw(alone.File, alone.Result) : TrainingMap.Draw(trained);
    }

    /// <summary>Draws files that have a column for each place of any network, together with other files.</summary>
    private static Figure ComposeOfLayers(
        (string Path, ResultFile File)[] read,
        string figure,
        string? architecture,
        Func<ResultFile, RecordedForecast>? theory
    )
    {
        var first = read.First(one => one.File.Places is not null).Path;
        return figure == "histogram" ? throw new InvalidInputException("--figure", $"expected depth for {first}, which is of a network of layers")
            : architecture is not null
                ? throw new InvalidInputException("--architecture", $"expected without {first}, which has the places of a network of layers")
            : Draw(read, theory is null || read.Length > MostWithTheory ? [] : Predictions(read, theory));
    }

    private static Figure Draw((string Path, ResultFile File)[] read, Dictionary<int, RecordedForecast> theory) =>
        NetworkFigure.Draw(
            [.. read.Select(one => (NameOf(one.Path), one.File))],
            theory.ToDictionary(pair => pair.Key, pair => pair.Value.Prediction!),
            theory.Where(pair => pair.Value.Gradient is not null).ToDictionary(pair => pair.Key, pair => pair.Value.Gradient!)
        );

    /// <summary>Predictions for the networks that files describe, by the index of the file; where there is none, a note says why.</summary>
    private static Dictionary<int, RecordedForecast> Predictions((string Path, ResultFile File)[] read, Func<ResultFile, RecordedForecast> theory)
    {
        var predictions = new Dictionary<int, RecordedForecast>();
        foreach (var (i, (path, file)) in read.Index().Where(one => one.Item.File.Options is not null))
        {
            if (file.Options!.Network is null)
            {
                Console.Error.WriteLine($"note: no theory is drawn for {NameOf(path)} beside networks of layers; a figure of this file alone has it");
                continue;
            }

            var forecast = theory(file);
            if (forecast.Prediction is not null)
            {
                predictions[i] = forecast;
            }
            else
            {
                Console.Error.WriteLine(ForeignText.OnOneLine($"note: no theory is drawn for {NameOf(path)}: {forecast.Silence}"));
            }
        }

        return predictions;
    }

    private static string NameOf(string path) => ForeignText.OnOneLine(Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path)));

    private static Recording Read(string path, ResultFile file, string? architecture, int width)
    {
        var options = file.Options;
        var name =
            options?.Architecture
            ?? architecture
            ?? Recording.Guess(file)
            ?? throw new InvalidInputException("--architecture", $"expected with {path}, whose arrays do not show the architecture");
        return new Recording(
            NameOf(path),
            file,
            Architecture.Named(name, options?.ResDepth ?? file.ResidualDepth ?? 2),
            options?.NumChannels ?? (width > 0 ? width : null),
            null
        );
    }

    private static Figure Compose(Recording[] recordings, string figure, Func<Recording, Prediction?>? theory)
    {
        var architectures = recordings.Select(recording => recording.Architecture.Name).Distinct().ToArray();
        if (architectures.Length > 1)
        {
            if (architectures.Length < recordings.Length || figure == "histogram")
            {
                throw new InvalidInputException(
                    string.Join(", ", recordings.Select(recording => recording.Name)),
                    "expected files of one architecture, or one file of each"
                );
            }

            return SideBySideFigure.Draw(recordings);
        }

        var first = recordings[0];
        var isHistogram =
            figure == "histogram" || (figure == "auto" && recordings.Length == 1 && architectures[0] == "vanilla" && first.Log("chi", first.Last) is null);
        if (!isHistogram)
        {
            return DepthFigure.Draw([.. recordings.Select(recording => theory is null ? recording : recording with { Theory = theory(recording) })]);
        }

        return recordings.Length == 1 && architectures[0] == "vanilla"
            ? HistogramFigure.Draw(first)
            : throw new InvalidInputException("--figure", "expected histograms of a single file of vanilla only");
    }

    /// <summary>The prediction for the network of a recording; null, with a note, where the network is not known or a prediction would take too long.</summary>
    private static Prediction? TheoryOf(Recording recording, ImageSource? given, CancellationToken cancellation)
    {
        if (recording.File.Options is not { } options)
        {
            var leftOut = recording.File.Configuration is null ? "" : $" ('configuration' leaves out {string.Join(", ", recording.File.OptionsLeftOut)})";
            Console.Error.WriteLine(
                $"note: {recording.Name} does not describe its network{leftOut}, so only limits are drawn, and no prediction for this network"
            );
            return null;
        }

        try
        {
            if (RecordedImages.Find(recording.File, given, out var reason) is not { } images)
            {
                Console.Error.WriteLine($"note: no theory is drawn for {recording.Name}: {reason}");
                return null;
            }

            options.ValidateFor(images);
            long points = options.Settings(images).FeatureShape.Points;
            var layers = (long)options.TotalDepth * recording.Architecture.ConvolutionsPerUnit;
            if (points is > MostPointsOfTheory or < 2 || ((points * points) + WorkOfLayer) * layers > MostWorkOfTheory)
            {
                var cost =
                    points < 2
                        ? "since theory makes no prediction for a single point"
                        : $"since it would take long for {points} points in {layers} layers; wellbehaved predict computes it";
                Console.Error.WriteLine($"note: no theory is drawn for {recording.Name}, {cost}");
                return null;
            }

            return ProgressDisplay.Show("theory", options.TotalDepth, advance => Prediction.Predict(options, images, advance, cancellation));
        }
        catch (InvalidInputException exception)
        {
            Console.Error.WriteLine($"note: no theory is drawn for {recording.Name}: {exception.Message}");
            return null;
        }
    }
}
