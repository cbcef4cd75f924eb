namespace Wellbehaved.Experiments;

/// <summary>Refuses a batch that no longer varies after the first layer with weights: all later numbers would be rounding errors.</summary>
internal static class VaryingInput
{
    /// <summary>
    /// The least variance, relative to the mean square, that is not taken for rounding. A convolution of up to 4,096 terms has a rounding error of about
    /// 64·2⁻²⁴ of the size of its outputs, since the errors of the terms add up like a random walk; the limit is the square of that.
    /// </summary>
    private const double LeastVariation = 1.0 / (1L << 36);

    /// <summary>Requires that the output of the first layer with weights varies over the points, of which there is more than one.</summary>
    /// <remarks>The limit is not used for a single channel, where two points are as close as that once in 100,000 times, whatever the images are.</remarks>
    /// <param name="options">The experiment.</param>
    /// <param name="moments">The moments of that output.</param>
    /// <param name="channels">The number of its channels.</param>
    /// <param name="withoutEpsilon">Whether a batch norm with ε = 0 would divide by this variance; then the message also names ε.</param>
    /// <exception cref="InvalidInputException">The output does not vary.</exception>
    public static void Require(ExperimentOptions options, MomentSet moments, int channels, bool withoutEpsilon)
    {
        // A network whose first weights are 0 or huge ends every mapping for all images. That is an ending, and not an error in the images.
        var isOfTheNetwork = options.Network is not null && (moments.SignalIsDead || !double.IsFinite(moments.LogNu2Signal));
        var share = Math.Exp(moments.LogMu2Signal - moments.LogNu2Signal);
        if (isOfTheNetwork || (share > (channels == 1 ? 0 : LeastVariation) && !moments.SignalIsDead))
        {
            return;
        }

        var found =
            moments.SignalIsDead ? "its output is 0 everywhere"
            : share < 1e-300 ? "its output does not vary"
            : $"the variance of its output is {share:g2} of its mean square, less than single precision holds";
        throw new InvalidInputException(
            withoutEpsilon
                ? ParameterName.Spell(nameof(ExperimentOptions.Epsilon), nameof(ExperimentOptions.Dataset))
                : ParameterName.Spell(nameof(ExperimentOptions.Dataset)),
            $"expected images that vary within a batch{(withoutEpsilon ? $" with {ParameterName.Spell(nameof(ExperimentOptions.Epsilon))} 0" : string.Empty)}, "
                + $"but the images of {options.Dataset} are all equal "
                + $"after the first convolution: {found}, so there is no χ and no effective rank; use other images"
                + OrNormalise(options.Normalize)
        );
    }

    /// <summary>What else helps where images hardly vary.</summary>
    /// <param name="normalization">How they are normalised.</param>
    /// <returns>The end of a sentence; nothing where their mean is subtracted already.</returns>
    internal static string OrNormalise(InputNormalization normalization) =>
        normalization == InputNormalization.Channel
            ? string.Empty
            : $", or use {ParameterName.Spell(nameof(ExperimentOptions.Normalize))} channel, which subtracts their mean";
}
