using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wellbehaved.Experiments;

/// <summary>What results must have in common to be parts of one experiment: the options, the images and the program that computed them.</summary>
/// <param name="Configuration">The options, as JSON.</param>
/// <param name="DatasetChecksum">A checksum of the input images.</param>
/// <param name="MadeBy">The program and its version: another version may compute in another order.</param>
internal sealed record ExperimentIdentity(string Configuration, string DatasetChecksum, string MadeBy)
{
    /// <summary>Version of the arithmetic: results of two versions differ in their last digits. A file that states no version is of version 1.</summary>
    public int Arithmetic { get; init; } = ArithmeticVersion.First;

    /// <summary>The identity of what this program computes.</summary>
    /// <param name="options">The options.</param>
    /// <param name="images">The input images.</param>
    /// <returns>The identity.</returns>
    public static ExperimentIdentity Compute(ExperimentOptions options, ImageSource images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return new ExperimentIdentity(
            ResultConfiguration.Write(options),
            images.Checksum,
            $"wellbehaved {typeof(ExperimentIdentity).Assembly.GetName().Version!.ToString(3)}"
        )
        {
            Arithmetic = ArithmeticVersion.Current,
        };
    }

    /// <summary>Describes how this experiment differs from another one.</summary>
    /// <param name="other">The other experiment.</param>
    /// <returns>The first difference, in a few words; null if there is none.</returns>
    public string? DifferenceFrom(ExperimentIdentity other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Configuration != other.Configuration && (DatasetChecksum != other.DatasetChecksum || !IsTheSameElsewhere(Configuration, other.Configuration)))
        {
            return DifferentOption(other) ?? "another configuration";
        }

        if (DatasetChecksum != other.DatasetChecksum)
        {
            return $"images of checksum {DatasetChecksum}, not {other.DatasetChecksum}";
        }

        if (Arithmetic != other.Arithmetic)
        {
            return DifferentArithmetic(Arithmetic, other.Arithmetic);
        }

        return MadeBy == other.MadeBy ? null : $"made by {MadeBy}, not {other.MadeBy}";
    }

    /// <summary>The message that numbers of two versions of the arithmetic must not be mixed.</summary>
    internal static string DifferentArithmetic(int mine, int others) => $"numbers of version {mine} of the arithmetic, not {others}; their last digits differ";

    /// <summary>A value as a short text: for a network, its name.</summary>
    private static string Said(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("name", out var name) ? name.ToString() : value.ToString();

    /// <summary>Whether the configurations of two experiments with the same images differ only by where these are.</summary>
    internal static bool IsTheSameElsewhere(string one, string other)
    {
        try
        {
            return Elsewhere(one) is { } mine && JsonNode.DeepEquals(mine, Elsewhere(other));
        }
        catch (JsonException)
        {
            return false;
        }

        static JsonObject? Elsewhere(string configuration)
        {
            var options = ForeignJson.Parse(configuration) as JsonObject;
            options?.Remove("data_dir");
            if (options?["dataset"] is JsonValue dataset && dataset.TryGetValue<string>(out var name) && !ImageSources.Names.Contains(name))
            {
                options.Remove("dataset");
            }

            return options;
        }
    }

    private string? DifferentOption(ExperimentIdentity other)
    {
        try
        {
            var levels = new JsonDocumentOptions { MaxDepth = ResultConfiguration.MostLevels };
            using var mine = JsonDocument.Parse(Configuration, levels);
            using var theirs = JsonDocument.Parse(other.Configuration, levels);
            foreach (var option in mine.RootElement.EnumerateObject())
            {
                var found = theirs.RootElement.TryGetProperty(option.Name, out var value) ? value.ToString() : "nothing";
                if (found != option.Value.ToString())
                {
                    return $"{option.Name} {Said(option.Value)}, not "
                        + $"{(value.ValueKind == JsonValueKind.Undefined ? found : Said(value))}{(Said(option.Value) == Said(value) ? " of other layers or sizes" : string.Empty)}";
                }
            }

            foreach (var option in theirs.RootElement.EnumerateObject().Where(option => !mine.RootElement.TryGetProperty(option.Name, out _)))
            {
                return $"no {option.Name}, not {Said(option.Value)}";
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // One of the configurations is not from this program, so the difference between them cannot be described.
        }

        return null;
    }
}
