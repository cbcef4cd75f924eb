using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Who is audited: an implementation of the propagation of signal and noise through random networks.</summary>
public interface ISubject
{
    /// <summary>Its name, for reports.</summary>
    string Name { get; }

    /// <summary>Unit roundoff of its tensors: 2⁻²⁴ in single precision, 2⁻⁵³ in double.</summary>
    double UnitRoundoff { get; }

    /// <summary>Propagates signal and noise through one network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">Given weights, or the subject's own initialisation.</param>
    /// <param name="input">Signal and noise at the input.</param>
    /// <param name="observe">To be called at depth 0 behind the first convolution (place 0) and at every place of every layer or residual unit, in order.</param>
    void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe);

    /// <summary>Runs a deep experiment with its own inputs and weights.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="depthReached">Called after each layer or residual unit, from any thread.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Moments by depth.</returns>
    MomentTable Run(ExperimentOptions options, Action? depthReached, CancellationToken cancellation);
}
