using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Wellbehaved.Figures;
using Wellbehaved.Networks;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved network</c>: lists recipes, prints one as a starting point, checks a network and shows its layers.</summary>
internal static class NetworkCommand
{
    private const string DepthName = "--total-depth";
    private const string ChannelsName = "--num-channels";
    private const string BatchName = "--batch-size";

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var name = new Argument<string?>("NAME|FILE")
        {
            Description = "A recipe, or the JSON file of a network (docs/networks.md); without one, the recipes are listed",
            HelpName = "NAME|FILE",
            Arity = ArgumentArity.ZeroOrOne,
        }.Taking(FileRole.ReadNetwork);
        name.CompletionSources.Add([.. NetworkSource.RecipeNames]);
        var channels = OptionalNumber(ChannelsName, "Channels, where the network leaves them open as \"N\"", Limits.Channels);
        var depth = OptionalNumber(DepthName, "Repetitions, where the network leaves them open as \"L\"", Limits.Layers);
        var input = ShapeOption.Create();
        var batchSize = OptionalNumber(BatchName, "Images of the batch that memory is counted for; 1 if left out", 1 << 30);
        var print = new Option<bool>("--print") { Description = "Print the JSON form, with the sizes put in; a recipe alone is printed as it is" };
        var table = new Option<bool>("--table")
        {
            Description = "Show layers, shapes, parameters, multiply-adds, places and memory; the default for a file, and for a recipe with sizes",
        };
        var json = OptionFactory.OutputFile("--json", "Also write the table to this file, as JSON");
        var output = new Option<string?>("--out")
        {
            Description = $"Draw the layers into this file; the ending says the format: {string.Join(", ", FigureRenderer.Endings)}",
            HelpName = "FILE",
        }.Taking(FileRole.Write);
        var onnx = new Option<string?>("--onnx")
        {
            Description = "Write one mapping of the network, its parameters drawn, to this ONNX file",
            HelpName = "FILE.onnx",
        }.Taking(FileRole.Write);
        var seed = OptionFactory.Number("--seed", "Seed of the parameters of --onnx", 0UL, "a whole number of at least 0");
        var command = new Command(
            "network",
            "Lists recipes of networks, prints one to start from, checks a network and shows its layers, shapes, parameters and places, draws it, "
                + "or writes it as an ONNX file."
        )
        {
            name,
            channels,
            depth,
            input,
            batchSize,
            print,
            table,
            json,
            output,
            onnx,
            seed,
        };
        command.SetAction(parsed =>
        {
            var sizes = new NetworkSizes(parsed.GetValue(input), parsed.GetValue(channels), parsed.GetValue(depth));
            var wanted = new Wanted(
                parsed.GetValue(print),
                parsed.GetValue(table),
                parsed.GetValue(batchSize),
                parsed.GetValue(json),
                parsed.GetValue(output),
                parsed.GetValue(onnx)
            );
            if (wanted.Onnx is null && parsed.GetResult(seed) is { Implicit: false })
            {
                throw new InvalidInputException(seed.Name, "expected with --onnx, whose parameters are drawn");
            }

            if (parsed.GetValue(name) is { } given)
            {
                Show(NetworkSource.Open(given), sizes, wanted, parsed.GetValue(seed));
            }
            else if (sizes.IsEmpty && wanted == new Wanted(false, false, null, null, null, null))
            {
                List(Screen.Output());
            }
            else
            {
                throw new InvalidInputException("NAME|FILE", "expected a recipe or a file with these options");
            }

            return ExitStatus.Success;
        });
        return command;
    }

    private static void Show(NetworkSource source, NetworkSizes sizes, Wanted wanted, ulong seed)
    {
        if (wanted.Print && (wanted.Table || wanted.Json is not null || wanted.BatchSize is not null))
        {
            throw new InvalidInputException("--print", "expected without --table, --batch-size and --json, which are for the table");
        }

        RequireOutputs(wanted);
        if (wanted.Out is { } picture)
        {
            Draw(source, sizes, picture);
        }

        if (wanted.Onnx is { } path)
        {
            Export(source, sizes, path, seed);
        }

        if ((wanted.Out ?? wanted.Onnx) is not null && wanted is { Print: false, Table: false, Json: null, BatchSize: null })
        {
            return;
        }

        // A recipe without sizes is printed as a starting point; with sizes, the user wants to know the network that they give.
        if (source.IsRecipe && sizes.IsEmpty && wanted is { Table: false, Json: null, BatchSize: null })
        {
            Console.Write(source.Text);
            return;
        }

        var network = source.With(sizes);
        if (wanted.Print)
        {
            Console.Write(NetworkText.Write(network));
            return;
        }

        var summary = new NetworkSummary(network, wanted.BatchSize ?? 1);
        if (wanted.Json is not null)
        {
            AtomicFile.WriteText(wanted.Json, summary.ToJson());
        }

        NetworkTable.Print(summary, Screen.Output());
    }

    /// <summary>Refuses what cannot be written before anything is.</summary>
    private static void RequireOutputs(Wanted wanted)
    {
        if (wanted.Out is { } picture)
        {
            if (!FigureRenderer.Endings.Contains(EndingOf(picture)))
            {
                throw new InvalidInputException("--out", $"expected a file name that ends in {string.Join(", ", FigureRenderer.Endings)}, got '{picture}'");
            }

            Outputs.RequireWritableText(picture, "--out");
        }

        if (wanted.Onnx is { } model)
        {
            if (!model.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidInputException("--onnx", $"expected a file name that ends in .onnx, got '{model}'");
            }

            AtomicFile.EnsureWritable(model, "--onnx");
            Outputs.RequireReplaceableModel(model, "--onnx");
        }

        Outputs.RequireWritableText(wanted.Json, "--json");
    }

    private static string EndingOf(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static void Draw(NetworkSource source, NetworkSizes sizes, string path)
    {
        var network = source.With(sizes);
        if (NetworkDrawing.WhyNot(network) is { } reason)
        {
            throw new InvalidInputException("--out", reason);
        }

        AtomicFile.Write(path, stream => stream.Write(FigureRenderer.Draw(new NetworkDrawing(network), EndingOf(path))));
        Console.WriteLine(ForeignText.OnOneLine($"{network.Name}: drawn in {path}"));
    }

    /// <summary>A method of its own, so that showing a network does not load the code that writes ONNX files.</summary>
    private static void Export(NetworkSource source, NetworkSizes sizes, string path, ulong seed)
    {
        var network = source.With(sizes);
        try
        {
            AtomicFile.Write(path, stream => Wellbehaved.Onnx.OnnxExport.Write(network, stream, seed));
        }
        catch (InvalidInputException unsaid) when (unsaid.Subject != path && unsaid.Subject != "--onnx")
        {
            throw new InvalidInputException(source.Name, unsaid.Message, unsaid);
        }

        Console.WriteLine(ForeignText.OnOneLine($"{network.Name}: one mapping, seed {seed}, written to {path}"));
    }

    private static void List(Screen screen)
    {
        var width = NetworkSource.RecipeNames.Max(name => name.Length) + 2;
        foreach (var name in NetworkSource.RecipeNames)
        {
            screen.Sentence($"{name.PadRight(width)}{NetworkSource.Recipe(name).Template.Description}", width);
        }

        screen.Sentence();
        screen.Sentence("wellbehaved network NAME prints one to start from, wellbehaved network FILE checks a network of your own and shows its layers.");
    }

    private static Option<int?> OptionalNumber(string name, string description, int most) =>
        new(name)
        {
            Description = description,
            HelpName = "number",
            CustomParser = result => Parse(result, name, most),
        };

    private static int? Parse(ArgumentResult result, string name, int most)
    {
        var word = result.Tokens[0].Value;
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= most)
        {
            return value;
        }

        result.AddError($"{name}: expected a whole number from 1 to {most.ToString(CultureInfo.InvariantCulture)}, got '{word}'");
        return null;
    }

    /// <summary>What the command is to show or write.</summary>
    /// <param name="Print">Whether to print the JSON form.</param>
    /// <param name="Table">Whether to print the table, also for a recipe without sizes.</param>
    /// <param name="BatchSize">Images in a batch; null where the option was not given.</param>
    /// <param name="Json">File for the table; null for none.</param>
    /// <param name="Out">File for a picture of the layers; null for none.</param>
    /// <param name="Onnx">ONNX file to write; null for none.</param>
    private sealed record Wanted(bool Print, bool Table, int? BatchSize, string? Json, string? Out, string? Onnx);
}
