using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Finds what is wrong with a subject's own weights, from those that its signals determine.</summary>
internal static class WeightCauses
{
    internal const string Part = "its own weights";

    /// <summary>The fewest simulations that determine variances to a percent, used where the claims about weights were not asked for.</summary>
    private static readonly WeightPlan Few = new(Wide: 8, Kernel: 32, Narrow: 72, Neighbours: 4, Deep: 2);

    /// <summary>Explains the weights.</summary>
    /// <param name="context">The subject.</param>
    /// <param name="architecture">The architecture.</param>
    /// <param name="asked">The claims that were asked for: the weights that they recovered are examined again.</param>
    /// <param name="readsKernels">Whether its convolutions use given weights rightly; otherwise only fully connected nets are examined.</param>
    /// <returns>Nothing where they are right.</returns>
    public static IEnumerable<Explanation> Explain(CheckContext context, Architecture architecture, IReadOnlySet<string> asked, bool readsKernels)
    {
        var (all, few) = (
            context.Deep.Weights.Recover(architecture, WeightPlan.Derive(context.Rates, context.SampleShare)),
            context.Deep.Weights.Recover(architecture, Few)
        );
        var looksWide = asked.Overlaps(["I4", "I5", "I6", "I7", "I8"]);
        var wide = Recovered(() => (looksWide ? all : few).Wide);
        if (wide.Count == 0)
        {
            yield break;
        }

        if (OwnNoise(context, architecture) is { } ownNoise)
        {
            yield return ownNoise;
            yield break;
        }

        var bias = Bias(wide);
        if (bias is not null)
        {
            yield return bias;
        }

        if (asked.Count == 0 || asked.Overlaps(["I1", "I2", "I3", "I8", "I9"]))
        {
            var narrow = Recovered(() => (asked.Overlaps(["I6", "I7", "I8", "I9"]) ? all : few).Narrow);
            const string evidence = "recovered weights agree to rounding";
            if ((WeightCopies.Within(wide) ?? WeightCopies.Within(Recovered(() => (asked.Contains("I8") ? all : few).Deep))) is { } copies)
            {
                yield return Explanation.WithEvidence(Part, copies, evidence);
                yield break;
            }

            if (WeightCopies.Between(narrow, all.Seed) is var (between, repeats))
            {
                yield return Explanation.WithEvidence(Part, between, evidence);
                if (repeats)
                {
                    yield break;
                }
            }

            if (WeightStructure.Explain(wide) is var (structure, seen))
            {
                yield return Explanation.WithEvidence(Part, structure, seen);
                yield break;
            }
        }

        IReadOnlyList<RecoveredSimulation> kernel = readsKernels ? Recovered(() => (looksWide ? all : few).Kernel) : [];
        if (WeightScale.Explain([.. wide, .. kernel]) is var (scale, numbers, isKnown))
        {
            yield return isKnown ? Explanation.WithEvidence(Part, scale, numbers) : Explanation.None(Part, $"{scale} ({numbers})");
        }

        var strange = wide.SelectMany(simulation => simulation.Convolutions)
            .Where(convolution => convolution is { IsSolved: true, Loss: not null })
            .Select(convolution => convolution.Index)
            .Distinct()
            .Order()
            .ToArray();
        if (strange.Length > 0)
        {
            yield return Explanation.None(
                Part,
                $"no weights and biases give signal and noise of {(strange.Length == 1 ? "convolution" : "convolutions")} "
                    + $"{string.Join(", ", strange)} from what the definition puts into them"
            );
        }
    }

    private static IReadOnlyList<RecoveredSimulation> Recovered(Func<IReadOnlyList<RecoveredSimulation>> ask) => Attempt.Or(ask, []);

