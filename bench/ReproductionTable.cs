using System.Globalization;
using MathNet.Numerics.Statistics;
using Wellbehaved.Audit;
using Wellbehaved.Theory;

namespace Wellbehaved.Bench;

/// <summary>The author's experiments repeated: his figures, ours and those of the theory side by side, as in docs/reproduction.md.</summary>
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
        foreach (
            var (name, architecture, relu, last, depths) in new[]
            {
                ("vanilla_fc", "vanilla", 3, 3, PlainDepths),
                ("bn_ff_fc_64", "bn_ff", 4, 4, PlainDepths),
                ("bn_res_fc", "bn_res", 3, 5, ResidualDepths),
            }
        )
        {
            var options = new ExperimentOptions
            {
                Architecture = architecture,
                TotalDepth = depths[^1],
                KernelSize = 1,
                NumChannels = 512,
                BatchSize = 64,
                NumSims = 1,
            };
            var theory = Sampled(options);
            var his = RecordedFigures.Read(Path.Combine(published, $"{name}.csv"));
            var ours = RecordedFigures.Read(Path.Combine(measured, $"{name}.csv"));
            var gaussian = RecordedFigures.Read(Path.Combine(measured, $"{name}_gaussian.csv"));
            Console.WriteLine(
                $"\n### {name}\n\n| quantity | depth | his (CIFAR-10) | ours (photographs) | theory at N = 512 (photographs) | ours − theory | "
                    + "theory at N = ∞ | ours (Gaussian pixels) |\n|---|---|---|---|---|---|---|---|"
            );
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
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| χ({to})/χ({from}) | | {Growth(his)} | {Growth(ours)} | | | "
                        + $"{theory.Infinite.Average(prediction => Math.Exp(prediction.LogChi[to - 1] - prediction.LogChi[from - 1])):G5} | "
                        + $"{Growth(gaussian)} |"
                )
            );

            string Growth(RecordedFigures figures)
            {
                var (first, second) = (figures.Find(chi)![from], figures.Find(chi)![to]);
                return Spell(
                    second.Mean / first.Mean,
                    second.Mean / first.Mean * Math.Sqrt(Square(Error(first) / first.Mean) + Square(Error(second) / second.Mean))
                );
            }

            void Row(string label, int depth, string quantity, Func<FiniteWidthPrediction, IReadOnlyList<double>> select, Func<Prediction, int, double> limit)
            {
                double[] law = [.. theory.Sampled.Select(sampled => select(sampled)[depth - 1])];
                var error = law.StandardDeviation() / Math.Sqrt(law.Length);
                var (one, other, third) = (his.Find(quantity)![depth], ours.Find(quantity)![depth], gaussian.Find(quantity)![depth]);
                var apart = (other.Mean - law.Mean()) / Math.Sqrt(Square(Error(other)) + Square(error));
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {label} | {depth} | {Spell(one.Mean, Error(one))} | {Spell(other.Mean, Error(other))} | {Spell(law.Mean(), error)} "
                            + $"| {apart:+0.0;−0.0;0.0} SE | {theory.Infinite.Average(prediction => limit(prediction, depth)):G5} | "
                            + $"{Spell(third.Mean, Error(third))} |"
                    )
                );
            }
        }

        PrintWalk(RecordedFigures.Read(Path.Combine(published, "vanilla_histo_fc.csv")), RecordedFigures.Read(Path.Combine(measured, "vanilla_histo_fc.csv")));
        PrintConvolutions(published, measured);
    }

    private static void PrintWalk(RecordedFigures his, RecordedFigures ours)
    {
        var walk = new RandomWalk(128);
        const int layers = 150;
        var square = (layers * walk.Variance) + Square(layers * walk.Drift);
        Console.WriteLine("\n### vanilla_histo_fc\n\n| quantity | his | ours | W1, exact | his − W1 | ours − W1 |\n|---|---|---|---|---|---|");
        foreach (
            var (quantity, label, law) in new[]
            {
                ("walk_gain", "mean gain of ln ν₂ from depth 50 to 200", layers * walk.Drift),
                ("walk_gain_squared", "mean square of the gain", square),
            }
        )
        {
            var (one, other) = (his.Find(quantity)![200], ours.Find(quantity)![200]);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {label} | {Spell(one.Mean, Error(one))} | {Spell(other.Mean, Error(other))} | {law:F4} | "
                        + $"{(one.Mean - law) / Error(one):+0.0;−0.0;0.0} SE | {(other.Mean - law) / Error(other):+0.0;−0.0;0.0} SE |"
                )
            );
        }
    }

    /// <summary>The convolutional experiments. The author published files of two of them; rows of the others have no figure of his.</summary>
    private static void PrintConvolutions(string published, string measured)
    {
        Console.WriteLine(
            "\n### Convolutions\n\n| experiment | quantity | his (CIFAR-10) | ours (photographs) | ours − his | theory |\n|---|---|---|---|---|---|"
        );
        foreach (var (name, last, relu, depths) in new[] { ("vanilla", 3, 3, PlainDepths), ("bn_ff", 4, 4, PlainDepths), ("bn_res", 5, 3, ResidualDepths) })
        {
            var ours = RecordedFigures.Read(Path.Combine(measured, $"{name}.csv"));
            var path = Path.Combine(published, $"{name}.csv");
            var his = File.Exists(path) ? RecordedFigures.Read(path) : null;
            foreach (
                var (quantity, label) in new[]
                {
                    ($"chi_loc{last}", "χ"),
                    ($"reff_signal_loc{relu}", "r_eff of the signal"),
                    ($"reff_noise_loc{relu}", "r_eff of the noise"),
                    ("nu1_abs_signal_loc3", "ν₁(\\|z\\|)"),
                    ("mu4_signal_loc3", "μ₄(z)"),
                }.Where(quantity => ours.Find(quantity.Item1) is not null && (name == "bn_ff" || quantity.Item2[0] is 'χ' or 'r'))
            )
            {
                foreach (var depth in depths)
                {
                    ConvolutionRow(name, $"{label} at depth {depth}", Mean(his?.Find(quantity)?[depth]), Mean(ours.Find(quantity)![depth])!.Value, "");
                }
            }

            var (from, to) = (depths[^1] / 2, depths[^1]);
            var (theirs, own) = (his is null ? null : Gain(his, last, from, to), Gain(ours, last, from, to)!.Value);
            if (name == "bn_res")
            {
                var (scale, law) = (1 / Math.Log((double)to / from), LargeBatchLimits.LogResidualChi(to, 2) - LargeBatchLimits.LogResidualChi(from, 2));
                ConvolutionRow(
                    name,
                    $"exponent of χ between depths {from} and {to}",
                    Scaled(theirs, scale),
                    (own.Mean * scale, own.Error * scale),
                    Invariant($"{law * scale:F4} (A2)")
                );
            }
            else
            {
                var limit =
                    name == "bn_ff" ? Invariant($"{LargeBatchLimits.BatchNormIncrement:F4} (A1)") : Invariant($"{LargeBatchLimits.VanillaIncrement:F4} (A3)");
                var scale = 1.0 / (to - from);
                ConvolutionRow(
                    name,
                    $"δχ, mean of layers {from} to {to}",
                    Increment(Scaled(theirs, scale)),
                    Increment((own.Mean * scale, own.Error * scale))!.Value,
                    limit
                );
            }
        }
    }

    private static void ConvolutionRow(string name, string quantity, (double Mean, double Error)? his, (double Mean, double Error) ours, string theory)
    {
        var apart = his is { } one ? (ours.Mean - one.Mean) / Math.Sqrt(Square(ours.Error) + Square(one.Error)) : double.NaN;
        var (theirs, difference) = his is null
            ? ("", "")
            : (Spell(his.Value.Mean, his.Value.Error), string.Create(CultureInfo.InvariantCulture, $"{apart:+0.0;−0.0;0.0} SE"));
        Console.WriteLine($"| {name} | {quantity} | {theirs} | {Spell(ours.Mean, ours.Error)} | {difference} | {theory} |");
    }

    /// <summary>
    /// The growth of the logarithm of the mean χ, with its error. The errors of both ends are added as if independent, which overstates the error.
    /// </summary>
    private static (double Mean, double Error)? Gain(RecordedFigures figures, int place, int from, int to)
    {
        var (first, last) = (figures.Find($"chi_loc{place}")![from], figures.Find($"chi_loc{place}")![to]);
        return (Math.Log(last.Mean / first.Mean), Math.Sqrt(Square(Error(first) / first.Mean) + Square(Error(last) / last.Mean)));
    }

    private static (double Mean, double Error)? Mean(RecordedSummary? figure) => figure is { } one ? (one.Mean, Error(one)) : null;

    private static (double Mean, double Error)? Scaled((double Mean, double Error)? figure, double scale) =>
        figure is { } one ? (one.Mean * scale, one.Error * scale) : null;

    private static (double Mean, double Error)? Increment((double Mean, double Error)? logarithm) =>
        logarithm is { } one ? (Math.Exp(one.Mean), Math.Exp(one.Mean) * one.Error) : null;

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Networks sampled from the one-step laws, two on each of some batches, and the recursion on the same batches.</summary>
    private static (FiniteWidthPrediction[] Sampled, Prediction[] Infinite) Sampled(ExperimentOptions options)
    {
        var images = ImageSources.Open("natural");
        var sampled = new FiniteWidthPrediction[Batches];
        var infinite = new Prediction[Batches];
        Parallel.For(
            0,
            Batches,
            batch =>
            {
                // These are other batches than those that were simulated, so that prediction and simulation are independent.
                var drawn = options with
                {
                    Seed = 1000 + (ulong)batch,
                };
                sampled[batch] = FiniteWidthPrediction.Sample(drawn, images, 2);
                infinite[batch] = Prediction.Predict(drawn, images);
            }
        );
        return (sampled, infinite);
    }

    private static double Error(RecordedSummary figure) => figure.Deviation / Math.Sqrt(figure.Count);

    private static double Square(double value) => value * value;

    private static string Spell(double mean, double error) => string.Create(CultureInfo.InvariantCulture, $"{mean:G5} ± {error:G2}");
}
