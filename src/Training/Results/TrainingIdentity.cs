using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wellbehaved.Training;

/// <summary>The properties that training runs of one campaign must have in common: options, labelled images, and the program that trains.</summary>
/// <param name="Network">The options that describe the network and its inputs, as <c>run</c> writes them.</param>
/// <param name="Training">The options of training, as JSON.</param>
/// <param name="DatasetChecksum">A checksum of the images and labels for training and test.</param>
/// <param name="MadeBy">The program and its version.</param>
internal sealed record TrainingIdentity(string Network, string Training, string DatasetChecksum, string MadeBy)
{
    /// <summary>Version of the arithmetic; journals and files without it are of version 1.</summary>
    public int Arithmetic { get; init; } = 1;

    private static readonly JsonSerializerOptions Format = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = ResultConfiguration.MostLevels,
    };

    /// <summary>How a campaign differs that has the same options and other data.</summary>
    public const string OtherImages = "other images or labels";

    /// <summary>The identity of a plan.</summary>
    /// <param name="plan">The plan.</param>
    public static TrainingIdentity Compute(TrainingPlan plan)
    {
        var experiment = ExperimentIdentity.Compute(plan.Options.Experiment, plan.Images);
        return new(experiment.Configuration, Words(plan.Options), $"{plan.Data.Training.Checksum} {plan.Data.Test.Checksum}", experiment.MadeBy)
        {
            Arithmetic = experiment.Arithmetic,
        };
    }

    /// <summary>The network and the numbers that say how many records a journal has, and how long they are; null if the texts do not say them.</summary>
    public (string Network, int Mappings, int Rates, int Steps, int Corruptions)? Sizes()
    {
        try
        {
            var words = ForeignJson.Parse(Training)!;
            var (steps, rates, corruptions) = (
                words["steps"]!.GetValue<int>(),
                words["learning_rates"]!.AsArray().Count,
                words["corruptions"]!.AsArray().Count
            );
            return ResultConfiguration.Read(Network) is { NumSims: > 0 } options && steps > 0 && rates > 0 && (long)options.NumSims * rates <= int.MaxValue
                ? (options.Name, options.NumSims, rates, steps, corruptions)
                : null;
        }
        catch (Exception unread)
            when (unread is JsonException or InvalidOperationException or FormatException or NullReferenceException or InvalidInputException)
        {
            return null;
        }
    }

    /// <summary>Compares with another campaign.</summary>
    /// <param name="other">The other campaign.</param>
    /// <returns>The first difference, in a few words; null if there is none.</returns>
    public string? DifferenceFrom(TrainingIdentity other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var isElsewhere = DatasetChecksum == other.DatasetChecksum && ExperimentIdentity.IsTheSameElsewhere(Network, other.Network);
        return (isElsewhere ? null : Difference(Network, other.Network))
            ?? Difference(Training, other.Training)
            ?? (
                DatasetChecksum != other.DatasetChecksum ? OtherImages
                : Arithmetic != other.Arithmetic ? ExperimentIdentity.DifferentArithmetic(Arithmetic, other.Arithmetic)
                : MadeBy != other.MadeBy ? $"made by {MadeBy}, not {other.MadeBy}"
                : null
            );
    }

    /// <summary>Options of training as JSON.</summary>
    private static string Words(TrainingOptions options) =>
        new JsonObject
        {
            ["steps"] = options.Steps,
            ["learning_rates"] = new JsonArray([.. options.LearningRates.Select(rate => (JsonNode)rate)]),
            ["optimiser"] = options.Optimiser.ToString().ToLower(CultureInfo.InvariantCulture),
            ["target_loss"] = options.TargetLoss,
            ["train_images"] = options.TrainImages,
            ["corruptions"] = new JsonArray([.. options.Corruptions.Select(deviation => (JsonNode)deviation)]),
        }.ToJsonString(Format);

    private static string? Difference(string mine, string theirs)
    {
        if (mine == theirs)
        {
            return null;
        }

        try
        {
            var (one, other) = (ForeignJson.Parse(mine)!.AsObject(), ForeignJson.Parse(theirs)!.AsObject());
            var key = one.Select(pair => pair.Key).Union(other.Select(pair => pair.Key)).First(name => !JsonNode.DeepEquals(one[name], other[name]));
            return key == "network" ? "another network" : $"{key} {Said(one[key])}, not {Said(other[key])}";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NullReferenceException)
        {
            return "other options";
        }
    }

    private static string Said(JsonNode? value) => value?.ToJsonString(Format) ?? "nothing";
}
