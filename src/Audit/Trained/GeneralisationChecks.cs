using System.Globalization;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>
/// P9: the accuracy on corrupted test images of nets that were trained to the same loss, pair by pair; and the depth beyond which bn_ff does not train.
/// </summary>
internal static class GeneralisationChecks
{
    /// <summary>The largest ratio of the training losses of a pair that count as equal.</summary>
    public const double LossFactor = 2;

    /// <summary>Compares bn_ff with bn_res.</summary>
    public static IEnumerable<Measurement> Drowned(TrainingStudy study, ErrorRates rates)
    {
        var each = rates.SharedBy(2);
        yield return Pairs(study.TrainedToLoss("bn_ff"), study.TrainedToLoss("bn_res"), study.Sizes, each);
        yield return TrainabilityChecks.Fails(study.Trained("bn_ff", study.Sizes.DeepLayers), study, study.Sizes.DeepLayers, each, hasCollapsed: false);
    }

    /// <summary>Composed networks that theory calls exploding: they are held against the others.</summary>
    public static IReadOnlyList<string> Exploding { get; } = ["bn_tanh", "tanh_chaos"];

    /// <summary>
    /// Composed networks. Of those that theory calls exploding, bn_tanh comes to the loss of those that it calls well-behaved, and is compared with both, pair
    /// by pair; tanh_chaos does not come to it, so that it has no pairs. Deep ones of both do not train.
    /// </summary>
    public static IEnumerable<Measurement> Composed(TrainingStudy study, ErrorRates rates)
    {
        var each = rates.SharedBy(5);
        var (well, exploding) = (new[] { "pre_ln_mlp", "rms_mlp" }, Exploding);
        foreach (var (name, expected) in well.Select(name => (name, Behaviour.WellBehaved)).Concat(exploding.Select(name => (name, Behaviour.Exploding))))
        {
            if (TrainedNets.Predicted(study.ComposePairs(name)) is var predicted && predicted.Behaviour != expected)
            {
                throw new InvalidOperationException($"expected a network that theory calls {expected}, got {name}: {predicted.Words}");
            }
        }

        foreach (var name in well)
        {
            yield return Pairs(study.ComposedToLoss(exploding[0]), study.ComposedToLoss(name), study.Sizes, each);
        }

        yield return Misses(study.ComposedToLoss(exploding[1]), study.ComposedToLoss(well[1]), study.Sizes, each);
        foreach (var name in exploding)
        {
            yield return TrainabilityChecks.Fails(
                study.Trained(study.Compose(name)),
                study,
                study.Sizes.DeepLayers,
                each,
                hasCollapsed: false,
                "exploding by theory"
            );
        }
    }

    /// <summary>Most mappings of a net do not come to the loss at which pairs stop, where those of another net do.</summary>
    /// <param name="net">The net.</param>
    /// <param name="reference">The other net, mappings of which were trained on the same batches.</param>
    /// <param name="sizes">The budget.</param>
    /// <param name="rates">How often the verdict may be wrong.</param>
    public static Measurement Misses(TrainedMappings net, TrainedMappings reference, TrainingSizes sizes, ErrorRates rates)
    {
        var missed = Enumerable.Range(0, net.Count).Count(i => !Reaches(net, i) && Reaches(reference, i));
        return new BinomialProportion(missed, net.Count).Conclude(
            string.Create(
                CultureInfo.InvariantCulture,
                $"nets of {NetOf(net)} do not come to a loss of {LossFactor * TrainingSizes.PairLoss} in {sizes.PairSteps} steps at the learning rate "
                    + $"{TrainingSizes.PairRate}, and those of {NetOf(reference)} do (medians: {TrainedMappings.Median(Losses(net)):F3} against "
                    + $"{TrainedMappings.Median(Losses(reference)):F3})"
            ),
            rates
        );
    }

    private static bool Reaches(TrainedMappings net, int mapping) =>
        net.Result.Outcomes[mapping][0] is { IsFinite: true } outcome && HasReached(outcome.FinalLoss);

