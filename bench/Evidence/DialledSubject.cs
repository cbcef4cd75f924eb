using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Evidence;

/// <summary>The reference with one defect of a known size.</summary>
internal sealed class DialledSubject : ReferenceSubject
{
    /// <summary>Rewrites the subject's own weights; given ones stay.</summary>
    public Func<Weights.Own, IKernelSource<float>>? OwnWeights { get; init; }

    /// <summary>Creates, for each propagation, the function that rewrites the snapshots that it shows, in order.</summary>
    public Func<NetworkSettings, Func<Snapshot, Snapshot>>? Show { get; init; }

    /// <summary>Which propagations are shown wrongly: all by default.</summary>
    public Func<Weights, bool> ShowsWrongly { get; init; } = _ => true;

    /// <inheritdoc/>
    public override SubjectDescription Description { get; } = new("the reference, dialled");

    /// <inheritdoc/>
    public override void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe)
    {
        var rewrite = ShowsWrongly(weights) ? Show?.Invoke(network) : null;
        base.Propagate(network, weights, input, rewrite is null ? observe : snapshot => observe(rewrite(snapshot)));
    }

    /// <inheritdoc/>
    private protected override IKernelSource<float> Kernels(Weights weights) =>
        weights is Weights.Own own && OwnWeights is { } source ? source(own) : base.Kernels(weights);
}
