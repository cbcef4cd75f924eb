using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>The points of a batch that a prediction is made for.</summary>
/// <param name="Images">Images of the kernel: the first of the batch, or single positions if positions are independent.</param>
/// <param name="Shape">Shape of one image.</param>
/// <param name="AreAll">Whether they are the whole batch.</param>
/// <param name="Remark">What the choice changes in the prediction; null if nothing.</param>
internal sealed record PointSubset(int Images, Networks.Shape Shape, bool AreAll, string? Remark)
{
    /// <summary>The most seconds that a convolutional network may take; beyond them, fewer images are used.</summary>
    private const double MostSeconds = 300;

    /// <summary>Number of points.</summary>
    public long Points => Images * Shape.Positions;

    /// <summary>Chooses the points.</summary>
    /// <param name="question">The question.</param>
    /// <returns>The subset.</returns>
    /// <exception cref="InvalidInputException">
    /// Fewer points are asked for than batch norm needs, or than an image has whose positions cannot be separated; or a single image has more points than fit.
    /// </exception>
    public static PointSubset Choose(NetworkQuestion question)
    {
        var (network, shape) = (question.Network, question.Shape);
        var positions = Math.Max(
            shape.Positions,
            network.Places.Select(place => place.Shape.Positions).DefaultIfEmpty(1).Where(_ => !question.IsFlattened).DefaultIfEmpty(1).Max()
        );
        var (whole, most) = (question.BatchSize * positions, question.Points ?? Usual(network, shape, positions));
        if (whole <= most)
        {
            return new(question.BatchSize, shape, true, question.Points > whole ? Fewer(whole, question.Points.Value) : null);
        }

        var mixesPositions = PointMixing.MixesPositions(network.Layers, question.Shape);
        var apart = !mixesPositions && positions > 1;
        var images = apart ? most : (int)(most / positions);
        if (images < 1)
        {
            throw question.Points is null
                ? new InvalidInputException(
                    ParameterName.Spell(nameof(ExperimentOptions.Network)),
                    $"expected images of at most {Prediction.MostPoints} positions inside the network, got {positions}: a kernel over more points does not fit"
                )
                : new InvalidInputException(
                    OwnName,
                    $"expected at least {positions}, the positions of one image: layers mix them, so they cannot be predicted apart; got {most}"
                );
        }

        if (PointMixing.MixesInputs(network.Layers) && images * (apart ? 1 : positions) < 2)
        {
            throw new InvalidInputException(OwnName, "expected at least 2, since batch norm maps a single point to zero");
        }

        var what = apart ? $"the first {images} positions of the batch" : $"the first {images} of {Counted.Spell(question.BatchSize, "image")}";
        var count = images * (apart ? 1 : positions);
        var consequence = PointMixing.MixesInputs(network.Layers)
            ? $"batch norm then sees a batch of {Counted.Spell((int)count, "point")}: this is the prediction of a smaller batch, not of yours"
            : $"no layer couples {(apart ? "points" : "images")}, so all pairs of these points are predicted as in the whole batch; μ₂, χ and "
                + $"directions are those of these {Counted.Spell((int)count, "point")} alone, at most {count - 1} directions";
        return new(
            images,
            apart ? shape with { Height = 1, Width = 1 } : shape,
            false,
            "predicted for "
                + what
                + (question.Points is null ? $", because more points do not fit into memory or take long ({OwnName} K sets the number)" : string.Empty)
                + "; "
                + $"{consequence}"
        );
    }

    /// <summary>What messages call the number of points that are asked for.</summary>
    private static string OwnName => ParameterName.Spell(nameof(NetworkQuestion.Points));

    /// <summary>Says that a batch has fewer points than were asked for.</summary>
    /// <param name="whole">Points of the batch.</param>
    /// <param name="asked">Points that were asked for.</param>
    public static string Fewer(long whole, int asked) => $"predicted for all {whole} points of the batch, which are fewer than the {asked} of {OwnName}";

    /// <summary>As many points as fit. For convolutional networks, as many as take minutes, but at least those of one image.</summary>
    private static int Usual(Networks.Network network, Networks.Shape shape, long positions)
    {
        var images = Prediction.MostPoints / positions;
        while (positions > 1 && images > 1 && PredictionCost.Count(network.Layers, shape, (int)images).Seconds > MostSeconds)
        {
            images--;
        }

        return (int)Math.Min(Prediction.MostPoints, Math.Max(images, 1) * positions);
    }
}
