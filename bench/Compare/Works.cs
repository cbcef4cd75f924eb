using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Training;
using Wellbehaved.Numerics;
using Boundary = Wellbehaved.Model.Boundary;

namespace Wellbehaved.Bench;

/// <summary>A piece of work that both sides do.</summary>
/// <param name="Name">What the PyTorch program calls it.</param>
/// <param name="Description">For readers.</param>
/// <param name="Operations">Multiplications and additions of the (direct) convolutions.</param>
/// <param name="Layers">Layers that it passes.</param>
/// <param name="Target">How many times faster than the peer it is meant to be; null where nothing was asked.</param>
/// <param name="Seconds">Does it once.</param>
internal sealed record Work(string Name, string Description, double Operations, int Layers, double? Target, Func<double> Seconds);

/// <summary>Our side of the comparison; small networks run as many simulations as there are threads, side by side, as experiments do.</summary>
internal sealed class Works : IDisposable
{
    private const int Depth = 100;
    private readonly int _threads;
    private readonly List<IDisposable> _owned = [];

    public Works(int threads) => _threads = threads;

    public IEnumerable<Work> All() => Propagations().Concat(Trainings());

    /// <summary>Steps of training alone.</summary>
    public IEnumerable<Work> Trainings()
    {
        foreach (var (architecture, target) in new[] { ("vanilla", 2.0), ("bn_ff", 2.0) })
        {
            // Three products of batch × N × N for each layer, without noise.
            yield return new Work($"train_{architecture}", $"a step of training, fully connected `{architecture}`, N = 128, 40 layers, M = 100: forward, backward and Adam", 3 * 2.0 * 40 * 100 * 128 * 128, 40, target, TrainingStep(architecture));
        }
    }

    private IEnumerable<Work> Propagations()
    {
        var paper = new TensorShape(64, 16, 16, 512);
        var layer = Operations(paper, 3);
        yield return new Work("conv_layer", "convolution of the paper's layer: 512 channels, 3×3, 16×16, batch 64, periodic", layer, 1, 4, ConvolutionLayer(paper, Boundary.Periodic));
        yield return new Work("conv_layer_zero", "the same with zero padding", layer, 1, null, ConvolutionLayer(paper, Boundary.ZeroPadding));
        yield return new Work("fig4", "whole simulation of Fig. 4 (`bn_ff`, the same layer), moments and both effective ranks at every second layer", 4 * layer, 4, 4, Figure4());
        foreach (var (architecture, channels, batch, target, name) in new[] { ("bn_ff", 512, 64, 3.0, "bn_ff_fc"), ("vanilla", 128, 1024, 2.0, "vanilla_fc") })
        {
            var operations = Depth * Operations(new TensorShape(batch, 1, 1, channels), 1);
            var what = $"fully connected `{architecture}`, N = {channels}, M = {batch}, weights included";
            var ranks = architecture == "bn_ff";
            yield return new Work(name, what, operations, Depth, target, FullyConnected(architecture, channels, batch, null));
            yield return new Work($"{name}_measured", $"the same with moments{(ranks ? " and both effective ranks" : "")} at every second layer", operations, Depth, null, FullyConnected(architecture, channels, batch, ranks));
        }

        yield return new Work("residual_mlp", "residual units of layer norm, a dense layer and GELU, N = 512, M = 64, weights included", Depth * Operations(new TensorShape(64, 1, 1, 512), 1), Depth, 2.5, ResidualMlp(512, 64));
    }

    /// <summary>Residual units of layer norm, a dense layer and GELU.</summary>
    private Func<double> ResidualMlp(int channels, int batch)
    {
        var network = new Network("mlp", new Shape(1, 1, channels), [new Repeat(Depth, [new Residual([new LayerNorm(), new Dense(), new Activation(new(FunctionKind.Gelu))])])]);
        var networks = Enumerable.Range(0, _threads).Select(_ => Owned(new Network<float>(network, batch))).ToArray();
        foreach (var machine in networks)
        {
            new RandomNumbers(1, 0, 0, RandomPurpose.InputNoise).FillNormal(machine.Input.Signal, 1);
            new RandomNumbers(1, 0, 1, RandomPurpose.InputNoise).FillNormal(machine.Input.Noise, 1);
        }

        return () => Roofline.Seconds(() => Workers.ForEach(_threads, _threads, (simulation, worker) => networks[worker].Propagate(new RandomParameters<float>(1, (uint)simulation)))) / _threads;
    }

