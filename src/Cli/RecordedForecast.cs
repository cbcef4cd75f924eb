using System.Globalization;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary>
/// What theory says of the network that an experiment simulated: where its units go, and of a described network, for the batch and the noise of its first
/// simulation, its moments place by place, if that takes no longer than somebody waits for a figure.
/// </summary>
/// <param name="Prediction">Moments place by place; null where they would take too long, or theory does not reach the network.</param>
/// <param name="Verdicts">The verdict on the units of each stack; empty for a network without stacks.</param>
/// <param name="Silence">Why there is no prediction; null where there is one.</param>
internal sealed record RecordedForecast(NetworkPrediction? Prediction, IReadOnlyList<StackVerdict> Verdicts, string? Silence)
{
    /// <summary>Rows and columns of an image that any kernel of half of it fits.</summary>
    private const int LeastSide = 2;

    private const string OneStep =
        "--noise full differentiates the statistics of batches; " + "there is a law of one step of such noise, but not of a whole network";

    /// <summary>The prediction of gradients, where the file has them.</summary>
    public GradientForecast? Gradient { get; private init; }

    /// <summary>Predicts for the experiment of a file.</summary>
    /// <param name="file">The file, which says of which architecture or described network it is.</param>
    /// <param name="given">Images that the user names; null if none.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static RecordedForecast Predict(ResultFile file, ImageSource? given, CancellationToken cancellation)
    {
        if (file.Options is not { } options)
        {
            return Silent([], "the file does not say which layers its network has");
        }

        if (options.Network is null)
        {
            return OfArchitecture(options);
        }

        // Gaussian images are drawn in the shape that the network takes.
        var drawn = options is { Dataset: GaussianImages.Name, DataDir: null, Layout: null } ? options.OpenImages() : null;
        if (drawn is not null && (file.DatasetChecksum ?? drawn.Checksum) == drawn.Checksum)
        {
            return Predict(options, drawn, cancellation);
        }

        return RecordedImages.Find(file, given, out var reason) is { } images ? Predict(options, images, cancellation) : Silent(Judged(options), reason!);
    }

    /// <summary>Predicts for an experiment.</summary>
    /// <param name="options">The experiment, on a network of layers.</param>
    /// <param name="images">Its images.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static RecordedForecast Predict(ExperimentOptions options, ImageSource images, CancellationToken cancellation)
    {
        var (network, full) = (options.Network!, options.Noise == NoiseKind.Full);
        if (full && PointMixing.MixesInputs(network.Layers))
        {
            return Silent([], OneStep);
        }

        var question = new NetworkQuestion(network, options.BatchSize)
        {
            Dataset = options.Dataset,
            Normalize = options.Normalize,
            Seed = options.Seed,
            FullNoise = full,
            Depths = options.Depths is { } depths ? depths.ToHashSet() : null,
            Samples = 0,
        };
        try
        {
            options.ValidateFor(images);
            var subset = PointSubset.Choose(question);
            if (!ComparisonLimit.Allows(subset, NetworkForecast.CostOf(question, subset, images)))
            {
                return Silent(
                    Judged(options),
                    "a kernel over all points of the batch takes too long, or too much memory; " + "wellbehaved predict --points K computes it for K of them"
                );
            }

            var forecast = ProgressDisplay.Show(
                "theory",
                network.Places.Count,
                (Action advance) => NetworkForecast.Make(question, subset, images, samples: 0, advance, cancellation)
            );
            return new(forecast.Prediction, forecast.Verdicts, null)
            {
                Gradient = options.Gradients && !full ? GradientForecast.Make(question, subset, images, cancellation) : null,
            };
        }
        catch (InvalidInputException reason)
        {
            return Silent(Judged(options), reason.Message);
        }
    }

    /// <summary>Of an architecture the verdicts on its units, which no image changes: its predictions are another command's.</summary>
    private static RecordedForecast OfArchitecture(ExperimentOptions options)
    {
        if (options.Noise == NoiseKind.Full && options.NamedArchitecture.HasBatchNorm)
        {
            return Silent([], OneStep);
        }

        var predicts = string.Create(
            CultureInfo.InvariantCulture,
            $"wellbehaved predict --architecture {options.Architecture} --total-depth {options.TotalDepth} "
                + $"--kernel-size {options.KernelSize} --num-channels {options.NumChannels} --batch-size {options.BatchSize} predicts each depth"
        );
        var side = Math.Max(LeastSide, 2 * options.KernelSize);
        try
        {
            var network = GradientForecast.Describe(options, new Networks.Shape(side, side, 1));
            return Silent([.. StackJudge.Judge(network).Select(verdict => verdict with { Path = options.Name })], predicts);
        }
        catch (Networks.InvalidNetworkException)
        {
            return Silent([], predicts);
        }
    }

    private static IReadOnlyList<StackVerdict> Judged(ExperimentOptions options) => StackJudge.Judge(options.Network!);

    private static RecordedForecast Silent(IReadOnlyList<StackVerdict> verdicts, string reason) => new(null, verdicts, reason);
}
