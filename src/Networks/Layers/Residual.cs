namespace Wellbehaved.Networks;

/// <summary>A residual unit: <c>y ← γ·skip(y) + α·branch(y)</c>.</summary>
/// <param name="Branch">The layers of the branch.</param>
public sealed record Residual(Layers Branch) : Layer
{
    /// <summary>The layers of a projection shortcut; none for the identity.</summary>
    public Layers Skip { get; init; } = Layers.None;

    /// <summary>γ.</summary>
    public ResidualScale SkipScale { get; init; } = ResidualScale.One;

    /// <summary>α: 1/√L bounds the branches' sum, 0 is SkipInit's.</summary>
    public ResidualScale BranchScale { get; init; } = ResidualScale.One;

    /// <summary>Probability that a mapping has the branch at all: stochastic depth with a sampled mask, not divided by it (Huang et al. 2016).</summary>
    public double Survival { get; init; } = 1;

    /// <inheritdoc/>
    public override string Word => "residual";

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
