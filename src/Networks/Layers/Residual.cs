namespace Wellbehaved.Networks;

/// <summary>A residual unit: <c>y ← γ·skip(y) + α·branch(y)</c>.</summary>
/// <param name="Branch">The layers of the branch.</param>
public sealed record Residual(Layers Branch) : Layer
{
    /// <summary>The layers of a projection shortcut; empty for the identity.</summary>
    public Layers Skip { get; init; } = Layers.None;

    /// <summary>γ, the factor of the skip connection.</summary>
    public ResidualScale SkipScale { get; init; } = ResidualScale.One;

    /// <summary>α, the factor of the branch: 1/√L keeps the sum of the branches bounded; 0 is that of SkipInit.</summary>
    public ResidualScale BranchScale { get; init; } = ResidualScale.One;

    /// <summary>Probability that a mapping has the branch: stochastic depth with a sampled mask, and without dividing by it (Huang et al. 2016).</summary>
    public double Survival { get; init; } = 1;

    /// <inheritdoc/>
    internal override string Word => "residual";

    /// <inheritdoc/>
    internal override Shape OutputOf(Shape input, string path)
    {
        var branch = Branch.OutputOf(input, LayerPath.Within(path, "branch"));
        var skip = Skip.OutputOf(input, LayerPath.Within(path, "skip"));
        return branch == skip
            ? branch
            : throw new InvalidNetworkException(
                path,
                $"expected branch and skip of one shape, got {branch} and "
                    + $"{skip}{(Skip.Count == 0 ? "; a projection in the skip changes shapes too" : string.Empty)}"
            );
    }

    /// <inheritdoc/>
    internal override void Validate(string path)
    {
        Require.Finite(path, "branch_scale", BranchScale.Value);
        Require.Finite(path, "skip_scale", SkipScale.Value);
        Require.Probability(path, "survival", Survival);
        Branch.Validate(LayerPath.Within(path, "branch"));
        Skip.Validate(LayerPath.Within(path, "skip"));
    }
}