    private static Explanation? Bias(IReadOnlyList<RecoveredSimulation> simulations)
    {
        RecoveredConvolution[] solved =
        [
            .. simulations.SelectMany(simulation => simulation.Convolutions).Where(convolution => convolution is { IsSolved: true, Loss: null }),
        ];
        var biased = solved.Where(convolution => convolution.Bias.Zip(convolution.BiasErrors).Any(pair => Math.Abs(pair.First) > pair.Second)).ToArray();
        if (biased.Length == 0)
        {
            return null;
        }

        double[] scaled = [.. biased.SelectMany(convolution => convolution.Bias.Select(bias => bias * Math.Sqrt(convolution.Shape.FanIn)))];
        var (largest, variance) = (scaled.Max(Math.Abs), scaled.Average(bias => bias * bias));
        var isDefault = largest <= 1.001 && Math.Abs((3 * variance) - 1) < 5 * Math.Sqrt(0.8 / scaled.Length);
        return Explanation.WithEvidence(
            Part,
            isDefault
                ? "biases uniform in ±1/√(fan-in), PyTorch's default"
                : string.Create(CultureInfo.InvariantCulture, $"biases of deviation {Math.Sqrt(variance):0.###}/√(fan-in)"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"solved for in {biased.Length} of {Counted.Spell(solved.Length, "convolution")}: the largest is {largest:0.000}/√(fan-in), the "
                    + $"deviation {Math.Sqrt(variance):0.000}/√(fan-in)"
            )
        );
    }

    /// <summary>Whether one set of weights gives the signal of a convolution, and another one its noise.</summary>
    private static Explanation? OwnNoise(CheckContext context, Architecture architecture)
    {
        var network = new WeightNetworks(architecture, context.Subject.Description.EpsilonForWeights()).Wide;
        var seed = Mixing.SeedOf(context.Seed, "weights of signal and noise");
        var trace = Attempt.Or(() => Trace.Record(context.Subject, network, new Weights.Own(seed, 0), Batch.Gaussian(network, seed, 0)), null);
        if (trace is null)
        {
            return null;
        }

        ShownConvolution[] shown = [.. ShownConvolution.AllOf(trace, context.UnitRoundoff)];
        var own = shown.Where(HasOwnNoise).Select(convolution => convolution.Index).ToArray();
        return own.Length == 0
            ? null
            : Explanation.WithEvidence(
                Part,
                own is [var only] && only == shown[^1].Index ? "noise passes through weights of its own in the last convolution"
                    : own.Length == shown.Length || own.Length == shown.Length - 1 ? "noise passes through weights of its own"
                    : $"noise passes through weights of its own in convolutions {string.Join(", ", own)}",
                "one set of weights gives the signals to rounding, another one the noises, and the two are independent"
            );
    }

    private static bool HasOwnNoise(ShownConvolution convolution)
    {
        var (inputs, outputs) = (convolution.Shape.FanIn, convolution.Shape.OutputChannels);
        var points = convolution.InputShape.Points;
        if (convolution.NoiseError?.Any(double.IsNaN) == true)
        {
            return false;
        }

        // One more unknown allows for a bias.
        var x = Matrix<double>.Build.Dense(points, inputs + 1, (point, input) => input < inputs ? convolution.Signal[(point * inputs) + input] : 1);
        var (dx, y, dy) = (Rows(convolution.Noise, inputs), Rows(convolution.OutputSignal, outputs), Rows(convolution.OutputNoise, outputs));
        var (fromSignal, fromNoise) = (Solved(x, y), Solved(dx, dy));
        if (fromSignal is null || fromNoise is null)
        {
            return false;
        }

        var mismatch = (dy - (dx * fromSignal.SubMatrix(0, inputs, 0, outputs))).FrobeniusNorm() / dy.FrobeniusNorm();
        var signalFits = (y - (x * fromSignal)).FrobeniusNorm() <= 1e-3 * y.FrobeniusNorm();
        var noiseFits = (dy - (dx * fromNoise)).FrobeniusNorm() <= 1e-3 * dy.FrobeniusNorm();
        return mismatch > 0.3 && signalFits && noiseFits && points > inputs;

        Matrix<double> Rows(double[] values, int width) => Matrix<double>.Build.DenseOfRowMajor(values.Length / width, width, values);

        static Matrix<double>? Solved(Matrix<double> left, Matrix<double> right)
        {
            // Where a channel is zero at all points, its weights cannot be found: the least-squares solution of least norm has zeros there.
            var svd = left.Svd();
            var cut = 1e-5 * svd.S[0];
            var inverse = svd.S.Map(value => value > cut ? 1 / value : 0, Zeros.Include);
            var rank = svd.S.Count;
            return svd.VT.Transpose().SubMatrix(0, left.ColumnCount, 0, rank)
                * Matrix<double>.Build.DiagonalOfDiagonalVector(inverse)
                * svd.U.Transpose().SubMatrix(0, rank, 0, left.RowCount)
                * right;
        }
    }
}
