namespace Wellbehaved.Networks;

/// <summary>Layers that are repeated; each repetition has its own parameters.</summary>
/// <param name="Times">Number of repetitions.</param>
/// <param name="Unit">The layers of one repetition.</param>
/// <remarks>Outside of residual branches it is a stack, and each repetition adds 1 to the depth in results.</remarks>
public sealed record Repeat(int Times, Layers Unit) : Layer
{
    /// <inheritdoc/>
    internal override string Word => "repeat";

    /// <inheritdoc/>
    internal override Shape OutputOf(Shape input, string path)
    {
        var shape = input;
        for (var repetition = 0; repetition < Times; repetition++)
        {
            var next = Unit.OutputOf(shape, LayerPath.Within(path, "unit"));
            if (next == shape)
            {
                break;
            }

            shape = next;
        }

        return shape;
    }

    /// <inheritdoc/>
    internal override void Validate(string path)
    {
        Require.Between(path, "times", Times, 1, Limits.Layers);
        if (Unit.Count == 0)
        {
            throw new InvalidNetworkException(path, "expected at least one layer in unit, got none");
        }

        Unit.Validate(LayerPath.Within(path, "unit"));
    }
}
