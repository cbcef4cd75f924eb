using System.Globalization;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>P8: whether nets train, mapping by mapping, against what bn_res of as many layers comes to with the same batches.</summary>
internal static class TrainabilityChecks
{
    /// <summary>A net trains if it comes to this share of the accuracy of bn_res.</summary>
    public const double LeastShare = 0.75;

    /// <summary>bn_res itself must have learnt: otherwise nothing is known.</summary>
    public const double LeastAccuracy = 0.9;

    /// <summary>Directions of variance up to which a signal counts as collapsed.</summary>
    public const double MostDirections = 1.25;

    private const string Reference = "bn_res";

    /// <summary>vanilla: deep ones have collapsed and do not train, shallow ones do.</summary>
    public static IEnumerable<Measurement> Vanilla(TrainingStudy study, ErrorRates rates)
    {
        var each = rates.SharedBy(2);
        yield return Fails(study.Trained("vanilla", study.Sizes.DeepLayers), study, study.Sizes.DeepLayers, each, hasCollapsed: true);
        yield return Trains(study.Trained("vanilla", study.Sizes.ShallowLayers), study, study.Sizes.ShallowLayers, each);
    }

    /// <summary>vanilla_res, of which the post says the same and training does not: it trains where vanilla fails.</summary>
    public static IEnumerable<Measurement> Skipped(TrainingStudy study, ErrorRates rates)
    {
        yield return Trains(study.Trained("vanilla_res", study.Sizes.DeepLayers), study, study.Sizes.DeepLayers, rates);
    }

    /// <summary>Composed networks: those that theory calls well-behaved train, those that it calls exploding do not.</summary>
    public static IEnumerable<Measurement> Composed(TrainingStudy study, ErrorRates rates)
    {
        var each = rates.SharedBy(TrainedNets.Composed.Count);
        foreach (var options in TrainedNets.Composed.Select(study.Compose))
        {
            var predicted = TrainedNets.Predicted(options);
            yield return predicted.Behaviour switch
            {
                Behaviour.WellBehaved => Trains(study.Trained(options), study, study.Sizes.DeepLayers, each, "well-behaved by theory"),
                Behaviour.Exploding => Fails(study.Trained(options), study, study.Sizes.DeepLayers, each, hasCollapsed: false, "exploding by theory"),
                _ => throw new InvalidOperationException(
                    $"expected a network that theory calls well-behaved or exploding, got {options.Name}: {predicted.Words}"
                ),
            };
        }
    }

    /// <summary>Most mappings of a net do not come to the accuracy of bn_res.</summary>
    /// <param name="net">The net.</param>
    /// <param name="study">Trains bn_res.</param>
    /// <param name="layers">Layers of that.</param>
    /// <param name="rates">How often the verdict may be wrong.</param>
    /// <param name="hasCollapsed">Whether they must have collapsed at initialisation.</param>
    /// <param name="predicted">What theory says; null for nothing.</param>
    public static Measurement Fails(TrainedMappings net, TrainingStudy study, int layers, ErrorRates rates, bool hasCollapsed, string? predicted = null)
    {
        var reference = study.Trained(Reference, layers);
        var failed = Count(
            net,
            mapping => HasLearnt(reference, mapping) && !Reaches(net, reference, mapping) && (!hasCollapsed || net.Ranks[mapping] <= MostDirections)
        );
        return new BinomialProportion(failed, net.Count).Conclude(
            $"{Words(net, predicted)} do not come to {LeastShare:0%} of the training accuracy of "
                + $"{reference.Name}{(hasCollapsed ? $", and had at most {Number(MostDirections)} directions" : "")} ({Medians(net, reference)})",
            rates
        );
    }

    /// <summary>Most mappings of a net come to the accuracy of bn_res.</summary>
    /// <param name="net">The net.</param>
    /// <param name="study">Trains bn_res.</param>
    /// <param name="layers">Layers of that.</param>
    /// <param name="rates">How often the verdict may be wrong.</param>
    /// <param name="predicted">What theory says; null for nothing.</param>
    public static Measurement Trains(TrainedMappings net, TrainingStudy study, int layers, ErrorRates rates, string? predicted = null)
    {
        var reference = study.Trained(Reference, layers);
        var trained = Count(net, mapping => HasLearnt(reference, mapping) && Reaches(net, reference, mapping));
        return new BinomialProportion(trained, net.Count).Conclude(
            $"{Words(net, predicted)} come to {LeastShare:0%} of the training accuracy of {reference.Name} ({Medians(net, reference)})",
            rates
        );
    }

    private static bool HasLearnt(TrainedMappings reference, int mapping) => reference.AccuracyOf(mapping) >= LeastAccuracy;

    private static bool Reaches(TrainedMappings net, TrainedMappings reference, int mapping) =>
        net.AccuracyOf(mapping) >= LeastShare * reference.AccuracyOf(mapping);

    private static int Count(TrainedMappings net, Func<int, bool> holds) => Enumerable.Range(0, net.Count).Count(holds);

    private static string Words(TrainedMappings net, string? predicted) => predicted is null ? net.Name : $"{net.Name}, {predicted},";

    private static string Medians(TrainedMappings net, TrainedMappings reference) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"medians: accuracy {TrainedMappings.Median(Accuracies(net)):F2} against {TrainedMappings.Median(Accuracies(reference)):F2}, at "
                + $"initialisation r_eff {TrainedMappings.Median(net.Ranks):F2} against "
                + $"{TrainedMappings.Median(reference.Ranks):F2}{(net.Failures > 0 ? $"; the loss of {Counted.Spell(net.Failures, "training run")} was no number" : "")}"
        );

    private static IEnumerable<double> Accuracies(TrainedMappings net) => Enumerable.Range(0, net.Count).Select(net.AccuracyOf);

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
