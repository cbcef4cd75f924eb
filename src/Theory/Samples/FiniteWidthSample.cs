using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Moments at one place of networks of the description's own width: means over sampled networks.</summary>
public sealed class SampledPlace
{
    internal SampledPlace(
        int index,
        Place place,
        double logNu2Signal,
        double logMu2Signal,
        double logMu2Noise,
        double logChi,
        double logChiStandardError,
        double reffSignal,
        double reffSignalStandardError,
        double reffNoise
    )
    {
        Index = index;
        Place = place;
        LogNu2Signal = logNu2Signal;
        LogMu2Signal = logMu2Signal;
        LogMu2Noise = logMu2Noise;
        LogChi = logChi;
        LogChiStandardError = logChiStandardError;
        ReffSignal = reffSignal;
        ReffSignalStandardError = reffSignalStandardError;
        ReffNoise = reffNoise;
    }

    /// <summary>Index of the place among the network's places.</summary>
    public int Index { get; }

    /// <summary>The place.</summary>
    public Place Place { get; }

    /// <summary>Mean of ln ν₂.</summary>
    public double LogNu2Signal { get; }

    /// <summary>Mean of ln μ₂.</summary>
    public double LogMu2Signal { get; }

    /// <summary>Mean of the logarithm of the noise's mean square.</summary>
    public double LogMu2Noise { get; }

    /// <summary>Mean of ln χ.</summary>
    public double LogChi { get; }

    /// <summary>Its standard error.</summary>
    public double LogChiStandardError { get; }

    /// <summary>Mean effective rank of the signal.</summary>
    public double ReffSignal { get; }

    /// <summary>Its standard error.</summary>
    public double ReffSignalStandardError { get; }

    /// <summary>Mean effective rank of the noise.</summary>
    public double ReffNoise { get; }
}

/// <summary>A sample of networks of the description's own width: the one-step laws, sampled instead of averaged.</summary>
public sealed class FiniteWidthSample
{
    /// <summary>The multiply-adds that a layer of a few numbers takes the time of, as measured with a million layers.</summary>
    private const double OfAnyLayer = 2000;

    internal FiniteWidthSample(int networks, IReadOnlyList<SampledPlace> places, TheoryEnd? end) => (Networks, Places, End) = (networks, places, end);

    /// <summary>Number of sampled networks.</summary>
    public int Networks { get; }

    /// <summary>Means at the places that were asked for.</summary>
    public IReadOnlyList<SampledPlace> Places { get; }

    /// <summary>Where the sample ends; null if it reaches the output.</summary>
    public TheoryEnd? End { get; }

    /// <summary>Whether layers can be sampled: this requires that none mixes positions, so that each is fully connected at every point.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="shape">Shape of one input in the features.</param>
    /// <returns>True if so.</returns>
    public static bool IsPossible(Layers layers, Shape shape) => !PointMixing.MixesPositions(layers, shape);

