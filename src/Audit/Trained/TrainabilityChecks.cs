using System.Globalization;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>P8: whether nets train, mapping by mapping, compared with bn_res of the same number of layers and with the same batches.</summary>
internal static class TrainabilityChecks
{
    /// <summary>The least share of the accuracy of bn_res with which a net counts as trained.</summary>
    public const double LeastShare = 0.75;

    /// <summary>The least accuracy that bn_res itself must reach; otherwise nothing can be concluded.</summary>
    public const double LeastAccuracy = 0.9;

    /// <summary>The most directions of variance with which a signal counts as collapsed.</summary>
    public const double MostDirections = 1.25;

    private const string Reference = "bn_res";

    /// <summary>vanilla: deep nets have collapsed and do not train, shallow ones do.</summary>
    public static IEnumerable<Measurement> Vanilla(TrainingStudy study, ErrorRates rates)
    {
        var each = rates.SharedBy(2);
        yield return Fails(study.Trained("vanilla", study.Sizes.DeepLayers), study, study.Sizes.DeepLayers, each, hasCollapsed: true);
        yield return Trains(study.Trained("vanilla", study.Sizes.ShallowLayers), study, study.Sizes.ShallowLayers, each);
    }

    /// <summary>vanilla_res: the post says the same of it, but training shows otherwise: it trains at depths at which vanilla fails.</summary>
    public static IEnumerable<Measurement> Skipped(TrainingStudy study, ErrorRates rates)
    {
        yield return Trains(study.Trained("vanilla_res", study.Sizes.DeepLayers), study, study.Sizes.DeepLayers, rates);
    }

    /// <summary>Composed networks: those that the theory calls well-behaved train, those that it calls exploding do not.</summary>
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

    /// <summary>Tests that most mappings of a net do not reach the accuracy of bn_res.</summary>
    /// <param name="net">The net.</param>
    /// <param name="study">Trains bn_res.</param>
    /// <param name="layers">Number of layers of that bn_res.</param>
    /// <param name="rates">The permitted error rates.</param>
    /// <param name="hasCollapsed">Whether the mappings must have collapsed at initialisation.</param>
    /// <param name="predicted">The theory's prediction; null if there is none.</param>
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

    /// <summary>Tests that most mappings of a net reach the accuracy of bn_res.</summary>
    /// <param name="net">The net.</param>
    /// <param name="study">Trains bn_res.</param>
    /// <param name="layers">Number of layers of that bn_res.</param>
    /// <param name="rates">The permitted error rates.</param>
    /// <param name="predicted">The theory's prediction; null if there is none.</param>
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
