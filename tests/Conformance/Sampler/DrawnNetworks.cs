using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Functionals of many networks that read one batch: of the model with weights of its own, and of the sampled chain.</summary>
/// <param name="Architecture">Name of the architecture.</param>
/// <param name="Batch">The batch that all read.</param>
/// <param name="Width">N.</param>
/// <param name="Depth">L.</param>
internal sealed record DrawnNetworks(string Architecture, GivenBatch Batch, int Width, int Depth)
{
    public const int Count = 4000;

    /// <summary>ε of batch norm: a hundredth of a variance, so that its place in the formula matters.</summary>
    private const double Epsilon = 0.01;

    private const int Chunks = 8;

    public static readonly string[] Functionals = ["ln χ", "ln r_eff", "ln ν₂(x)", "ln μ₂(x)", "ln ν₂(dx)"];

    /// <summary>By functional, then by network.</summary>
    /// <param name="rewrite">Rewrites the network that is built; may be null.</param>
    /// <param name="factor">What the standard deviation of inner weights is multiplied by.</param>
    public double[][] OfModel(Func<NetworkSettings, NetworkSettings>? rewrite = null, double factor = 1)
    {
        var images = new TensorShape(Batch.Points, 1, 1, Batch.Channels);
        var right = new NetworkSettings(Model.Architecture.Named(Architecture), images, Depth, Width, Epsilon: Epsilon);
        var settings = rewrite?.Invoke(right) ?? right;
        var table = NewTable();
        Parallel.For(
            0,
            Chunks,
            chunk =>
            {
                using var network = new NetworkPropagation<double>(settings);
                using var computation = new MomentComputation<double>(settings.FeatureShape);
                Batch.Signal.CopyTo(network.Input.Signal);
                Batch.Noise.CopyTo(network.Input.Noise);
                var firstRelu = settings.Architecture.Places.First(place => place.Kind == UnitPlaceKind.Relu);
                var observer = new RankObserver(Depth, firstRelu, computation);
                for (var i = chunk; i < Count; i += Chunks)
                {
                    var end = network.Propagate(new ScaledKernels(new RandomKernels<double>(TestSeed.Value, (uint)i), factor), observer);
                    var moments = computation.Compute(end, reffSignal: false, reffNoise: false);
                    Store(table, i, Logarithm(moments.LogNu2Signal), Logarithm(moments.LogMu2Signal), Logarithm(moments.LogMu2Noise), observer.Rank);
                }
            }
        );
        return table;
    }

    /// <summary>Likewise, of the chain that is given the batch.</summary>
    public double[][] OfChain() => OfChain(seed => SampledNeurons.Given(NetworkKind.Named(Architecture), Batch.JointGram(), Width, Epsilon, seed));

    /// <summary>Likewise, of the chain that only knows the signal.</summary>
    public double[][] OfChainWithUnitNoise() => OfChain(seed => new SampledNeurons(NetworkKind.Named(Architecture), Batch.SignalGram(), Width, Epsilon, seed));

    private double[][] OfChain(Func<ulong, SampledNeurons> start)
    {
        var table = NewTable();
        Parallel.For(
            0,
            Chunks,
            chunk =>
            {
                for (var i = chunk; i < Count; i += Chunks)
                {
                    var chain = start(TestSeed.Value ^ ((ulong)i << 32));
                    for (var depth = 0; depth < Depth; depth++)
                    {
                        chain.Advance();
                    }

                    var moments = chain.Moments();
                    Store(table, i, moments.LogNu2Signal, moments.LogMu2Signal, moments.LogMu2Noise, moments.ReffSignal);
                }
            }
        );
        return table;
    }

    private void Store(double[][] table, int network, double logNu2, double logMu2, double logNoise, double reff)
    {
        var logChi = new PredictedMoments(Depth, logNu2, logMu2, logNoise, reff).LogChi(Batch.Mu2Signal(), Batch.Mu2Noise());
        double[] functionals = [logChi, Math.Log(reff), logNu2, logMu2, logNoise];
        for (var f = 0; f < functionals.Length; f++)
        {
            // A few neurons often vary in one direction only: r_eff = 1 up to rounding, which must not split the atom. Model and chain promise 1e-6.
            table[f][network] = Math.Round(functionals[f], 5);
        }
    }

    /// <summary>Narrow nets die: result files have a finite number for ln 0, theory has -∞.</summary>
    private static double Logarithm(double stored) => stored == MomentSet.LogOfZero ? double.NegativeInfinity : stored;

    private static double[][] NewTable() => [.. Functionals.Select(_ => new double[Count])];

    private sealed class ScaledKernels(RandomKernels<double> right, double factor) : IKernelSource<double>
    {
        public void Fill(int convolution, KernelShape shape, Span<double> kernel)
        {
            right.Fill(convolution, shape, kernel);
            foreach (ref var weight in kernel)
            {
                weight *= convolution == 0 ? 1 : factor;
            }
        }
    }

    private sealed class RankObserver(int last, UnitPlace firstRelu, MomentComputation<double> computation) : IPropagationObserver<double>
    {
        public double Rank { get; private set; } = double.NaN;

        public bool Observes(int depth) => depth == last;

        public void Observe(int depth, UnitPlace place, SignalAndNoise<double> values)
        {
            if (place == firstRelu)
            {
                Rank = computation.Compute(values, reffSignal: true, reffNoise: false).ReffSignal;
            }
        }
    }
}
