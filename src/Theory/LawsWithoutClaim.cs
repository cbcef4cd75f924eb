using System.Collections.Immutable;

namespace Wellbehaved.Theory;

/// <summary>The laws that predictions and verdicts cite and that no claim of the ledger is about; docs/laws.md has the same sentences.</summary>
/// <remarks>Most are limits of infinite width or depth, of which no number is known that a finite network must have.</remarks>
internal static class LawsWithoutClaim
{
    /// <summary>The laws by their ids.</summary>
    public static ImmutableArray<(string Id, string Statement)> All { get; } =
    [
        ("B1", "After batch norm and a leaky ReLU E s(z_i)s(z_j) is S5's integral with the kernel of that activation."),
        ("B3", "With r directions of variance the kernel after batch norm is that of the mean variance, with two corrections, up to a term of order 1/r²."),
        ("B4", "For any activation the kernel after batch norm is estimated without bias by channels that are sampled."),
        ("LN2", "After layer or RMS norm a point is a uniform direction, independent of everything below: E ν₂(s(z)) = E s(√n U)² at every layer."),
        (
            "N4",
            "Noise that is independent of the signal stays so, but correlation with it grows by λ = d ln E s²/d ln q a layer: after held norms noise "
                + "grows by √κ or λ, whichever is larger."
        ),
        (
            "F4",
            "At the edge of chaos of a ReLU or leaky ReLU of slope a directions draw together as 1 - c ~ 9π²/(8w²l²) at the speed w = (1 - a)²/(2(1 + "
                + "a²)), times the branch's share; points of equal norms then lose all differences, others keep those of their norms."
        ),
        ("F5", "Without biases and with σ_w s'(0) = 1, ν₂ vanishes as 1/l (as 1/l² if s'' jumps at 0) while χ and directions stay: the layers become linear."),
        (
            "F6",
            "Where E s s'' > 0 (GELU, SiLU, at small q*) the edge of chaos repels: a network that starts there leaves it. With He's weights larger "
                + "points shrink less, and directions are lost with the norms."
        ),
        ("F8", "After batch norm deviations of points' norms grow by λ_BN a layer: for GELU and SiLU exponentially, until a few points dominate."),
        ("F9", "Residual nets of one saturating layer without norm have ln noise ~ c α σ_w √l, c = 4/π for erf and 8/(3√(2π)) for tanh."),
        ("V4", "Linear layers of width N have the Lyapunov exponents ½(ψ((N - k + 1)/2) + ln(2/N)): the second direction loses 1/N a layer."),
        ("T2", "Scores of random attention have mean 0 and the covariance β² Σ_ik Σ_jl; with scores over the width of a head all tokens are averaged alike."),
        ("T3", "Attention to T tokens of equal correlation ρ leaves the power ρ + (1 - ρ) exp(β²(1 - ρ))/T."),
        ("T4", "Attention without a skip connection makes tokens equal doubly exponentially: what they differ by becomes β²(T - 1)/T² times its cube."),
        (
            "T5",
            "In pre-norm transformers 1 - ρ falls as l to the power -(g_a + (1 - κ) g_m)/(g_a + g_m), g_a and g_m being what attention and the dense "
                + "layers add, and κ the growth of small differences relative to g_m, 1 for ReLU; with 1/√L on the branches it stays bounded."
        ),
        ("T6", "Full noise has what attention's own change adds: with many tokens the factor 1 + β²e(1 + e) + β²e²(T/d) exp(-β²e), e = 1 - ρ."),
    ];

    /// <summary>The statement of a law; null if there is no such law.</summary>
    /// <param name="id">Its id.</param>
    public static string? Find(string id) => All.FirstOrDefault(law => law.Id == id).Statement;
}
