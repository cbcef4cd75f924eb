using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wellbehaved.Experiments;

/// <summary>Depths at which moments are computed, evenly spaced or not. Lists of the same depths are equal.</summary>
/// <param name="depths">The depths; valid ones increase from at least 1.</param>
[JsonConverter(typeof(JsonForm))]
public sealed class DepthList(IEnumerable<int> depths) : IReadOnlyList<int>, IEquatable<DepthList>
{
    private readonly int[] _depths = [.. depths];

    /// <inheritdoc/>
    public int Count => _depths.Length;

    /// <inheritdoc/>
    public int this[int index] => _depths[index];

    /// <summary>Parses a list in the form of the command line.</summary>
    /// <param name="parameter">What it is the value of.</param>
    /// <param name="text"><c>1,2,4,8,16</c>.</param>
    /// <returns>The list.</returns>
    /// <exception cref="InvalidInputException">The text is not a list of increasing numbers.</exception>
    internal static DepthList Parse(string parameter, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new DepthList(
            text.Split(',')
                .Select(word =>
                    int.TryParse(word.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var depth)
                        ? depth
                        : throw new InvalidInputException(parameter, $"expected increasing whole numbers joined by commas, as in 1,2,4,8,16, got '{text}'")
                )
        );
    }

    /// <summary>Refuses a list that does not suit an experiment of a given depth.</summary>
    /// <param name="parameter">What it is the value of.</param>
    /// <param name="totalDepth">The depth of the experiment.</param>
    /// <exception cref="InvalidInputException">The list is empty, or does not increase from at least 1 to at most the depth.</exception>
    internal void RequireWithin(string parameter, int totalDepth)
    {
        if (_depths.Length == 0)
        {
            throw new InvalidInputException(parameter, "expected at least one depth, got none");
        }

        var before = 0;
        foreach (var depth in _depths)
        {
            if (depth <= before || depth > totalDepth)
            {
                throw new InvalidInputException(
                    parameter,
                    "expected depths that increase from at least 1 to at most "
                        + $"{ParameterName.Spell(nameof(ExperimentOptions.TotalDepth))} {totalDepth}, got {depth}{(before > 0 ? $" after {before}" : "")}"
                );
            }

            before = depth;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_depths).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => _depths.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(DepthList? other) => other is not null && _depths.AsSpan().SequenceEqual(other._depths);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DepthList);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var depth in _depths)
        {
            hash.Add(depth);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', _depths);

    /// <summary>The JSON form: an array of numbers.</summary>
    private sealed class JsonForm : JsonConverter<DepthList>
    {
        public override DepthList Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.StartArray
                ? new(JsonSerializer.Deserialize<int[]>(ref reader, options)!)
                : throw new JsonException("expected an array of depths");

        public override void Write(Utf8JsonWriter writer, DepthList value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var depth in value)
            {
                writer.WriteNumberValue(depth);
            }

            writer.WriteEndArray();
        }
    }
}
