namespace Wellbehaved.Networks;

/// <summary>Multiplies every feature by a number, such as LayerScale at initialisation (Touvron et al. 2021).</summary>
/// <param name="Factor">The number.</param>
public sealed record Scaling(double Factor) : Layer
{
    /// <inheritdoc/>
    internal override string Word => "scale";

    /// <inheritdoc/>
    internal override Shape OutputOf(Shape input, string path) => input;

    /// <inheritdoc/>
    internal override void Validate(string path) => Require.Finite(path, "scale", Factor);
}
