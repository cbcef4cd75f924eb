using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>
/// A prediction for fully connected networks of the given width: it samples the one-step laws instead of averaging them, which is exact in law.
/// </summary>
/// <param name="Samples">Number of sampled networks.</param>
/// <param name="LogChiMean">Mean of ln χ by depth.</param>
/// <param name="LogChiStandardError">Its standard error by depth.</param>
/// <param name="ChiMean">Mean of χ by depth.</param>
/// <param name="ReffMean">Mean effective rank of the signal by depth.</param>
/// <param name="Mu4Mean">Mean μ₄ after batch norm by depth; NaN without batch norm.</param>
internal sealed record FiniteWidthPrediction(
    int Samples,
    IReadOnlyList<double> LogChiMean,
    IReadOnlyList<double> LogChiStandardError,
    IReadOnlyList<double> ChiMean,
    IReadOnlyList<double> ReffMean,
    IReadOnlyList<double> Mu4Mean
)
{
    /// <summary>
    /// Samples networks on the batch that simulation 0 would draw. The noise is taken as it is in the mean: of unit variance, independent of the signal.
    /// </summary>
    /// <param name="options">Valid options of a fully connected net.</param>
    /// <param name="images">The input images.</param>
    /// <param name="samples">Number of networks, at least 2.</param>
    /// <param name="depthReached">Called after each layer or residual unit of each network.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The prediction.</returns>
    /// <exception cref="InvalidInputException">The net is convolutional, there are too few samples, or the images do not vary.</exception>
    public static FiniteWidthPrediction Sample(
        ExperimentOptions options,
        ImageSource images,
        int samples,
        Action? depthReached = null,
        CancellationToken cancellation = default
    ) => Sample(options, images, samples, isNoiseGiven: false, depthReached, cancellation);

    /// <summary>Samples networks on the batch and the noise that simulation 0 would draw.</summary>
    /// <param name="options">Valid options of a fully connected net.</param>
    /// <param name="images">The input images.</param>
    /// <param name="samples">Number of networks, at least 2.</param>
    /// <param name="depthReached">Called after each layer or residual unit of each network.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The prediction.</returns>
    /// <exception cref="InvalidInputException">The net is convolutional, there are too few samples, or the images do not vary.</exception>
    public static FiniteWidthPrediction GivenNoise(
        ExperimentOptions options,
        ImageSource images,
        int samples,
        Action? depthReached = null,
        CancellationToken cancellation = default
    ) => Sample(options, images, samples, isNoiseGiven: true, depthReached, cancellation);

    /// <summary>Multiply-adds of a sample that takes a few seconds.</summary>
    private const double FewSeconds = 1.5e10;

    /// <summary>Number of networks that are sampled if no number is given.</summary>
    private const int Usual = 10;

    /// <summary>The number of networks that is sampled if no number is given: ten where that takes seconds.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="images">The input images.</param>
    /// <returns>The number; 0 if sampling takes longer, or the net cannot be sampled.</returns>
    internal static int UsualSamples(ExperimentOptions options, ImageSource images)
    {
        double rows = 2.0 * options.BatchSize,
            width = options.NumChannels,
            layers = (double)options.TotalDepth * (options.NamedArchitecture.IsResidual ? options.ResDepth : 1);
        var rank = Math.Min(rows, width);
        var cost = Usual * layers * ((rows * rank * width) + (width > rows ? rows * rows * width : 0) + (30 * rank * width));
        return
            options.KernelSize == 1
            && cost <= FewSeconds
            && !(options.BatchSize > 1 && InputVariation.Measure(InputFeatures.Draw(options, images, options.BatchSize).Signal).VariesTooLittle)
            ? Usual
            : 0;
    }

    /// <summary>The seed of one sampled network.</summary>
    /// <remarks>It is mixed twice: a sum of seed and number would give the same networks for neighbouring seeds, and batches are averaged over these.</remarks>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="sample">Number of the network.</param>
    /// <returns>The network's seed.</returns>
    internal static ulong SeedOf(ulong seed, int sample) => Mixing.Mix(Mixing.Mix(seed) ^ (ulong)sample);

    /// <summary>Numbers of one kind that samples may have in all; a few kinds are kept.</summary>
    private const int MostNumbers = 1 << 26;

    /// <summary>Refuses numbers of networks that give no standard error, or whose numbers do not fit memory.</summary>
    /// <param name="samples">Number of networks.</param>
    /// <param name="places">Depths or places of a network, of which each sample keeps numbers.</param>
    /// <exception cref="InvalidInputException">There are fewer than two, or too many.</exception>
    internal static void RequireSamples(int samples, int places)
    {
        if (samples < 2)
        {
            throw new InvalidInputException(ParameterName.Spell(nameof(samples)), $"expected at least 2 networks for a standard error, got {samples}");
        }

        if ((long)samples * places > MostNumbers)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(samples)),
                $"expected at most {MostNumbers / places} networks, whose numbers at {Counted.Spell(places, "depth")} fit memory, got {samples}"
            );
        }
    }

    private static FiniteWidthPrediction Sample(
        ExperimentOptions options,
        ImageSource images,
        int samples,
        bool isNoiseGiven,
        Action? depthReached,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.KernelSize != 1)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(samples)),
                $"expected a fully connected net ({ParameterName.Spell(nameof(ExperimentOptions.KernelSize))} 1): convolutions "
                    + "correlate neurons over all positions"
            );
        }

        RequireSamples(samples, options.TotalDepth);

        var (features, noise, mu2Input) = InputFeatures.Draw(options, images, options.BatchSize);
        if (InputVariation.Measure(features) is { VariesTooLittle: true } variation && features.RowCount > 1)
        {
            throw variation.Refusal(ParameterName.Spell(nameof(samples), nameof(ExperimentOptions.Dataset)), options);
        }

        var gram = isNoiseGiven ? Gram(features.Stack(noise)) : Gram(features);
        var kind = PredictedKind.Find(options);
        var (logChi, reff, mu4) = (Table(), Table(), Table());
        for (var sample = 0; sample < samples; sample++)
        {
            var seed = SeedOf(options.Seed, sample);
            var network = isNoiseGiven
                ? SampledNeurons.Given(kind, gram, options.NumChannels, options.Epsilon, seed)
                : new SampledNeurons(kind, gram, options.NumChannels, options.Epsilon, seed);
            for (var depth = 0; depth < options.TotalDepth; depth++)
            {
                cancellation.ThrowIfCancellationRequested();
                var moments = network.Next();
                (logChi[depth][sample], reff[depth][sample], mu4[depth][sample]) = (moments.LogChi(mu2Input), moments.ReffSignal, network.Mu4AfterBatchNorm);
                depthReached?.Invoke();
            }
        }

        return new FiniteWidthPrediction(
            samples,
            [.. logChi.Select(MathNet.Numerics.Statistics.Statistics.Mean)],
            [.. logChi.Select(values => values.StandardDeviation() / Math.Sqrt(samples))],
            [.. logChi.Select(values => values.Average(Math.Exp))],
            [.. reff.Select(MathNet.Numerics.Statistics.Statistics.Mean)],
            [.. mu4.Select(MathNet.Numerics.Statistics.Statistics.Mean)]
        );

        double[][] Table() => [.. Enumerable.Range(0, options.TotalDepth).Select(_ => new double[samples])];
    }

    private static Matrix<double> Gram(Matrix<double> features) => features.TransposeAndMultiply(features) / features.ColumnCount;
}
