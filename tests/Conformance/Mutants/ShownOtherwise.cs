using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The reference, but that what it shows is rewritten.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Rewrite">Rewrites a snapshot, given all that the propagation showed before it.</param>
internal sealed class ShownOtherwise(string Name, Func<Snapshot, IReadOnlyDictionary<(int Depth, int Place), Snapshot>, Snapshot> Rewrite) : ReferenceSubject
{
    public override SubjectDescription Description { get; } = new(Name);

    public override void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe)
    {
        var shown = new Dictionary<(int Depth, int Place), Snapshot>();
        base.Propagate(
            network,
            weights,
            input,
            snapshot =>
            {
                shown.Add((snapshot.Depth, snapshot.Place.Number), snapshot);
                observe(Rewrite(snapshot, shown));
            }
        );
    }
}
