using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

public class D6_ShiftTests
{
    [Law(MaxTest = 150)]
    public void D6_a_cyclic_shift_of_the_input_shifts_every_layer_and_leaves_the_moments_unchanged(NetworkCase generated, byte rows, byte columns)
    {
        // Even extents, so that the strided first convolution keeps the torus a torus.
        var network = generated with
        {
            Boundary = Boundary.Periodic,
            Height = 2 * ((generated.Height + 1) / 2),
            Width = 2 * ((generated.Width + 1) / 2),
            KernelSize = Math.Max(generated.KernelSize, 2),
        };
        var settings = network.Settings(0.01);
        var (signal, noise) = (network.RandomInput(1), network.RandomInput(2));
        var kernels = network.RandomKernels();
        var (plain, shifted) = (new Recorder(settings), new Recorder(settings));

        Propagations.Propagate(settings, signal, noise, kernels, plain);
        Propagations.Propagate(
            settings,
            Shift(settings.Input, signal, 2 * rows, 2 * columns),
            Shift(settings.Input, noise, 2 * rows, 2 * columns),
            kernels,
            shifted
        );

        for (var place = 0; place < plain.Signals.Count; place++)
        {
            // Sums over points run in another order, which batch norm passes on.
            Propagations.Distance(shifted.Signals[place], Shift(settings.FeatureShape, plain.Signals[place], rows, columns)).Should().BeLessThan(1e-9);
            Propagations.Distance(shifted.Noises[place], Shift(settings.FeatureShape, plain.Noises[place], rows, columns)).Should().BeLessThan(1e-9);
            var (before, after) = (plain.Moments[place], shifted.Moments[place]);
            after.Nu2Signal.Should().BeApproximately(before.Nu2Signal, 1e-9 * before.Nu2Signal);
            after.Mu2Noise.Should().BeApproximately(before.Mu2Noise, 1e-9 * before.Mu2Noise);
            after.ReffSignal.Should().BeApproximately(before.ReffSignal, 2e-6 * Math.Abs(before.ReffSignal));
        }
    }

    private static double[] Shift(TensorShape shape, double[] values, int rows, int columns)
    {
        var shifted = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var channel = i % shape.Channels;
            var column = i / shape.Channels % shape.Width;
            var row = i / shape.Channels / shape.Width % shape.Height;
            var image = i / shape.Channels / shape.Width / shape.Height;
            shifted[
                (((((image * shape.Height) + ((row + rows) % shape.Height)) * shape.Width) + ((column + columns) % shape.Width)) * shape.Channels) + channel
            ] = values[i];
        }

        return shifted;
    }

    private sealed class Recorder(NetworkSettings settings) : IPropagationObserver<double>
    {
        public List<double[]> Signals { get; } = [];

        public List<double[]> Noises { get; } = [];

        public List<MomentSet> Moments { get; } = [];

        public bool Observes(int depth) => true;

        public void Observe(int depth, UnitPlace place, SignalAndNoise<double> values)
        {
            Signals.Add(values.TrueSignal());
            Noises.Add(values.TrueNoise());
            using var computation = new MomentComputation<double>(settings.FeatureShape);
            Moments.Add(computation.Compute(values, true, true));
        }
    }
}
