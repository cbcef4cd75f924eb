using System.CommandLine;
using System.CommandLine.Parsing;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Cli;

/// <summary>The options that describe a network of layers, beside those that it shares with the paper's architectures.</summary>
internal sealed class DescribedNetworkOptions
{
    private readonly Option<string?> _network = new("--network") { Description = "A network of layers: a recipe that wellbehaved network lists, or a JSON file, instead of --architecture", HelpName = "NAME|FILE" };
    private readonly Option<Shape?> _input = ShapeOption.Create();
    private readonly Option<string> _noise = OptionFactory.Choice("--noise", "What the noise of a --network is: the derivative of the mapping, or of the statistics of batches too", "mapping", "full");
    private readonly Option<int> _points = OptionFactory.OptionalNumber<int>("--points", "Predict for this many points of the batch only");

    /// <summary>Adds the options to a command, of which either <c>--network</c> or the options of the architectures are required.</summary>
    /// <param name="command">The command.</param>
    /// <param name="required">Options that are required without <c>--network</c>.</param>
    public void AddTo(Command command, IReadOnlyList<Option> required)
    {
        _network.CompletionSources.Add([.. NetworkSource.RecipeNames]);
        foreach (var option in new Option[] { _network, _input, _noise, _points })
        {
            command.Options.Add(option);
        }

        foreach (var option in required)
        {
            option.Required = false;
        }

        command.Validators.Add(result =>
        {
            if (!IsGiven(result, _network) && required.FirstOrDefault(option => !IsGiven(result, option)) is { } missing)
            {
                result.AddError($"Option '{missing.Name}' is required.");
            }
        });
    }

    /// <summary>Whether a network of layers is asked about.</summary>
    public bool IsAsked(ParseResult parsed) => parsed.GetValue(_network) is not null;

    /// <summary>Refuses options that only networks of layers have.</summary>
    /// <exception cref="InvalidInputException">One is given.</exception>
    public void RequireNone(ParseResult parsed)
    {
        foreach (var option in new Option[] { _input, _noise })
        {
            if (parsed.GetResult(option) is { Implicit: false })
            {
                throw new InvalidInputException(option.Name, "expected with --network only");
            }
        }
    }

    /// <summary>The number of points; null where nothing was said.</summary>
    /// <exception cref="InvalidInputException">It is not positive.</exception>
    public int? Points(ParseResult parsed) => parsed.GetResult(_points) is not { Implicit: false } ? null
        : parsed.GetValue(_points) is > 0 and var points ? points
        : throw new InvalidInputException("--points", $"expected a positive number, got {parsed.GetValue(_points)}");

    /// <summary>What is asked, with the images of the batch.</summary>
    /// <param name="parsed">The arguments.</param>
    /// <param name="shared">The options that networks of layers share with the paper's architectures.</param>
    /// <param name="samples">Networks to sample; null where nothing was said.</param>
    /// <returns>The question and the images.</returns>
    /// <exception cref="InvalidInputException">Something is wrong with the options, the file or the images; names it.</exception>
    public (NetworkQuestion Question, ImageSource Images) Read(ParseResult parsed, NetworkOptions shared, int? samples)
    {
        shared.RefuseArchitectures(parsed);
        var source = NetworkSource.Open(parsed.GetRequiredValue(_network)!);
        var inputs = shared.ReadInputs(parsed);
        if (inputs.BatchSize is null)
        {
            throw new InvalidInputException("--batch-size", "expected the number of images in a batch");
        }

        ExperimentOptions.RequireSizes(null, inputs.BatchSize, null);
        if (inputs.BatchSize < 1)
        {
            throw new InvalidInputException("--batch-size", $"expected a positive number, got {inputs.BatchSize}");
        }

        var wanted = source.Template.Input ?? parsed.GetValue(_input);
        var images = inputs.Dataset == "gaussian" && inputs.Layout is null && wanted is { } any ? new AnyShapeImages(any) : ImageSources.Open(inputs.Dataset, inputs.DataDir, inputs.Layout);
        var given = new Shape(images.Height, images.Width, images.Channels);
        if (wanted is { } shape && shape != given)
        {
            throw new InvalidInputException(
                source.Template.Input is null ? "--input-shape" : "--dataset",
                $"expected {ShapeOption.Spell(source.Template.Input is null ? given : shape)}, {(source.Template.Input is null ? $"the shape of the images of {inputs.Dataset}" : $"which {source.Name} asks for")}, got {ShapeOption.Spell(source.Template.Input is null ? shape : given)}; images of --dataset gaussian have any shape");
        }

        var network = source.With(new NetworkSizes(source.Template.Input is null ? given : parsed.GetValue(_input), inputs.Channels, inputs.Depth));
        if (images.Count < inputs.BatchSize)
        {
            throw new InvalidInputException("--batch-size", $"expected at most the {Counted.Of(images.Count.Value, "image")} of --dataset {inputs.Dataset}, got {inputs.BatchSize}");
        }

        var full = parsed.GetRequiredValue(_noise) == "full";
        if (full && Theory.PointMixing.MixesInputs(network.Layers))
        {
            throw new InvalidInputException("--noise", $"expected mapping for {network.Name}: of noise through statistics of batches, which full differentiates, theory knows one step and no more");
        }

        return (new NetworkQuestion(network, inputs.BatchSize.Value)
        {
            Dataset = inputs.Dataset,
            Normalize = inputs.Normalize,
            Seed = inputs.Seed,
            Points = Points(parsed),
            FullNoise = full,
            Samples = samples,
            Depths = Chosen(network, inputs),
        }, images);
    }

    private static bool IsGiven(CommandResult result, Option option) => result.GetResult(option) is { Implicit: false };

    /// <summary>The depths at which moments are computed; null for all.</summary>
    private static HashSet<int>? Chosen(Networks.Network network, SharedInputs inputs)
    {
        if (inputs.Depths is { } list)
        {
            list.RequireWithin("--depths", network.Depth);
            return [.. list];
        }

        if (inputs.Computations is not { } count)
        {
            return null;
        }

        if (count < 1 || network.Depth % count != 0)
        {
            throw new InvalidInputException("--num-computations", $"expected a divisor of the {Counted.Of(network.Depth, "unit")} of {network.Name}, got {count}");
        }

        return [.. Enumerable.Range(1, count).Select(i => i * (network.Depth / count))];
    }
}
