using System.Collections.Immutable;

namespace Wellbehaved.Theory;

/// <summary>The properties of an architecture that theory needs.</summary>
/// <param name="BatchNorm">Whether pre-activations are batch-normalised.</param>
/// <param name="Residual">Whether units add a skip connection.</param>
/// <param name="ResidualDepth">Feedforward layers in a residual branch, H; ignored without skip connections.</param>
internal readonly record struct NetworkKind(bool BatchNorm, bool Residual, int ResidualDepth = 1)
{
    /// <summary>Names of the architectures that theory has laws for.</summary>
    public static ImmutableArray<string> Names { get; } = ["vanilla", "vanilla_res", "bn_ff", "bn_res"];

    /// <summary>One of the four architectures of the post.</summary>
    /// <param name="name"><c>vanilla</c>, <c>vanilla_res</c>, <c>bn_ff</c> or <c>bn_res</c>.</param>
    /// <param name="residualDepth">H ≥ 1.</param>
    /// <returns>Its kind.</returns>
    /// <exception cref="ArgumentException">The name is unknown, or H is not positive.</exception>
    public static NetworkKind Named(string name, int residualDepth = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(residualDepth);
        return name switch
        {
            "vanilla" => new(false, false),
            "vanilla_res" => new(false, true, residualDepth),
            "bn_ff" => new(true, false),
            "bn_res" => new(true, true, residualDepth),
            _ => throw new ArgumentException($"expected one of {string.Join(", ", Names)}, got '{name}'", nameof(name)),
        };
    }
}
