using System.CommandLine;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved run</c>: simulates an experiment and writes its moments.</summary>
internal static class RunCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var network = new NetworkOptions();
        var numSims = OptionFactory.RequiredNumber<int>("--num-sims", "Number of simulations, each with its own batch, noise and weights");
        var output = new Option<string>("--out") { Description = "Result file, .npz", Required = true };
        var noReffSignal = new Option<bool>("--no-reff-signal") { Description = "Leave out the effective rank of the signal" };
        var noReffNoise = new Option<bool>("--no-reff-noise") { Description = "Leave out the effective rank of the noise" };
        var threads = OptionFactory.Number("--threads", "Number of threads; results do not depend on it", Environment.ProcessorCount);
        var command = new Command("run", "Propagates signal and noise through random networks and writes the moments of every layer.");
        network.AddTo(command);
        foreach (var option in new Option[] { numSims, output, noReffSignal, noReffNoise, threads })
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellation) => Task.Run(() => Run(
            network.Read(parsed, parsed.GetValue(numSims)) with { ReffSignal = !parsed.GetValue(noReffSignal), ReffNoise = !parsed.GetValue(noReffNoise) },
            parsed.GetRequiredValue(output),
            parsed.GetValue(threads),
            cancellation)));
        return command;
    }

    private static int Run(ExperimentOptions options, string output, int threads, CancellationToken cancellation)
    {
        if (threads <= 0)
        {
            throw new InvalidInputException("--threads", $"expected a positive number, got {threads}");
        }

        if (!output.EndsWith(".npz", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidInputException("--out", $"expected a file name that ends in .npz, got '{output}'");
        }

        AtomicFile.EnsureWritable(output, "--out");
        var experiment = Experiment.Prepare(options, threads);
        var result = ProgressDisplay.Show(options.Architecture, (long)options.NumSims * options.TotalDepth, depthReached => experiment.Run(depthReached, cancellation));
        foreach (var warning in ResultFile.Write(output, result))
        {
            Console.Error.WriteLine($"warning: {warning}");
        }

        if (options.ReffSignal && result.Settings.FeatureShape.Points > 1)
        {
            CurveTable.Print(DepthCurves.Of(result));
        }

        Console.WriteLine($"{options.NumSims} simulations of {options.Architecture} written to {output}");
        return ExitStatus.Success;
    }
}
