using System.Globalization;

namespace Wellbehaved.Networks;

/// <summary>Which function an activation applies.</summary>
public enum FunctionKind
{
    /// <summary>u itself.</summary>
    Linear,

    /// <summary>max(u, 0), whose derivative at 0 is 0.</summary>
    Relu,

    /// <summary>u above 0 and a·u elsewhere; the derivative at 0 is a.</summary>
    LeakyRelu,

    /// <summary>|u|, with derivative -1 at 0, as the leaky ReLU with a = -1.</summary>
    Abs,

    /// <summary>tanh u.</summary>
    Tanh,

    /// <summary>(2/√π) ∫₀ᵘ exp(-t²) dt.</summary>
    Erf,

    /// <summary>sin u.</summary>
    Sine,

    /// <summary>u Φ(u), with Φ the distribution function of the standard normal law (Hendrycks and Gimpel 2016).</summary>
    Gelu,

    /// <summary>½ u (1 + tanh(√(2/π) (u + 0.044715 u³))), the usual approximation of GELU.</summary>
    GeluTanh,

    /// <summary>u/(1 + exp(-u)), also called swish.</summary>
    Silu,

    /// <summary>u above 0 and exp(u) - 1 elsewhere.</summary>
    Elu,

    /// <summary>1/(1 + exp(-u)).</summary>
    Sigmoid,

    /// <summary>ln(1 + exp(u)).</summary>
    Softplus,

    /// <summary>u·min(max(u + 3, 0), 6)/6 (Howard et al. 2019); the derivative at ±3 is that of the side away from 0.</summary>
    HardSwish,
}

/// <summary>The function of an activation, applied to each feature by itself.</summary>
/// <param name="Kind">Which function.</param>
/// <param name="Slope">The slope a of a leaky ReLU below 0; 0 for all others.</param>
public readonly record struct Function(FunctionKind Kind, double Slope = 0)
{
    private static readonly (FunctionKind Kind, string Word)[] Names =
    [
        (FunctionKind.Linear, "linear"),
        (FunctionKind.Relu, "relu"),
        (FunctionKind.LeakyRelu, "leaky_relu"),
        (FunctionKind.Abs, "abs"),
        (FunctionKind.Tanh, "tanh"),
        (FunctionKind.Erf, "erf"),
        (FunctionKind.Sine, "sine"),
        (FunctionKind.Gelu, "gelu"),
        (FunctionKind.GeluTanh, "gelu_tanh"),
        (FunctionKind.Silu, "silu"),
        (FunctionKind.Elu, "elu"),
        (FunctionKind.Sigmoid, "sigmoid"),
        (FunctionKind.Softplus, "softplus"),
        (FunctionKind.HardSwish, "hard_swish"),
    ];

    /// <summary>max(u, 0).</summary>
    public static Function Relu { get; } = new(FunctionKind.Relu);

    /// <summary>All words that stand for a function.</summary>
    internal static IReadOnlyList<string> Words { get; } = [.. Names.Select(name => name.Word)];

    /// <summary>The word that stands for the function.</summary>
    /// <exception cref="InvalidOperationException">The kind does not exist.</exception>
    public string Word
    {
        get
        {
            var kind = Kind;
            return Names.FirstOrDefault(name => name.Kind == kind).Word ?? throw new InvalidOperationException($"no word for the function {kind}");
        }
    }

    /// <summary>A leaky ReLU.</summary>
    /// <param name="slope">The slope a below 0.</param>
    /// <returns>The function.</returns>
    public static Function LeakyRelu(double slope) => new(FunctionKind.LeakyRelu, slope);

    /// <summary>The kind that a word stands for.</summary>
    /// <param name="word">The word.</param>
    /// <returns>The kind; null if there is none.</returns>
    internal static FunctionKind? Find(string word) => Array.FindIndex(Names, name => name.Word == word) is >= 0 and var index ? Names[index].Kind : null;

    /// <inheritdoc/>
    public override string ToString() => Kind == FunctionKind.LeakyRelu ? string.Create(CultureInfo.InvariantCulture, $"leaky_relu({Slope})") : Word;
}
