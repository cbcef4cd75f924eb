namespace Wellbehaved.Experiments;

/// <summary>Refuses a batch of which the first layer with weights leaves nothing that varies: all that follows would be rounding.</summary>
internal static class InputVariation
{
    /// <summary>
    /// A convolution of up to 4,096 terms rounds by some 64·2⁻²⁴ of its outputs' size, where the errors of its terms add up like a random walk: a variance
    /// below the square of that, relative to the mean square, is rounding.
    /// </summary>
    private const double LeastVariation = 1.0 / (1L << 36);

    /// <summary>Looks at the output of the first layer with weights, over more than one point.</summary>
    /// <remarks>Of a single channel, two points come as close to each other once in 100,000 times whatever the images.</remarks>
    /// <param name="options">The experiment.</param>
    /// <param name="moments">Its moments.</param>
    /// <param name="channels">Its channels.</param>
    /// <param name="withoutEpsilon">Whether a batch norm with ε = 0 would divide by this variance: then ε is wrong for the images, too.</param>
    /// <exception cref="InvalidInputException">It does not vary.</exception>
    public static void Require(ExperimentOptions options, MomentSet moments, int channels, bool withoutEpsilon)
    {
        // A network whose first weights are 0, or huge, ends every mapping whatever the images: that is an ending, and no fault of theirs.
        var isOfTheNetwork = options.Network is not null && (moments.SignalIsDead || !double.IsFinite(moments.LogNu2Signal));
        var share = Math.Exp(moments.LogMu2Signal - moments.LogNu2Signal);
        if (isOfTheNetwork || (share > (channels == 1 ? 0 : LeastVariation) && !moments.SignalIsDead))
        {
            return;
        }

        var found =
            share < 1e-300 ? "its output does not vary" : $"the variance of its output is {share:g2} of its mean square, less than single precision holds";
        throw new InvalidInputException(
            withoutEpsilon ? "--epsilon, --dataset" : "--dataset",
            $"expected images that vary within a batch{(withoutEpsilon ? " with --epsilon 0" : string.Empty)}, but those of {options.Dataset} are all equal "
                + $"to the first convolution: {found}, so there is no χ and no effective rank; use other images"
                + (options.Normalize == InputNormalization.Channel ? string.Empty : ", or --normalize channel, which takes their mean off")
        );
    }
}