    /// <summary>A step of training: forward, backward and Adam. A product of each layer forward, two backward.</summary>
    private Func<double> TrainingStep(string architecture)
    {
        const int depth = 40, channels = 128, batch = 100, classes = 10;
        var settings = new NetworkSettings(Architecture.Named(architecture), new TensorShape(batch, 1, 1, channels), depth, channels);
        var network = settings.Description()!;
        var sides = Enumerable.Range(0, _threads).Select(side =>
        {
            var (mapping, readout) = (Owned(new Mapping<float>(network, batch, 1)), Owned(new Readout<float>(batch, channels, classes)));
            mapping.Draw(new RandomParameters<float>(1, (uint)side));
            readout.Draw(1, (uint)side);
            new RandomNumbers(1, (uint)side, 0, RandomPurpose.InputNoise).FillNormal(mapping.Input, 1);
            return (mapping, readout, OfMapping: Optimiser<float>.Of(OptimiserKind.Adam, 1e-4, mapping.Parameters.Length), OfReadout: Optimiser<float>.Of(OptimiserKind.Adam, 1e-4, readout.Parameters.Length));
        }).ToArray();
        int[] labels = [.. Enumerable.Range(0, batch).Select(i => i % classes)];
        return () => Roofline.Seconds(() => Workers.ForEach(_threads, _threads, (side, _) =>
        {
            var (mapping, readout, ofMapping, ofReadout) = sides[side];
            mapping.Forward(statistics: null);
            readout.Forward(mapping.Features, float.ScaleB(1, mapping.Exponent));
            readout.Backward(labels);
            mapping.Backward(readout.FeatureGradients, 0);
            ofMapping.Step(mapping.Parameters, mapping.Gradients);
            ofReadout.Step(readout.Parameters, readout.Gradients);
        })) / _threads;
    }

    public void Dispose() => _owned.ForEach(owned => owned.Dispose());

    private static double Operations(TensorShape shape, int kernelSize) => 2.0 * 2 * shape.Points * kernelSize * kernelSize * shape.Channels * shape.Channels;

    private T Owned<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    private Func<double> ConvolutionLayer(TensorShape shape, Boundary boundary)
    {
        var kernelShape = new KernelShape(3, shape.Channels, shape.Channels, VarianceTimesFanIn: 2);
        var kernel = new float[kernelShape.Length];
        new RandomKernels<float>(1, 0, _threads).Fill(0, kernelShape, kernel);
        var convolution = Owned(new Convolution<float>(shape, kernelShape, 1, boundary, Owned(new MatrixProduct<float>(_threads))));
        var state = Owned(new PropagationState<float>(shape));
        new RandomNumbers(1, 0, 0, RandomPurpose.InputNoise).FillNormal(state.Current.Signal, 1);
        new RandomNumbers(1, 0, 1, RandomPurpose.InputNoise).FillNormal(state.Current.Noise, 1);
        return () => Roofline.Seconds(() =>
        {
            state.Start(new GivenKernels<float>([kernel]), null);
            convolution.Propagate(state);
        });
    }

    private Func<double> Figure4()
    {
        var options = new ExperimentOptions { Architecture = "bn_ff", TotalDepth = 4, KernelSize = 3, NumChannels = 512, BatchSize = 64, NumSims = 1, NumComputations = 2 };
        var simulation = Owned(new Simulation(options, ImageSources.Open("natural"), _threads));
        return () => Roofline.Seconds(() => simulation.Run(0));
    }

    private Func<double> FullyConnected(string architecture, int channels, int batch, bool? ranks)
    {
        // As many input channels as there are inside: the first convolution is one layer more.
        var settings = new NetworkSettings(Architecture.Named(architecture), new TensorShape(batch, 1, 1, channels), Depth, channels);
        var options = new ExperimentOptions { Architecture = architecture, TotalDepth = Depth, KernelSize = 1, NumChannels = channels, BatchSize = batch, NumSims = _threads, NumComputations = Depth / 2, ReffSignal = ranks == true, ReffNoise = ranks == true };
        var networks = Enumerable.Range(0, _threads).Select(_ => Owned(new Network<float>(settings))).ToArray();
        var recorders = networks.Select(_ => ranks is null ? null : Owned(new MomentRecorder<float>(options, settings, 1))).ToArray();
        foreach (var network in networks)
        {
            new RandomNumbers(1, 0, 0, RandomPurpose.InputNoise).FillNormal(network.Input.Signal, 1);
            new RandomNumbers(1, 0, 1, RandomPurpose.InputNoise).FillNormal(network.Input.Noise, 1);
        }

        return () => Roofline.Seconds(() => Workers.ForEach(_threads, _threads, (simulation, worker) =>
        {
            recorders[worker]?.Start();
            networks[worker].Propagate(new RandomKernels<float>(1, (uint)simulation), recorders[worker]);
        })) / _threads;
    }
}
