using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved predict</c>: predicts signal and noise in a network without a simulation.</summary>
internal static class PredictCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var network = new NetworkOptions(NetworkOptions.Source.ArchitectureOrNetwork);
        var json = OptionFactory.OutputFile("--json", "Also write the prediction to this file");
        var finiteWidth = OptionFactory.Number(
            "--finite-width",
            "Also sample this many networks of the given width, whose layers mix only channels, from the one-step laws; ten where that takes "
                + "seconds, 0 for none",
            10
        );
        var points = OptionFactory.OptionalNumber<int>("--points", "Predict for this many points of the batch only");
        var check = OptionFactory.OptionalNumber<int>(
            "--check",
            $"Also compare the prediction and its advice with this many simulations, {UsualChecks} if no number is given: the exit status is 0 if "
                + "all holds, 1 if something is rejected, 3 if nothing is decided"
        );
        var parseNumber = check.CustomParser!;
        (check.Arity, check.CustomParser) = (ArgumentArity.ZeroOrOne, result => result.Tokens.Count == 0 ? UsualChecks : parseNumber(result));
        var gradients = new Option<bool>("--gradients")
        {
            Description = "Also predict the mean square of the gradient that comes back from independent normal numbers at the output",
        };
        var command = new Command(
            "predict",
            "Predicts, for the batch and the noise that the first simulation would draw, what a network does to signal and noise."
        );
        network.AddTo(command);
        command.Options.Add(points);
        command.Options.Add(json);
        command.Options.Add(finiteWidth);
        command.Options.Add(check);
        command.Options.Add(gradients);
        command.SetAction(
            (parsed, cancellation) =>
                Task.Run(() =>
                {
                    int? samples = parsed.GetResult(finiteWidth) is { Implicit: false } ? parsed.GetValue(finiteWidth) : null;
                    int? most =
                        parsed.GetResult(points) is not { Implicit: false } ? null
                        : parsed.GetValue(points) is > 0 and var number ? number
                        : throw new InvalidInputException("--points", $"expected a positive number, got {parsed.GetValue(points)}");
                    var file = parsed.GetValue(json);
                    var checks =
                        parsed.GetResult(check) is not { Implicit: false } ? 0
                        : parsed.GetValue(check) is >= FewestChecks and var wanted ? wanted
                        : throw new InvalidInputException(
                            "--check",
                            $"expected at least {FewestChecks} simulations to estimate a margin of error, got {parsed.GetValue(check)}"
                        );
                    Outputs.RequireWritableText(file, json.Name);
                    var options = network.Read(parsed, numSims: 1);
                    return network.IsOfLayers(parsed)
                            ? Predict(
                                QuestionOf(options) with
                                {
                                    Points = most,
                                    Samples = samples,
                                },
                                $"wellbehaved run {network.Given(parsed)} --num-sims 32 --out result.npz",
                                parsed.GetValue(gradients),
                                options,
                                file,
                                checks,
                                cancellation
                            )
                        : checks > 0
                            ? throw new InvalidInputException(
                                "--check",
                                "expected with --network: the check is of its advice and exact means; for the paper's architectures, verify "
                                    + "checks every claim"
                            )
                        : Predict(options, parsed.GetValue(gradients), most, file, samples, cancellation);
                })
        );
        return command;
    }

    /// <summary>Default number of simulations of each network for <c>--check</c>.</summary>
    private const int UsualChecks = 24;

    private const int FewestChecks = 3;

    /// <summary>The question to theory about a network of layers.</summary>
    /// <exception cref="InvalidInputException">Theory has no law of its noise, or an option is out of range.</exception>
    private static NetworkQuestion QuestionOf(ExperimentOptions options)
    {
        options.Validate();
        options.ValidateFor(options.OpenImages());
        var (network, full) = (options.Network!, options.Noise == NoiseKind.Full);
        return full && PointMixing.MixesInputs(network.Layers)
            ? throw new InvalidInputException(
                "--noise",
                $"expected mapping for {network.Name}: full differentiates the statistics of batches, here first at "
                    + $"{PointMixing.FirstBatchNorm(network.Layers)}; there is a law of one step of such noise, but not of a whole network"
            )
            : new NetworkQuestion(network, options.BatchSize)
            {
                Dataset = options.Dataset,
                Normalize = options.Normalize,
                Seed = options.Seed,
                FullNoise = full,
                Depths = options.Depths is { } depths ? depths.ToHashSet() : null,
            };
    }

    private static int Predict(
        NetworkQuestion question,
        string simulation,
        bool gradients,
        ExperimentOptions options,
        string? json,
        int checks,
        CancellationToken cancellation
    )
    {
        var images = options.OpenImages();
        ImageRemark.Print(images.Remark);
        var subset = PointSubset.Choose(question);
        if (checks > 0 && !subset.AreAll)
        {
            throw new InvalidInputException(
                "--check, --batch-size",
                $"expected a prediction of the whole batch, since simulations use all of it; got {Counted.Spell((int)subset.Points, "point")} of it"
            );
        }

        var samples = NetworkForecast.SamplesOf(question, subset);
        if (question.Samples is null && samples > 0)
        {
            // The comparison then has as many sampled networks as simulations.
            samples = Math.Max(samples, checks);
        }

        var progress = new ForecastProgress(question, subset, samples);
        var cost = NetworkForecast.CostOf(question, subset, images);
        cost = cost with { Seconds = cost.Seconds + progress.SampleSeconds };
        CostRemark.Print(cost, subset.Points);
        if (CostRemark.IsWorthwhile(cost) && EndRemark.Foresee(question.Network) is { } end)
        {
            Console.Error.WriteLine(ForeignText.OnOneLine($"note: {end}; simulate instead: {simulation}"));
        }

        if (subset.Remark is not null)
        {
            Console.Error.WriteLine($"warning: {subset.Remark}");
        }

        var forecast = ProgressDisplay.Show(
            question.Network.Name,
            progress.Total,
            (Action<long> advance) =>
            {
                var measured = CostRemark.Measured(advance, progress.Total, progress.First);
                return NetworkForecast.Make(question, subset, images, samples, () => measured(progress.Next()), cancellation);
            }
        );
        var gradient = gradients ? GradientForecast.Make(question, subset, images, cancellation) : null;
        var check =
            checks == 0
                ? null
                : ProgressDisplay.Show(
                    "simulations",
                    (long)checks * PredictionCheck.Networks(forecast).Count,
                    (Action advance) => PredictionCheck.Make(forecast, options, images, checks, advance, cancellation)
                );
        Write(json, () => ForecastJson.Write(forecast, check, gradient));
        ForecastTable.Print(forecast, simulation, Screen.Output());
        if (gradient is not null)
        {
            GradientTable.Print(gradient, Screen.Output());
        }

        if (check is null)
        {
            return ExitStatus.Success;
        }

        CheckTable.Print(check, Screen.Output());
        return check.Verdict switch
        {
            Verdict.Holds => ExitStatus.Success,
            Verdict.Rejected => ExitStatus.Rejected,
            _ => ExitStatus.Inconclusive,
        };
    }

    private static void Write(string? json, Func<JsonObject> make)
    {
        if (json is not null)
        {
            AtomicFile.WriteText(json, Json.TextOf(make()) + "\n");
        }
    }

    private static int Predict(ExperimentOptions options, bool gradients, int? points, string? json, int? samples, CancellationToken cancellation)
    {
        options.Validate();
        if (options.Noise == NoiseKind.Full && options.NamedArchitecture.HasBatchNorm)
        {
            throw new InvalidInputException(
                "--noise",
                $"expected mapping for {options.Architecture}: full differentiates the statistics of batches; there is a law of one "
                    + "step of such noise, but not of a whole network"
            );
        }

        var images = ImageSources.Open(options.Dataset, options.DataDir, options.Layout);
        options.ValidateFor(images);
        if (points == 1 && options.NamedArchitecture.HasBatchNorm)
        {
            throw new InvalidInputException("--points", $"expected at least 2 for {options.Architecture}, whose batch norm maps a single point to zero, got 1");
        }

        ImageRemark.Print(images.Remark);
        var most = points ?? Prediction.MostPoints;
        var perImage = options.Settings(images).FeatureShape.Points / options.BatchSize;
        var used = (int)Math.Min(options.BatchSize, (long)most / perImage) * (long)perImage;
        CostRemark.Print(PredictionCost.Count(PredictedKind.Find(options), (int)used, options.KernelSize, options.TotalDepth), used);
        var finiteWidth = samples ?? FiniteWidthPrediction.UsualSamples(options, images);
        var sampled =
            finiteWidth == 0
                ? null
                : ProgressDisplay.Show(
                    "sampled networks",
                    (long)options.TotalDepth * finiteWidth,
                    depthReached => FiniteWidthPrediction.GivenNoise(options, images, finiteWidth, depthReached, cancellation)
                );
        var prediction = ProgressDisplay.Show(
            options.Name,
            options.TotalDepth,
            (Action<long> advance) =>
            {
                var measured = CostRemark.Measured(advance, options.TotalDepth, 1);
                return Prediction.GivenNoise(options, images, most, () => measured(1), cancellation);
            }
        ) with
        {
            FiniteWidth = sampled,
        };
        string[] remarks = [.. Remarks(options, prediction, images, points)];
        foreach (var remark in remarks)
        {
            Console.Error.WriteLine(remark);
        }

        var gradient = gradients ? GradientOf(options, images, points, cancellation) : null;
        Write(json, () => ToJson(options, prediction, gradient, remarks));
        Print(options, prediction);
        if (gradient is not null)
        {
            GradientTable.Print(gradient, Screen.Output());
        }

        return ExitStatus.Success;
    }

    /// <summary>Why numbers are missing, or are not those of the whole batch.</summary>
    private static IEnumerable<string> Remarks(ExperimentOptions options, Prediction prediction, ImageSource images, int? points)
    {
        var (norm, areChosen) = (options.NamedArchitecture.HasBatchNorm, points is not null);
        if (prediction.Moments[0].LogMu2Signal == double.NegativeInfinity && options.Settings(images).FeatureShape.Points > 1)
        {
            yield return "note: after the first layer, the images of the batch are all equal, so their variance μ₂ is 0 at every depth, and χ and the "
                + "directions of variance are not defined";
        }
        else if (norm && prediction.Noise is { SharedWithSignal: null })
        {
            yield return "note: the images have numbers so large that rounding hides directions of the others, which ε outweighs: how much of the noise lies "
                + "in the directions of the signal is not known";
        }

        if (points > options.Settings(images).FeatureShape.Points)
        {
            yield return $"warning: {PointSubset.Fewer(options.Settings(images).FeatureShape.Points, points.Value)}";
        }

        if (prediction.ImagesUsed < options.BatchSize)
        {
            var consequence =
                norm ? "; batch norm then sees a smaller batch"
                : areChosen ? $"; μ₂, χ and directions are those of these images alone"
                : string.Empty;
            var reason = areChosen ? string.Empty : $", since a kernel of more than {Prediction.MostPoints} points is too large";
            yield return $"warning: predicted for the first {prediction.ImagesUsed} of {options.BatchSize} images{reason}{consequence}";
        }
    }

    private static GradientForecast GradientOf(ExperimentOptions options, ImageSource images, int? points, CancellationToken cancellation)
    {
        var question = GradientForecast.QuestionOf(options, images, points);
        return GradientForecast.Make(question, PointSubset.Choose(question), images, cancellation);
    }

    private static void Print(ExperimentOptions options, Prediction prediction)
    {
        Console.WriteLine("                                                 directions");
        Console.WriteLine(" depth          χ      δχ         μ₂         ν₂  of variance");
        var shown = Shown(options).ToList();
        foreach (var i in TableRows.Spread(shown.Count))
        {
            var moments = prediction.Moments[shown[i]];
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{moments.Depth, 6}  {FigureText.Exponential(prediction.LogChi[shown[i]]), 9}  "
                        + $"{FigureText.Gain(prediction.LogDeltaChi[shown[i]]), 6}  {Variance(moments.LogMu2Signal), 9}  "
                        + $"{Variance(moments.LogNu2Signal), 9}  {FigureText.Fixed(moments.ReffSignal, "F3"), 11}"
                )
            );
        }

        Console.WriteLine();
        Console.WriteLine(
            $"The table is the limit of infinite width. Networks of {Counted.Spell(options.NumChannels, "channel")} deviate from it, and more "
                + $"with depth{(options.KernelSize == 1 && prediction.FiniteWidth is null ? "; --finite-width 10 samples ten of them" : "")}."
        );
        if (prediction.Walk is { } walk)
        {
            Console.WriteLine(
                MeasurementWords.Plain(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"ln ν₂ of one point walks with drift {walk.Drift:G6} and variance {walk.Variance:G6} per layer, at this width"
                    )
                )
            );
        }

        if (prediction.Tau is { } tau)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"χ grows as l^τ with τ = {tau:F6} in the limit of infinite batch and depth"));
        }

        if (prediction.DeltaChiLimit is { } limit)
        {
            // Without batch norm the limit is that of large depth, for any batch.
            Console.WriteLine(
                options.NamedArchitecture.HasBatchNorm
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"δχ tends to {limit:F6} in the limit of infinite batch; this batch of {Counted.Spell(prediction.ImagesUsed, "image")} "
                            + $"{Difference(prediction.LogDeltaChi[^1], limit)} at depth {options.TotalDepth}"
                    )
                    : FormattableString.Invariant($"δχ tends to {limit:F6} with depth")
            );
        }

        if (prediction.FiniteWidth is { } finite)
        {
            Console.WriteLine($"Width {options.NumChannels}, means of {Counted.Spell(finite.Samples, "sampled network")}, for χ the mean of its logarithm:");
            Console.WriteLine("                     standard   directions    μ₄ after");
            Console.WriteLine("   depth          χ     error  of variance  batch norm");
            foreach (var i in TableRows.Spread(shown.Count))
            {
                var depth = shown[i];
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{depth + 1, 8}  {FigureText.Exponential(finite.LogChiMean[depth]), 9}  "
                            + $"{FigureText.Share(finite.LogChiStandardError[depth]), 8}  {finite.ReffMean[depth], 11:F3}  "
                            + $"{(double.IsNaN(finite.Mu4Mean[depth]) ? "-" : finite.Mu4Mean[depth].ToString("F2", CultureInfo.InvariantCulture)), 10}"
                    )
                );
            }

            Console.WriteLine();
        }

        if (prediction.Noise is { } noise)
        {
            var shared = noise.SharedWithSignal is { } share
                ? FormattableString.Invariant($", of which {100 * share:F1} % lie in the directions of the signal")
                : string.Empty;
            Console.WriteLine(FormattableString.Invariant($"for the noise of the first simulation, of mean square {noise.MeanSquare:F4}{shared}"));
        }

        foreach (var basis in prediction.Basis)
        {
            Console.WriteLine($"basis: {basis.Law} ({basis.Exactness}) for {ForecastBasis.Spell(basis.Quantities)}");
        }
    }

    private static JsonObject ToJson(ExperimentOptions options, Prediction prediction, GradientForecast? gradient, IReadOnlyList<string> remarks)
    {
        var shown = Shown(options).ToList();
        var result = new JsonObject
        {
            ["depth"] = new JsonArray([.. shown.Select(i => (JsonNode)prediction.Moments[i].Depth)]),
            ["chi"] = Numbers(i => Math.Exp(prediction.LogChi[i])),
            ["log_chi"] = Numbers(i => prediction.LogChi[i]),
            ["mu2_signal"] = Numbers(i => Math.Exp(prediction.Moments[i].LogMu2Signal)),
            ["nu2_signal"] = Numbers(i => Math.Exp(prediction.Moments[i].LogNu2Signal)),
            ["reff_signal"] = Numbers(i => prediction.Moments[i].ReffSignal),
            ["delta_chi"] = Numbers(i => Math.Exp(prediction.LogDeltaChi[i])),
            ["log_nu2_signal"] = Numbers(i => prediction.Moments[i].LogNu2Signal),
            ["images_used"] = prediction.ImagesUsed,
            ["quadrature_error"] = prediction.QuadratureError,
            ["remarks"] = new JsonArray([.. remarks.Select(remark => (JsonNode)remark)]),
        };
        if (prediction.Noise is { } noise)
        {
            result["mu2_input_noise"] = noise.MeanSquare;
            if (noise.SharedWithSignal is { } share)
            {
                result["noise_shared_with_signal"] = share;
            }
        }

        if (prediction.Walk is { } walk)
        {
            result["log_nu2_drift"] = walk.Drift;
            result["log_nu2_variance"] = walk.Variance;
        }

        if (prediction.Tau is { } tau)
        {
            result["tau"] = tau;
        }

        if (prediction.DeltaChiLimit is { } limit)
        {
            result["delta_chi_limit"] = limit;
        }

        if (prediction.FiniteWidth is { } finite)
        {
            result["finite_width"] = new JsonObject
            {
                ["samples"] = finite.Samples,
                ["log_chi_mean"] = Numbers(i => finite.LogChiMean[i]),
                ["log_chi_standard_error"] = Numbers(i => finite.LogChiStandardError[i]),
                ["reff_signal_mean"] = Numbers(i => finite.ReffMean[i]),
                ["mu4_signal_mean"] = Numbers(i => finite.Mu4Mean[i]),
            };
        }

        if (gradient is not null)
        {
            ForecastJson.AddGradients(result, gradient, [.. GradientTable.Ends(gradient).Where(place => gradient.Question.Network.Places[place].Depth > 0)]);
        }

        result["basis"] = new JsonArray([
            .. prediction.Basis.Select(basis =>
                (JsonNode)
                    new JsonObject
                    {
                        ["law"] = basis.Law,
                        ["quantities"] = basis.Quantities,
                        ["exactness"] = basis.Exactness,
                    }
            ),
        ]);
        return result;

        // What overflows, or does not exist for a single point, is null; its logarithm may be there.
        JsonArray Numbers(Func<int, double> select) => new([.. shown.Select(i => Json.Number(select(i)))]);
    }

    private static IEnumerable<int> Shown(ExperimentOptions options) => options.ComputedDepths.Select(depth => depth - 1);

    /// <summary>Formats a mean square given by its logarithm, which may be -∞.</summary>
    private static string Variance(double logarithm) => logarithm == double.NegativeInfinity ? "0" : FigureText.Exponential(logarithm);

    private static string Difference(double logarithm, double limit) =>
        logarithm < Math.Log(1e4)
            ? FormattableString.Invariant($"differs by {Math.Exp(logarithm) - limit:+0.0000;-0.0000}")
            : $"has {FigureText.Exponential(logarithm)}";
}
