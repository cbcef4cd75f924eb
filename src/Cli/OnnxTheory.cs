using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary>The prediction for a network in an ONNX file, where that is a composition of layers for which theory has laws.</summary>
/// <param name="Said">Sentences on the prediction, or on why there is none.</param>
/// <param name="AtPlaces">Predictions by the index of the network's place.</param>
internal sealed record OnnxTheory(IReadOnlyList<string> Said, IReadOnlyDictionary<int, PredictedPlace> AtPlaces)
{
    /// <summary>Predicts for the batch that the first mapping drew, or for one with the same law.</summary>
    /// <param name="request">The options of the call.</param>
    /// <param name="network">The network.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static OnnxTheory Predict(OnnxRequest request, OnnxDescription network, CancellationToken cancellation)
    {
        if (network.Composition is not { Network: { } text } composition)
        {
            return Silent($"not compared: the graph is not composed of layers that theory knows; {network.Composition.Reason}");
        }

        var described = NetworkTemplate.Parse(text).With();
        if (request.Noise == NoiseKind.Full && PointMixing.MixesInputs(described.Layers))
        {
            return Silent(
                "not compared: --noise full differentiates the statistics of batches; " + "there is a law of one step of such noise, but not of a whole network"
            );
        }

        var (shape, isGaussian) = (described.Input, request.Dataset is null or GaussianImages.Name);
        var question = new NetworkQuestion(described, (int)network.Inputs[0].Shape[0])
        {
            Dataset = request.Dataset ?? GaussianImages.Name,
            Normalize = isGaussian ? InputNormalization.None : request.Normalize,
            Seed = request.Seed,
            FullNoise = request.Noise == NoiseKind.Full,
        };
        try
        {
            var subset = PointSubset.Choose(question);
            var images = isGaussian
                ? new GaussianImages(shape.Height, shape.Width, shape.Channels)
                : ImageSources.Open(request.Dataset!, request.DataDir, request.Layout);
            var cost = NetworkForecast.CostOf(question, subset, images);
            if (!ComparisonLimit.Allows(subset, cost))
            {
                var why =
                    subset.AreAll && cost.Bytes <= ComparisonLimit.MostBytes && cost.Seconds < TimeSpan.MaxValue.TotalSeconds / 2
                        ? $"would take about {CostRemark.Spell(TimeSpan.FromSeconds(cost.Seconds))}"
                        : "is too large";
                return Silent($"not compared: a kernel over all points of the batch {why}; choose smaller images or a smaller batch");
            }

            var forecast = NetworkForecast.Make(question, subset, images, samples: 0, cancellation: cancellation);
            var places = new Dictionary<int, PredictedPlace>();
            foreach (var place in forecast.Prediction.Places.Where(place => composition.Places[place.Index] >= 0))
            {
                places[composition.Places[place.Index]] = place;
            }

            return new OnnxTheory(
                [
                    $"limit of infinite width, of {(isGaussian ? "another Gaussian batch" : "the first mapping's batch")}; a network of this width "
                        + "deviates from it, and more with depth",
                    .. composition.Remarks,
                    .. forecast.Prediction.End is { } end ? new[] { end.ToString() } : [],
                ],
                places
            );
        }
        catch (InvalidInputException reason)
        {
            return Silent($"not compared: {reason.Message}");
        }
    }

    private static OnnxTheory Silent(string reason) => new([reason], new Dictionary<int, PredictedPlace>());
}