    private static IEnumerable<double> Losses(TrainedMappings net) => net.Result.Outcomes.Select(outcomes => outcomes[0].FinalLoss);

    /// <summary>
    /// In most pairs the net with the smaller SNR classifies fewer corrupted images right. Comparing the share of such pairs with one half is the exact sign
    /// test.
    /// </summary>
    /// <param name="net">The net whose SNR decays.</param>
    /// <param name="reference">
    /// The net whose SNR does not decay. Mappings of the same number were trained on the same batches and are tested with the same noise.
    /// </param>
    /// <param name="sizes">The budget.</param>
    /// <param name="rates">How often the verdict may be wrong.</param>
    /// <remarks>
    /// A tie counts against the claim. A pair whose losses are not equal is left out, and reported with the number of such pairs; so is a pair whose SNRs are
    /// not in the order that the claim assumes.
    /// </remarks>
    public static Measurement Pairs(TrainedMappings net, TrainedMappings reference, TrainingSizes sizes, ErrorRates rates)
    {
        int[] pairs = [.. Enumerable.Range(0, net.Count).Where(i => Equal(net, reference, i) && net.Sensitivities[i] > reference.Sensitivities[i])];
        var below = pairs.Count(i => Test(net, i, 1) < Test(reference, i, 1));
        var p = MathNet.Numerics.Distributions.Binomial.CDF(0.5, pairs.Length, pairs.Length - below);
        return new BinomialProportion(below, pairs.Length).Conclude(
            string.Create(
                CultureInfo.InvariantCulture,
                $"nets of {NetOf(net)}, trained to a loss of {TrainingSizes.PairLoss} at the learning rate {TrainingSizes.PairRate} classify "
                    + $"fewer test images with noise of σ = {TrainingSizes.Corruption} right than those of {NetOf(reference)}, pair by pair "
                    + $"({pairs.Length} of {net.Count} pairs have training losses within a factor of {LossFactor} of each other and the smaller SNR in "
                    + $"{NetOf(net)}, {net.Count - pairs.Length} are left out; medians: {Median(net, pairs, 1):F3} against "
                    + $"{Median(reference, pairs, 1):F3}, without noise {Median(net, pairs, 0):F3} against {Median(reference, pairs, 0):F3}, χ at "
                    + $"initialisation {TrainedMappings.Median(pairs.Select(i => net.Sensitivities[i])):F2} against "
                    + $"{TrainedMappings.Median(pairs.Select(i => reference.Sensitivities[i])):F2}, steps "
                    + $"{TrainedMappings.Median(pairs.Select(i => (double)net.Result.Outcomes[i][0].Steps)):F0} of {sizes.PairSteps} against "
                    + $"{TrainedMappings.Median(pairs.Select(i => (double)reference.Result.Outcomes[i][0].Steps)):F0}; one-sided exact sign test p = "
                    + $"{p:0.0e-0})"
            ),
            rates
        );
    }

    private static bool Equal(TrainedMappings net, TrainedMappings reference, int pair)
    {
        var (one, other) = (net.Result.Outcomes[pair][0], reference.Result.Outcomes[pair][0]);
        return Reaches(net, pair) && Reaches(reference, pair) && one.FinalLoss <= LossFactor * other.FinalLoss && other.FinalLoss <= LossFactor * one.FinalLoss;
    }

    /// <summary>Whether a net has reached the loss. The loss after training scatters about the mean over the last pass, at which training stopped.</summary>
    private static bool HasReached(double loss) => loss <= LossFactor * TrainingSizes.PairLoss;

    private static string NetOf(TrainedMappings net) => net.Name.Split(',')[0];

    private static double Test(TrainedMappings net, int mapping, int corruption) => net.Result.Outcomes[mapping][0].TestAccuracy[corruption];

    private static double Median(TrainedMappings net, int[] pairs, int corruption) => TrainedMappings.Median(pairs.Select(i => Test(net, i, corruption)));
}
