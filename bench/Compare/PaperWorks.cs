using System.Text.Json.Nodes;
using Wellbehaved.Model;
using Wellbehaved.Numerics;

namespace Wellbehaved.Bench;

/// <summary>
/// The paper's layers and simulations, against the same arithmetic written out by hand; small networks run as many simulations as there are threads, side by
/// side, as experiments do.
/// </summary>
/// <param name="sizes">How large.</param>
/// <param name="threads">Number of threads.</param>
internal sealed class PaperWorks(CompareSizes sizes, int threads)
{
    private const double BytesOfBoth = 2 * sizeof(float);

    /// <summary>All of them.</summary>
    public IEnumerable<Work> All()
    {
        var paper = new TensorShape(sizes.PaperImages, 16, 16, sizes.PaperChannels);
        var fine = new TensorShape(sizes.PaperImages, 32, 32, sizes.PaperChannels / 8);
        var what = $"{paper.Channels} channels, 3×3, 16×16, batch {paper.Images}";
        yield return Convolution($"convolution of the paper's layer: {what}, periodic", paper, "periodic", Boundary.Periodic, 4);
        yield return Convolution($"the same with zero padding ({what})", paper, "zero_padding", Boundary.ZeroPadding, 2.5);
        yield return Convolution($"zero padding: {fine.Channels} channels, 3×3, 32×32, batch {fine.Images}", fine, "zero_padding", Boundary.ZeroPadding, 2);
        yield return new Work(
            $"whole simulation of Fig. 4 (`bn_ff`, {what}), moments and both effective ranks at every second layer",
            Layer(paper, 3).Times(4),
            Propagation("bn_ff", paper, 3, 4, interval: 2, ranks: true),
            () => Figure4(paper)
        )
        {
            Layers = 4,
            Target = 4,
        };
        foreach (
            var (architecture, channels, batch, target) in new[]
            {
                ("bn_ff", sizes.PaperChannels, sizes.PaperImages, 3.0),
                ("vanilla", sizes.PaperChannels / 4, 16 * sizes.PaperImages, 2.0),
            }
        )
        {
            var shape = new TensorShape(batch, 1, 1, channels);
            var ranks = architecture == "bn_ff";
            var name = $"fully connected `{architecture}`, N = {channels}, M = {batch}";
            yield return FullyConnected($"{name}, weights included", architecture, shape, measures: false, ranks: false) with
            {
                Target = target,
            };
            yield return FullyConnected(
                $"{name}, with moments{(ranks ? " and both effective ranks" : "")} at every second layer",
                architecture,
                shape,
                measures: true,
                ranks
            );
        }
    }

    private static Cost Layer(TensorShape shape, int kernelSize) =>
        new(2.0 * 2 * shape.Points * kernelSize * kernelSize * shape.Channels * shape.Channels, BytesOfBoth * 2 * shape.Elements);

    private static JsonObject Propagation(string architecture, TensorShape shape, int kernelSize, int depth, int interval, bool ranks) =>
        new()
        {
            ["work"] = "propagate",
            ["architecture"] = architecture,
            ["images"] = shape.Images,
            ["channels"] = shape.Channels,
            ["size"] = kernelSize,
            ["depth"] = depth,
            ["interval"] = interval,
            ["ranks"] = ranks,
        };

    private Work Convolution(string description, TensorShape shape, string word, Boundary boundary, double target)
    {
        var request = new JsonObject
        {
            ["work"] = "convolution",
            ["images"] = shape.Images,
            ["channels"] = shape.Channels,
            ["extent"] = shape.Height,
            ["boundary"] = word,
        };
        return new Work(
            description,
            Layer(shape, 3),
            request,
            () =>
            {
                var kernelShape = new KernelShape(3, shape.Channels, shape.Channels, VarianceTimesFanIn: 2);
                var kernel = new float[kernelShape.Length];
                new RandomKernels<float>(1, 0, threads).Fill(0, kernelShape, kernel);
                var product = new MatrixProduct<float>(threads);
                var convolution = new Convolution<float>(shape, kernelShape, 1, boundary, product);
                var state = new PropagationState<float>(shape);
                new RandomNumbers(1, 0, 0, RandomPurpose.InputNoise).FillNormal(state.Current.Signal, 1);
                new RandomNumbers(1, 0, 1, RandomPurpose.InputNoise).FillNormal(state.Current.Noise, 1);
                return new Prepared(
                    () =>
                        Roofline.Seconds(() =>
                        {
                            state.Start(new GivenKernels<float>([kernel]), null);
                            convolution.Propagate(state);
                        }),
                    convolution,
                    product,
                    state
                );
            }
        )
        {
            Target = target,
        };
    }

    private Prepared Figure4(TensorShape shape)
    {
        var options = new ExperimentOptions
        {
            Architecture = "bn_ff",
            TotalDepth = 4,
            KernelSize = 3,
            NumChannels = shape.Channels,
            BatchSize = shape.Images,
            NumSims = 1,
            NumComputations = 2,
        };
        var simulation = new Simulation(options, ImageSources.Open("natural"), threads);
        return new Prepared(() => Roofline.Seconds(() => simulation.Run(0)), simulation);
    }

    private Work FullyConnected(string description, string architecture, TensorShape shape, bool measures, bool ranks)
    {
        var depth = sizes.PaperDepth;
        var request = Propagation(architecture, shape, 1, depth, measures ? 2 : 0, ranks);
        return new Work(
            description,
            Layer(shape, 1).Times(depth),
            request,
            () =>
            {
                // The input has as many channels as the layers inside: so the first convolution is one more layer of the same size.
                var settings = new NetworkSettings(Architecture.Named(architecture), shape, depth, shape.Channels);
                var options = new ExperimentOptions
                {
                    Architecture = architecture,
                    TotalDepth = depth,
                    KernelSize = 1,
                    NumChannels = shape.Channels,
                    BatchSize = shape.Images,
                    NumSims = threads,
                    NumComputations = depth / 2,
                    ReffSignal = ranks,
                    ReffNoise = ranks,
                };
                var networks = Enumerable.Range(0, threads).Select(_ => new NetworkPropagation<float>(settings)).ToArray();
                var recorders = networks.Select(_ => measures ? new MomentRecorder<float>(options, settings, 1) : null).ToArray();
                foreach (var network in networks)
                {
                    new RandomNumbers(1, 0, 0, RandomPurpose.InputNoise).FillNormal(network.Input.Signal, 1);
                    new RandomNumbers(1, 0, 1, RandomPurpose.InputNoise).FillNormal(network.Input.Noise, 1);
                }

                return new Prepared(
                    () =>
                        Roofline.Seconds(() =>
                            Workers.ForEach(
                                threads,
                                threads,
                                (simulation, worker) =>
                                {
                                    recorders[worker]?.Start();
                                    networks[worker].Propagate(new RandomKernels<float>(1, (uint)simulation), recorders[worker]);
                                }
                            )
                        ) / threads,
                    [.. networks, .. recorders.OfType<IDisposable>()]
                );
            }
        )
        {
            Layers = depth,
        };
    }
}
