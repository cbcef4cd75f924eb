using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

/// <summary>Applies single pieces of the model to a batch of features.</summary>
internal static class Batches
{
    /// <summary>Moments of features as signal, with the same features as noise.</summary>
    public static MomentSet MomentsOf(TensorShape shape, double[] values)
    {
        using var both = new SignalAndNoise<double>(shape);
        values.CopyTo(both.Signal);
        values.CopyTo(both.Noise);
        using var computation = new MomentComputation<double>(shape);
        return computation.Compute(both, reffSignal: true, reffNoise: true);
    }

    public static double ReffOf(TensorShape shape, double[] values) => MomentsOf(shape, values).ReffSignal;

    /// <summary>Batch norm of features, with the same features as noise.</summary>
    public static (double[] Signal, double[] Noise) Normalise(TensorShape shape, double[] values, double epsilon)
    {
        using var state = new PropagationState<double>(shape);
        values.CopyTo(state.Current.Signal);
        values.CopyTo(state.Current.Noise);
        using var norm = new BatchNorm<double>(shape, epsilon, 1);
        norm.Propagate(state);
        return (state.Current.TrueSignal(), state.Current.TrueNoise());
    }

    /// <summary>The values of each channel over the points.</summary>
    public static double[][] ByChannel(TensorShape shape, double[] values) =>
        [
            .. Enumerable
                .Range(0, shape.Channels)
                .Select(channel => Enumerable.Range(0, shape.Points).Select(point => values[(point * shape.Channels) + channel]).ToArray()),
        ];

    public static double Variance(double[] values)
    {
        var mean = values.Average();
        return values.Average(value => (value - mean) * (value - mean));
    }

    /// <summary>Whether no channel is constant, nor nearly so in the sense that its variance is rounding noise of its values.</summary>
    public static bool EveryChannelVaries(TensorShape shape, double[] values) =>
        ByChannel(shape, values).All(channel => Variance(channel) > 1e-20 * channel.Max(value => value * value));
}
