using System.Globalization;

namespace Wellbehaved.Networks;

/// <summary>All features of an input in one position, rows first, then columns, then channels.</summary>
public sealed record Flatten : Layer
{
    /// <inheritdoc/>
    public override string Word => "flatten";

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
        // Nothing can be out of range.
    }
}
