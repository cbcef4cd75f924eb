namespace Wellbehaved.Networks;

/// <summary>An activation: a function that is applied to each feature by itself. Effective ranks are computed after it.</summary>
/// <param name="Function">The function.</param>
public sealed record Activation(Function Function) : Layer
{
    /// <inheritdoc/>
    internal override string Word => Function.Word;

    /// <inheritdoc/>
    internal override Shape OutputOf(Shape input, string path) => input;

    /// <inheritdoc/>
    internal override void Validate(string path)
    {
        Require.Defined(path, "activation", Function.Kind);
        Require.Finite(path, "slope", Function.Slope);
        if (Function.Kind != FunctionKind.LeakyRelu && Function.Slope != 0)
        {
            throw new InvalidNetworkException(path, $"expected a slope only for leaky_relu, got one for {Function.Word}");
        }
    }
}
