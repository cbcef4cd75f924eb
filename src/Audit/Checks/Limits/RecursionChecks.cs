using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>R1 and R2: the kernel recursions, by a ladder of widths that extrapolates to the infinite width they speak about.</summary>
internal static class RecursionChecks
{
    private const int Depth = 2;
    private const int NarrowestWidth = 24;

    /// <summary>In ln χ, where two layers of a batch-normalised net gain 0.6 and one wrong layer 0.2.</summary>
    private const double LogChiDiscrepancy = 0.2;

    /// <summary>In ln r_eff without batch norm, where two layers lose 0.5. Batch norm evens out the spectrum, whose largest eigenvalues then no longer stand apart; there the variance of the signal is looked at.</summary>
    private const double SpreadDiscrepancy = 0.35;

    /// <summary>ln χ and the effective rank of one given batch, extrapolated from N, 2N and 4N.</summary>
    /// <remarks>At the narrowest width what remains is of order (L/N)³ = 0.001 times a weight of 1/8 of the ladder: below a tenth of what is to be detected.</remarks>
    public static IEnumerable<Measurement> Ladder(CheckContext context, string architecture)
    {
        var rates = context.Rates.SharedBy(2);
        var (chi, spread) = (new Extrapolation(rates), new Extrapolation(rates));
        var network = new NetworkSettings(Architecture.Named(architecture), new TensorShape(12, 1, 1, 48), Depth, NarrowestWidth, 1, Boundary.Periodic, 0.01);
        var input = Prepared(Batch.Gaussian(network, context.SeedOf(-1), 0));
        var predicted = Predict(network, input);
        var withBatchNorm = network.Architecture.HasBatchNorm;
        var ofRank = !withBatchNorm && context.Reports("reff_signal");

        // ln χ scatters by about 1.3/√N; the ladder weighs its rungs by 8/3, 2 and 1/3.
        var deviation = 1.3 / Math.Sqrt(NarrowestWidth) * Math.Sqrt(Math.Pow(8.0 / 3, 2) / 4 + (4.0 / 2) + (1.0 / 9));
        var simulations = KnownVarianceTest.SamplesFor(rates, deviation, LogChiDiscrepancy);
        for (var rung = 0; rung < 3; rung++)
        {
            var rungNetwork = network with { Channels = NarrowestWidth << rung };
            var ranks = new Queue<double>();
            foreach (var trace in context.Simulate(rungNetwork, rung, simulations, input, ofRank ? NoteRank : null))
            {
                var last = trace.At(Depth, rungNetwork.Architecture.Places[^1].Number);
                var (mu2, noise) = (WrittenOutLayers.Variances(last.Signal, rungNetwork.Channels).Average(), WrittenOutLayers.MeanSquare(last.Noise));
                chi.Add(rung, new Observed(0.5 * Math.Log(noise / mu2)), new Expected(predicted.LogChi(1)));
                if (withBatchNorm)
                {
                    spread.Add(rung, new Observed(Math.Log(mu2)), new Expected(predicted.LogMu2Signal));
                }
                else if (ofRank)
                {
                    spread.Add(rung, new Observed(Math.Log(ranks.Dequeue())), new Expected(Math.Log(predicted.ReffSignal)));
                }
            }

            void NoteRank(Snapshot snapshot)
            {
                if (snapshot.Depth == Depth && snapshot.Place.Kind == PlaceKind.Relu)
                {
                    ranks.Enqueue(snapshot.Moments().ReffSignal);
                }
            }
        }

        yield return chi.Conclude($"ln χ at depth {Depth}, extrapolated from N = {NarrowestWidth}, {2 * NarrowestWidth}, {4 * NarrowestWidth}", LogChiDiscrepancy);
        if (withBatchNorm || ofRank)
        {
            yield return spread.Conclude($"{(ofRank ? "ln r_eff" : "ln μ₂(x)")} at depth {Depth}, extrapolated likewise", SpreadDiscrepancy);
        }
    }

    /// <summary>
    /// Makes a batch that the recursion speaks about. One channel of eight times the others' scale sets the largest eigenvalue an order of magnitude apart: equal ones would split as √(1/N)
    /// at finite width, which no ladder in 1/N extrapolates. And noise in channels where there is no signal is uncorrelated with it, as R2 assumes.
    /// </summary>
    private static Batch Prepared(Batch batch)
    {
        var channels = batch.Shape.Channels;
        return batch with
        {
            Signal = [.. batch.Signal.Select((value, i) => (i % channels) switch { 0 => 8 * value, var c when c < channels / 2 => value, _ => 0 })],
            Noise = [.. batch.Noise.Select((value, i) => i % channels < channels / 2 ? 0 : value)],
        };
    }

    private static PredictedMoments Predict(NetworkSettings network, Batch input)
    {
        var points = network.FeatureShape.Points;

        double[] noise = [.. Enumerable.Range(0, points).Select(i => Enumerable.Range(0, input.Shape.Channels).Average(c => Math.Pow(input.Noise[(i * input.Shape.Channels) + c], 2)))];
        var recursion = new KernelRecursion(NetworkKind.Named(network.Architecture.Name, network.Architecture.ResidualDepth), new LayerKernels(network).OfFirst(input.Signal), noise, new ConvolutionKernel(points, 1, 1, 1, Border.Periodic), network.Epsilon);
        var moments = recursion.Next();
        while (moments.Depth < network.Depth)
        {
            moments = recursion.Next();
        }

        return moments;
    }
}
