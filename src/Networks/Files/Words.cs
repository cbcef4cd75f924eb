namespace Wellbehaved.Networks;

/// <summary>Words of the JSON form, in the order of the enumerations that they stand for; the first is what a word that is left out means.</summary>
internal static class Words
{
    /// <summary>Names of the object that a file is.</summary>
    public static readonly string[] Network = ["name", "description", "input", "layers", "$schema"];

    /// <summary>Words of <see cref="Boundary"/>.</summary>
    public static readonly string[] Boundary = ["periodic", "symmetric", "zero_padding"];

    /// <summary>Words of <see cref="WeightLaw"/>.</summary>
    public static readonly string[] Weights = ["normal", "uniform", "truncated_normal", "orthogonal"];

    /// <summary>Words of <see cref="NormalisedOver"/>.</summary>
    public static readonly string[] Over = ["channels", "all"];

    /// <summary>Words of <see cref="DropoutMask"/>.</summary>
    public static readonly string[] Mask = ["shared", "by_point"];

    /// <summary>The groups of a depthwise convolution.</summary>
    public const string Depthwise = "depthwise";

    /// <summary>The channels that a template leaves open.</summary>
    public const string OpenChannels = "N";

    /// <summary>The repetitions that a template leaves open.</summary>
    public const string OpenDepth = "L";

    /// <summary>1/√2, a common scale of both summands.</summary>
    public const string RootOfHalf = "1/sqrt(2)";
}
