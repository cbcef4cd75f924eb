namespace Wellbehaved.Networks;

/// <summary>Words of the JSON form, in the order of the enumerations that they stand for; a missing word means the first one.</summary>
internal static class FileWords
{
    /// <summary>The names in the top-level object of a file.</summary>
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

    /// <summary>Stands for the channels that a template leaves open.</summary>
    public const string OpenChannels = "N";

    /// <summary>Stands for the repetitions that a template leaves open.</summary>
    public const string OpenDepth = "L";

    /// <summary>1/√2, a common scale of both the branch and the skip connection.</summary>
    public const string RootOfHalf = "1/sqrt(2)";
}
