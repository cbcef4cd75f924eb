using System.Globalization;
using MathNet.Numerics.Statistics;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Bench;

/// <summary>The author's experiments again: his figures, ours and theory's side by side, as docs/reproduction.md shows them.</summary>
internal static class ReproductionTable
{
    private const int Batches = 20;
    private static readonly int[] PlainDepths = [20, 50, 100, 200];
    private static readonly int[] ResidualDepths = [20, 100, 200, 500];

    /// <summary>Prints the tables.</summary>
    /// <param name="published">Folder of the author's figures.</param>
    /// <param name="measured">Folder of ours.</param>
    public static void Print(string published, string measured)
    {
        foreach (var (name, architecture, relu, last, depths) in new[]
        {
            ("vanilla_fc", "vanilla", 3, 3, PlainDepths),
            ("bn_ff_fc_64", "bn_ff", 4, 4, PlainDepths),
            ("bn_res_fc", "bn_res", 3, 5, ResidualDepths),
        })
        {
            var options = new ExperimentOptions { Architecture = architecture, TotalDepth = depths[^1], KernelSize = 1, NumChannels = 512, BatchSize = 64, NumSims = 1 };
            var theory = Sampled(options);
            var his = RecordedFigures.Read(Path.Combine(published, $"{name}.csv"));
            var ours = RecordedFigures.Read(Path.Combine(measured, $"{name}.csv"));
            var gaussian = RecordedFigures.Read(Path.Combine(measured, $"{name}_gaussian.csv"));
            Console.WriteLine($"\n### {name}\n\n| quantity | depth | his (CIFAR-10) | ours (photographs) | theory at N = 512 (photographs) | ours − theory | theory at N = ∞ | ours (Gaussian pixels) |\n|---|---|---|---|---|---|---|---|");
            var (chi, reff) = ($"chi_loc{last}", $"reff_signal_loc{relu}");
            foreach (var depth in depths)
            {
                Row("χ", depth, chi, sampled => sampled.ChiMean, (prediction, at) => Math.Exp(prediction.LogChi[at - 1]));
            }

            foreach (var depth in depths)
            {
                Row("r_eff", depth, reff, sampled => sampled.ReffMean, (prediction, at) => prediction.Moments[at - 1].ReffSignal);
            }

            var (from, to) = (depths[1], depths[^1]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| χ({to})/χ({from}) | | {Growth(his)} | {Growth(ours)} | | | {theory.Infinite.Average(prediction => Math.Exp(prediction.LogChi[to - 1] - prediction.LogChi[from - 1])):G5} | {Growth(gaussian)} |"));

            string Growth(RecordedFigures figures)
            {
                var (first, second) = (figures.Find(chi)![from], figures.Find(chi)![to]);
                return Spell(second.Mean / first.Mean, second.Mean / first.Mean * Math.Sqrt(Square(Error(first) / first.Mean) + Square(Error(second) / second.Mean)));
            }

            void Row(string label, int depth, string quantity, Func<FiniteWidthPrediction, IReadOnlyList<double>> select, Func<Prediction, int, double> limit)
            {
                double[] law = [.. theory.Sampled.Select(sampled => select(sampled)[depth - 1])];
                var error = law.StandardDeviation() / Math.Sqrt(law.Length);
                var (one, other, third) = (his.Find(quantity)![depth], ours.Find(quantity)![depth], gaussian.Find(quantity)![depth]);
                var apart = (other.Mean - law.Mean()) / Math.Sqrt(Square(Error(other)) + Square(error));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {label} | {depth} | {Spell(one.Mean, Error(one))} | {Spell(other.Mean, Error(other))} | {Spell(law.Mean(), error)} | {apart:+0.0;−0.0;0.0} SE | {theory.Infinite.Average(prediction => limit(prediction, depth)):G5} | {Spell(third.Mean, Error(third))} |"));
            }
        }

        PrintWalk(RecordedFigures.Read(Path.Combine(published, "vanilla_histo_fc.csv")), RecordedFigures.Read(Path.Combine(measured, "vanilla_histo_fc.csv")));
        PrintConvolutions(measured);
    }

    private static void PrintWalk(RecordedFigures his, RecordedFigures ours)
    {
        var walk = new RandomWalk(128);
        const int layers = 150;
        var square = (layers * walk.Variance) + Square(layers * walk.Drift);
        Console.WriteLine("\n### vanilla_histo_fc\n\n| quantity | his | ours | W1, exact | his − W1 | ours − W1 |\n|---|---|---|---|---|---|");
        foreach (var (quantity, label, law) in new[]
        {
            ("walk_gain", "mean gain of ln ν₂ from depth 50 to 200", layers * walk.Drift),
            ("walk_gain_squared", "mean square of the gain", square),
        })
        {
            var (one, other) = (his.Find(quantity)![200], ours.Find(quantity)![200]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {label} | {Spell(one.Mean, Error(one))} | {Spell(other.Mean, Error(other))} | {law:F4} | {(one.Mean - law) / Error(one):+0.0;−0.0;0.0} SE | {(other.Mean - law) / Error(other):+0.0;−0.0;0.0} SE |"));
        }
    }

    private static void PrintConvolutions(string measured)
    {
        Console.WriteLine("\n### Convolutions\n\n| experiment | quantity | ours | theory |\n|---|---|---|---|");
        foreach (var (name, place, relu, from, to) in new[] { ("bn_ff", 4, 4, 100, 200), ("bn_res", 5, 3, 250, 500) })
        {
            var figures = RecordedFigures.Read(Path.Combine(measured, $"{name}.csv"));
            var (first, last) = (figures.Find($"chi_loc{place}")![from], figures.Find($"chi_loc{place}")![to]);
            var error = Math.Sqrt(Square(Error(first) / first.Mean) + Square(Error(last) / last.Mean));
            var reff = figures.Find($"reff_signal_loc{relu}")![to];
            Console.WriteLine($"| {name} | r_eff of the signal at depth {to}, {reff.Count} simulations | {Spell(reff.Mean, Error(reff))} | above 1 |");
            if (name == "bn_ff")
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | δχ, mean of layers {from} to {to} | {Spell(Math.Pow(last.Mean / first.Mean, 1.0 / (to - from)), error / (to - from))} | {LargeBatchLimits.BatchNormIncrement:F4} (A1) |"));
            }
            else
            {
                var exponent = (LargeBatchLimits.LogResidualChi(to, 2) - LargeBatchLimits.LogResidualChi(from, 2)) / Math.Log((double)to / from);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | exponent of χ between depth {from} and {to} | {Spell(Math.Log(last.Mean / first.Mean) / Math.Log((double)to / from), error / Math.Log((double)to / from))} | {exponent:F4} (A2) |"));
            }
        }
    }

    /// <summary>Networks sampled from the one-step laws, two on each of some batches, and the recursion on the same batches.</summary>
    private static (FiniteWidthPrediction[] Sampled, Prediction[] Infinite) Sampled(ExperimentOptions options)
    {
        var images = ImageSources.Open("natural");
        var sampled = new FiniteWidthPrediction[Batches];
        var infinite = new Prediction[Batches];
        Parallel.For(0, Batches, batch =>
        {
            // Other batches than those that were simulated: nothing is compared with itself.
            var drawn = options with { Seed = 1000 + (ulong)batch };
            sampled[batch] = FiniteWidthPrediction.Of(drawn, images, 2);
            infinite[batch] = Prediction.Of(drawn, images);
        });
        return (sampled, infinite);
    }

    private static double Error(Figure figure) => figure.Deviation / Math.Sqrt(figure.Count);

    private static double Square(double value) => value * value;

    private static string Spell(double mean, double error) => string.Create(CultureInfo.InvariantCulture, $"{mean:G5} ± {error:G2}");
}
