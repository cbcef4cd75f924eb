using System.Globalization;

namespace Wellbehaved.Networks;

/// <summary>Moves all features of an input into one position: rows first, then columns, then channels.</summary>
public sealed record Flatten : Layer
{
    /// <inheritdoc/>
    internal override string Word => "flatten";

    /// <inheritdoc/>
    internal override Shape OutputOf(Shape input, string path) =>
        input.Features <= int.MaxValue
            ? new(1, 1, (int)input.Features)
            : throw new InvalidNetworkException(
                path,
                string.Create(CultureInfo.InvariantCulture, $"expected at most {int.MaxValue} features to flatten, got {input}")
            );

    /// <inheritdoc/>
    internal override void Validate(string path)
    {
        // There is no number that could be out of range.
    }
}