    /// <summary>Approximate number of multiply-adds of one network on a number of points.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="shape">Shape of one input in the features.</param>
    /// <param name="points">P.</param>
    /// <returns>The number of multiply-adds.</returns>
    internal static double Cost(Layers layers, Shape shape, int points)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return CostAndShape(layers, shape with { Height = 1, Width = 1 }, points).Cost;
    }

    /// <summary>Samples networks.</summary>
    /// <param name="network">The network.</param>
    /// <param name="features">x (points × channels).</param>
    /// <param name="noise">dx, of the same size.</param>
    /// <param name="mu2Input">μ₂(x⁰), to which χ is relative.</param>
    /// <param name="seeds">The seed of each network; at least two.</param>
    /// <param name="differentiatesBatch">Whether the noise is the full derivative, which includes statistics of batches.</param>
    /// <param name="isWanted">Whether moments are computed at a place; null for all places.</param>
    /// <param name="placeReached">Called at each place of each network.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The sample.</returns>
    /// <exception cref="ArgumentException">There are fewer than two networks.</exception>
    public static FiniteWidthSample Make(
        Network network,
        Matrix<double> features,
        Matrix<double> noise,
        double mu2Input,
        IReadOnlyList<ulong> seeds,
        bool differentiatesBatch = false,
        Func<int, bool>? isWanted = null,
        Action? placeReached = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentNullException.ThrowIfNull(seeds);
        if (seeds.Count < 2)
        {
            throw new ArgumentException($"expected at least 2 networks for a standard error, got {seeds.Count}", nameof(seeds));
        }

        var (moments, end, logMu2Input) = (new SortedDictionary<int, List<double[]>>(), default(TheoryEnd), Math.Log(mu2Input));
        foreach (var seed in seeds)
        {
            var index = 0;
            end =
                SampledNetwork.Walk(
                    network.Layers,
                    features,
                    noise,
                    seed,
                    differentiatesBatch,
                    state =>
                    {
                        if (state is not null && (isWanted is null || isWanted(index)))
                        {
                            if (!moments.TryGetValue(index, out var list))
                            {
                                moments[index] = list = [];
                            }

                            list.Add(Moments(state, logMu2Input));
                        }

                        index++;
                        placeReached?.Invoke();
                    },
                    cancellation
                ) ?? end;
        }

        // A place that some network did not reach is left out.
        return new(
            seeds.Count,
            [.. moments.Where(item => item.Value.Count == seeds.Count).Select(item => Mean(item.Key, network.Places[item.Key], item.Value))],
            end
        );
    }

    private static SampledPlace Mean(int index, Place place, List<double[]> samples)
    {
        double[] Column(int moment) => [.. samples.Select(sample => sample[moment])];
        double Error(int moment) => Column(moment).StandardDeviation() / Math.Sqrt(samples.Count);
        return new(
            index,
            place,
            Column(0).Average(),
            Column(1).Average(),
            Column(2).Average(),
            Column(3).Average(),
            Error(3),
            Column(4).Average(),
            Error(4),
            Column(5).Average()
        );
    }

    private static double[] Moments(SampledFeatures state, double logMu2Input)
    {
        var (signal, noise) = (
            Matrix<double>.Build.DenseOfRowMajor(state.Points, state.Width, state.Signal.ToArray()),
            Matrix<double>.Build.DenseOfRowMajor(state.Points, state.Width, state.Noise.ToArray())
        );
        var (ofSignal, ofNoise) = (Centred(signal), Centred(noise));
        var logNu2 = Math.Log(SampledFeatures.MeanSquare(state.Signal)) + state.LogSignalScale;
        var logMu2 = Math.Log(ofSignal.Variance) + state.LogSignalScale;
        var logNoise = Math.Log(SampledFeatures.MeanSquare(state.Noise)) + state.LogNoiseScale;
        return [logNu2, logMu2, logNoise, 0.5 * (logNoise - logMu2 + logMu2Input), ofSignal.Rank, ofNoise.Rank];
    }

    /// <summary>Variance over the points and effective rank, from differences to the first point, so that a common mean costs no digits.</summary>
    private static (double Variance, double Rank) Centred(Matrix<double> features)
    {
        var first = features.Row(0);
        var moved = Matrix<double>.Build.Dense(features.RowCount, features.ColumnCount, (i, k) => features[i, k] - first[k]);
        var mean = moved.ColumnSums() / features.RowCount;
        var centred = Matrix<double>.Build.Dense(features.RowCount, features.ColumnCount, (i, k) => moved[i, k] - mean[k]);
        var gram = DenseProduct.OfTransposed(centred, centred);
        var trace = gram.Trace();
        if (!(trace > 0))
        {
            return (trace, double.NaN);
        }

        return (trace / ((double)features.RowCount * features.ColumnCount), double.IsFinite(trace) ? KernelMatrix.EffectiveRank(gram, trace) : double.NaN);
    }

    private static (double Cost, Shape Shape) CostAndShape(Layers layers, Shape shape, int points)
    {
        var cost = 0.0;
        foreach (var layer in layers)
        {
            cost += OfAnyLayer;
            switch (layer)
            {
                case Repeat repeat:
                    var once = CostAndShape(repeat.Unit, shape, points);
                    cost += once.Cost * repeat.Times;
                    shape = once.Shape;
                    break;
                case Residual residual:
                    cost += CostAndShape(residual.Branch, shape, points).Cost + CostAndShape(residual.Skip, shape, points).Cost;
                    break;
                case Dense or Convolution:
                    var next = layer.OutputOf(shape);
                    var rank = Math.Min(shape.Channels, 2 * points);
                    cost +=
                        (2.0 * points * rank * next.Channels)
                        + (shape.Channels > 2 * points ? 4.0 * points * points * shape.Channels : 0)
                        + (30.0 * rank * next.Channels);
                    shape = next;
                    break;
                default:
                    // Moments are also sums of products over points.
                    cost += 2.0 * points * ((15 * shape.Channels) + ((double)points * shape.Channels));
                    break;
            }
        }

        return (cost, shape);
    }
}
