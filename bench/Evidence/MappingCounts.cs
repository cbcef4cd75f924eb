using System.Collections.Immutable;
using System.Globalization;
using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>How many mappings showed one property.</summary>
/// <param name="Property">The property, in words.</param>
/// <param name="Shown">Mappings that showed it.</param>
/// <param name="Mappings">Mappings that were looked at.</param>
internal sealed record MappingCount(string Property, long Shown, long Mappings);

/// <summary>How many mappings of the reference showed each property of one check.</summary>
/// <param name="Properties">The properties, in the check's order.</param>
internal sealed record MappingCounts(ImmutableArray<MappingCount> Properties) : ISummary<MappingCounts>
{
    private const char Separator = '|';

    /// <inheritdoc/>
    public IEnumerable<string> Cells =>
        Properties.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Property}{Separator}{count.Shown}{Separator}{count.Mappings}"));

    /// <summary>One run of a check that counts mappings.</summary>
    public static MappingCounts Count(CheckOutcome outcome) =>
        new([
            .. outcome
                .Measurements.Where(measurement => !measurement.IsDeterministic)
                .Select(measurement => new MappingCount(
                    measurement.Quantity,
                    measurement.Samples == 0 ? 0 : (long)Math.Round(measurement.Measured.Value * measurement.Samples),
                    measurement.Samples
                )),
        ]);

    /// <inheritdoc/>
    public static MappingCounts Parse(IReadOnlyList<string> cells) => new([.. cells.Select(ParseCount)]);

    /// <inheritdoc/>
    public MappingCounts Merge(MappingCounts other) =>
        new([.. Properties.Zip(other.Properties, (one, two) => new MappingCount(one.Property, one.Shown + two.Shown, one.Mappings + two.Mappings))]);

    private static MappingCount ParseCount(string cell)
    {
        var parts = cell.Split(Separator);
        return new MappingCount(parts[0], long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
    }
}
