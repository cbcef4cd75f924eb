using System.Globalization;
using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Training;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Training follows PyTorch's: the same weights and batches give the same losses, step by step.</summary>
public sealed class TorchTrajectoryTests : IDisposable
{
    private const int Steps = 20;

    /// <summary>Double precision, of which twenty steps lose six digits at most.</summary>
    private const double Tolerance = 1e-9;

    private const string Peer = """
        import sys, numpy as np, torch
        from torch.nn.functional import batch_norm, cross_entropy
        torch.set_default_dtype(torch.float64)
        z = np.load(sys.argv[1])
        kind, optimiser, scale = sys.argv[2], sys.argv[3], float(sys.argv[4])
        weights = [torch.tensor(z[f"w{i}"], requires_grad=True) for i in range(len([n for n in z.files if n.startswith("w")]))]
        readout, bias = torch.tensor(z["readout"], requires_grad=True), torch.zeros(10, requires_grad=True)
        def layer(y, w):
            y = y @ w
            return torch.relu(batch_norm(y, None, None, training=True, eps=0.001) if kind == "bn_ff" else y)
        def relu_first(y, w):
            return torch.relu(batch_norm(y, None, None, training=True, eps=0.001) if kind == "bn_res" else y) @ w
        def forward(x):
            y = x @ weights[0]
            if kind in ("vanilla", "bn_ff"):
                for w in weights[1:]:
                    y = layer(y, w)
            else:
                for i in range(1, len(weights), 2):
                    y = y + relu_first(relu_first(y, weights[i]), weights[i + 1])
            return y
        parameters = weights + [readout, bias]
        step = torch.optim.Adam(parameters, lr=0.003) if optimiser == "Adam" else torch.optim.SGD(parameters, lr=0.003, momentum=0.9)
        for x, t in zip(torch.tensor(z["x"]), torch.tensor(z["t"])):
            step.zero_grad()
            loss = cross_entropy(forward(x) * scale @ readout + bias, t)
            loss.backward()
            step.step()
            print(repr(loss.item()))
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [PyTorchFact]
    public void Losses_of_twenty_steps_are_those_of_PyTorch()
    {
        foreach (
            var (architecture, optimiser) in new[]
            {
                ("vanilla", OptimiserKind.Adam),
                ("bn_ff", OptimiserKind.Adam),
                ("bn_res", OptimiserKind.Sgd),
                ("bn_ff", OptimiserKind.Sgd),
            }
        )
        {
            var plan = TrainingPlan.Prepare(Trainings.Options(architecture, steps: Steps) with { Optimiser = optimiser });
            var losses = new List<double>();
            using var run = new TrainingRun<double>(plan);
            run.Run(0, 0.003, losses.Add);

            var theirs = Torch(plan, architecture, optimiser, run.Scale);
            losses.Should().HaveCount(Steps);
            for (var step = 0; step < Steps; step++)
            {
                losses[step].Should().BeApproximately(theirs[step], Tolerance * Math.Abs(theirs[step]), $"of {architecture} by {optimiser} at step {step + 1}");
            }

            losses[^1].Should().BeLessThan(losses[0], "training moved");
        }
    }

    private double[] Torch(TrainingPlan plan, string architecture, OptimiserKind optimiser, int scale)
    {
        var seed = plan.Options.Experiment.Seed;
        var arrays = new List<KeyValuePair<string, NpyArray>>();
        var layout = new ParameterLayout(plan.Network);
        using var parameters = new ParameterVector<double>(layout, new RandomParameters<double>(seed, 0));
        foreach (var (tensor, i) in layout.Tensors.Select((tensor, i) => (tensor, i)))
        {
            arrays.Add(new($"w{i}", NpyArray.From(parameters.Values.Slice(layout.OffsetOf(tensor), (int)tensor.Length), (int)tensor.FanIn, tensor.Outputs)));
        }

        var features = plan.Network.Output.Channels;
        using var readout = new Readout<double>(plan.BatchSize, features, 10);
        readout.Draw(seed, 0);
        arrays.Add(new("readout", NpyArray.From(readout.Parameters[..(features * 10)], features, 10)));
        var order = new BatchOrder(seed, 0, plan.Data.Training.Count, plan.BatchSize);
        var length = (int)plan.Data.Shape.Features * plan.BatchSize;
        var (pixels, classes) = (new double[Steps * length], new int[Steps * plan.BatchSize]);
        for (var step = 0; step < Steps; step++)
        {
            plan.Data.Fill(
                plan.Data.Training,
                order.BatchAt(step),
                pixels.AsSpan(step * length, length),
                classes.AsSpan(step * plan.BatchSize, plan.BatchSize)
            );
        }

        arrays.Add(new("x", NpyArray.From(pixels, Steps, plan.BatchSize, (int)plan.Data.Shape.Features)));
        arrays.Add(new("t", NpyArray.From([.. classes.Select(label => (long)label)], Steps, plan.BatchSize)));
        var file = Path.Combine(_folder, "training.npz");
        NpzArchive.Write(file, arrays);
        var outcome = CommandLine.Run(
            NumPy.PythonWithTorch,
            ["-c", Peer, file, architecture, $"{optimiser}", Math.ScaleB(1, -scale).ToString("R", CultureInfo.InvariantCulture)]
        );
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        return [.. outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
    }
}
