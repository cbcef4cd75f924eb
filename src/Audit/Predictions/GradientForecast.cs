using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>The theory's prediction of gradients for the batch that the first simulation would draw.</summary>
/// <param name="Question">The question.</param>
/// <param name="Subset">The points for which it is made.</param>
/// <param name="Prediction">The mean square of the gradient, place by place.</param>
internal sealed record GradientForecast(NetworkQuestion Question, PointSubset Subset, GradientPrediction Prediction)
{
    /// <summary>Makes the prediction.</summary>
    /// <param name="question">The question.</param>
    /// <param name="subset">The points.</param>
    /// <param name="images">The input images.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The prediction.</returns>
    /// <exception cref="InvalidInputException">The batch cannot be normalised.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static GradientForecast Make(NetworkQuestion question, PointSubset subset, ImageSource images, CancellationToken cancellation = default) =>
        new(question, subset, GradientPrediction.Make(question.Network, subset.Shape, NetworkForecast.Features(question, subset, images).Signal, cancellation));

    /// <summary>The question about one of the paper's architectures, as a network of layers.</summary>
    /// <param name="options">Valid options of an architecture.</param>
    /// <param name="images">The input images.</param>
    /// <param name="points">Points to predict for; null for as many as fit.</param>
    /// <exception cref="InvalidInputException">A kernel is larger than the image that it is applied to.</exception>
    public static NetworkQuestion QuestionOf(ExperimentOptions options, ImageSource images, int? points)
    {
        try
        {
            return new NetworkQuestion(Describe(options, new(images.Height, images.Width, images.Channels)), options.BatchSize)
            {
                Dataset = options.Dataset,
                Normalize = options.Normalize,
                Seed = options.Seed,
                Points = points,
                Depths = options.ComputedDepths.ToHashSet(),
            };
        }
        catch (Networks.InvalidNetworkException exception)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.Gradients)),
                $"expected sizes that a network of layers may have: {exception.Message}",
                exception
            );
        }
    }

    /// <summary>One of the paper's architectures as a network of layers.</summary>
    /// <param name="options">Valid options of an architecture.</param>
    /// <param name="input">Shape of an image.</param>
    /// <exception cref="Networks.InvalidNetworkException">The kernel is larger than its input, or a size is too large for a network of layers.</exception>
    public static Networks.Network Describe(ExperimentOptions options, Networks.Shape input) =>
        Networks.Recipes.Find(
            options.Architecture!,
            new Networks.RecipeSizes(input, options.TotalDepth, options.NumChannels, options.KernelSize, options.Boundary, options.Epsilon, options.ResDepth)
        )!;

    /// <summary>The mean square at a place as a natural logarithm; NaN where the theory makes no prediction.</summary>
    public double LogAt(int place) => Prediction.Places.Count == 0 ? double.NaN : Prediction.Places[place].LogMeanSquare;
}
