using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>The theory's prediction for a network of layers, before any simulation.</summary>
/// <param name="Question">The question.</param>
/// <param name="Subset">The points for which it is made.</param>
/// <param name="Mu2InputSignal">μ₂(x⁰) of these points.</param>
/// <param name="MeanSquareNoise">Mean square of their input noise, 1 in the mean.</param>
/// <param name="Prediction">Moments in the limit of infinite width, place by place.</param>
/// <param name="Sample">Sampled networks of the description's own width; null if none were sampled.</param>
/// <param name="Verdicts">The verdicts on the units of each stack.</param>
internal sealed record NetworkForecast(
    NetworkQuestion Question,
    PointSubset Subset,
    double Mu2InputSignal,
    double MeanSquareNoise,
    NetworkPrediction Prediction,
    FiniteWidthSample? Sample,
    IReadOnlyList<StackVerdict> Verdicts
)
{
    /// <summary>
    /// A smaller share of the variance in the mean square is rounding of equal numbers in single precision; <c>run</c> refuses such images as well.
    /// </summary>
    private const double LeastVariance = 1.0 / (1L << 36);

    /// <summary>Multiply-adds of a sample that takes a few seconds.</summary>
    private const double FewSeconds = 1.5e10;

    /// <summary>Number of networks that are sampled if no number is given.</summary>
    private const int UsualSamples = 10;

    /// <summary>The number of networks that will be sampled.</summary>
    /// <param name="question">The question.</param>
    /// <param name="subset">The points.</param>
    /// <returns>The number; 0 for none.</returns>
    /// <exception cref="InvalidInputException">Samples are asked for, but the network cannot be sampled.</exception>
    public static int SamplesOf(NetworkQuestion question, PointSubset subset)
    {
        var possible = FiniteWidthSample.IsPossible(question.Network.Layers, question.Shape);
        return question.Samples switch
        {
            null => possible
            && subset.AreAll
            && UsualSamples * FiniteWidthSample.Cost(question.Network.Layers, question.Shape, (int)subset.Points) <= FewSeconds
                ? UsualSamples
                : 0,
            0 => 0,
            _ when !possible => throw new InvalidInputException(
                ParameterName.Spell(nameof(NetworkQuestion.Samples)),
                "expected a network whose layers mix only channels: convolutions, poolings and attention correlate neurons over all positions"
            ),
            { } asked => Required(asked),
        };

        int Required(int asked)
        {
            FiniteWidthPrediction.RequireSamples(asked, question.Network.Places.Count);
            return asked;
        }
    }

    /// <summary>
    /// What a prediction will cost. Batch norm before some activations takes long where inputs vary in few directions, so the inputs are looked at then.
    /// </summary>
    /// <param name="question">What is asked.</param>
    /// <param name="subset">The points.</param>
    /// <param name="images">The input images.</param>
    /// <returns>The cost.</returns>
    /// <exception cref="InvalidInputException">The batch cannot be normalised.</exception>
    public static PredictionCost CostOf(NetworkQuestion question, PointSubset subset, ImageSource images)
    {
        var few = PredictionCost.Count(question.Network.Layers, subset.Shape, subset.Images, directions: 1);
        var many = PredictionCost.Count(question.Network.Layers, subset.Shape, subset.Images);
        if (few.Seconds - many.Seconds < 1)
        {
            return few;
        }

        // (Tr S)²/Tr S² of S = XXᵀ, whose square has the trace of that of XᵀX.
        var centred = InputVariation.Centred(Features(question, subset, images).Signal);
        var smaller = centred.RowCount <= centred.ColumnCount ? centred.TransposeAndMultiply(centred) : centred.TransposeThisAndMultiply(centred);
        var squares = smaller.Enumerate().Sum(entry => entry * entry);
        return PredictionCost.Count(question.Network.Layers, subset.Shape, subset.Images, squares > 0 ? smaller.Trace() * smaller.Trace() / squares : 0);
    }

    /// <summary>Makes the prediction.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="subset">The points.</param>
    /// <param name="images">The input images.</param>
    /// <param name="samples">Number of networks to sample.</param>
    /// <param name="placeReached">Called at each place of the prediction, and of each sampled network.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The prediction.</returns>
    /// <exception cref="InvalidInputException">The batch cannot be normalised, or does not vary.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static NetworkForecast Make(
        NetworkQuestion question,
        PointSubset subset,
        ImageSource images,
        int samples,
        Action? placeReached = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(subset);
        ArgumentNullException.ThrowIfNull(images);
        var (signal, noise) = Features(question, subset, images);
        var (mu2, meanSquare) = Variation(signal);
        if (signal.RowCount > 1 && !(mu2 > LeastVariance * meanSquare))
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.Dataset)),
                $"expected images that vary within a batch, but those of {question.Dataset} {InputVariation.Measure(signal).Words}; use other "
                    + $"images{VaryingInput.OrNormalise(question.Normalize)}"
            );
        }

        var prediction = NetworkPrediction.Make(
            question.Network,
            subset.Shape,
            signal,
            noise,
            mu2,
            isWanted: question.IsWanted,
            placeReached: placeReached,
            cancellation: cancellation
        );
        var sample =
            samples == 0
                ? null
                : FiniteWidthSample.Make(
                    question.Network,
                    signal,
                    noise,
                    mu2,
                    [.. Enumerable.Range(0, samples).Select(number => FiniteWidthPrediction.SeedOf(question.Seed, number))],
                    question.FullNoise,
                    question.IsWanted,
                    placeReached,
                    cancellation
                );
        return new(
            question,
            subset,
            mu2,
            noise.Enumerate().Average(value => value * value),
            prediction,
            sample,
            StackJudge.Judge(question.Network, prediction)
        );
    }

    /// <summary>Draws and normalises the whole batch, and returns the points that are asked for.</summary>
    internal static (Matrix<double> Signal, Matrix<double> Noise) Features(NetworkQuestion question, PointSubset subset, ImageSource images)
    {
        var batch = images.BatchShape(question.BatchSize);
        var shape = question.IsFlattened ? batch.Flattened() : batch;
        using var input = new SignalAndNoise<double>(shape);
        _ = new NetworkInput(images, question.Normalize, question.Seed).Fill(0, input);
        var points = (int)subset.Points;
        return (Rows(input.Signal), Rows(input.Noise));

        Matrix<double> Rows(ReadOnlySpan<double> values) =>
            Matrix<double>.Build.DenseOfRowMajor(points, shape.Channels, values[..(points * shape.Channels)].ToArray());
    }

    /// <summary>μ₂ and ν₂ of features, channel by channel, from differences to the first point.</summary>
    private static (double Variance, double MeanSquare) Variation(Matrix<double> features)
    {
        var (variance, meanSquare) = (0.0, 0.0);
        foreach (var column in features.EnumerateColumns())
        {
            var pivot = column[0];
            var shift = column.Average(value => value - pivot);
            variance += column.Average(value => (value - pivot - shift) * (value - pivot - shift));
            meanSquare += column.Average(value => value * value);
        }

        return (variance / features.ColumnCount, meanSquare / features.ColumnCount);
    }
}
