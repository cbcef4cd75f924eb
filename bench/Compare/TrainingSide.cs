using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Training;

namespace Wellbehaved.Bench;

/// <summary>One training; as many of them run side by side as there are threads.</summary>
internal sealed class TrainingSide : IDisposable
{
    private const double LearningRate = 1e-4;
    private readonly Mapping<float> _mapping;
    private readonly Readout<float> _readout;
    private readonly Optimiser<float> _ofMapping;
    private readonly Optimiser<float> _ofReadout;
    private readonly int[] _labels;

    public TrainingSide(Network network, int batch, int classes, uint side)
    {
        (_mapping, _readout) = (new Mapping<float>(network, batch, 1), new Readout<float>(batch, network.Output.Channels, classes));
        _mapping.Draw(new RandomParameters<float>(1, side));
        _readout.Draw(1, side);
        new RandomNumbers(1, side, 0, RandomPurpose.InputNoise).FillNormal(_mapping.Input, 1);
        _ofMapping = Optimiser<float>.Create(OptimiserKind.Adam, LearningRate, _mapping.Parameters.Length);
        _ofReadout = Optimiser<float>.Create(OptimiserKind.Adam, LearningRate, _readout.Parameters.Length);
        _labels = [.. Enumerable.Range(0, batch).Select(i => i % classes)];
    }

    /// <summary>Forward, backward, and both optimisers.</summary>
    public void Step()
    {
        _mapping.Forward(statistics: null);
        _readout.Forward(_mapping.Features, float.ScaleB(1, _mapping.Exponent));
        _readout.Backward(_labels);
        _mapping.Backward(_readout.FeatureGradients, 0);
        _ofMapping.Step(_mapping.Parameters, _mapping.Gradients);
        _ofReadout.Step(_readout.Parameters, _readout.Gradients);
    }

    public void Dispose()
    {
        _mapping.Dispose();
        _readout.Dispose();
    }
}
