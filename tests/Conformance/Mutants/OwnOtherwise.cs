using System.Collections.Concurrent;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The reference with given weights; with weights of its own another network, other weights, or an answer that it has given before.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Network">Rewrites the network; by default it stays.</param>
/// <param name="Asked">Rewrites what is asked for, from that and the input; by default it stays.</param>
/// <param name="KeepsAnswers">Whether the first answer for a network, a seed and a simulation is given again whatever the input.</param>
internal sealed class OwnOtherwise(
    string Name,
    Func<NetworkSettings, NetworkSettings>? Network = null,
    Func<Weights.Own, Batch, Weights.Own>? Asked = null,
    bool KeepsAnswers = false
) : ReferenceSubject
{
    /// <summary>Of the small networks of claims about weights; a run asks for thousands of others.</summary>
    private const int MostElements = 4096;

    private readonly ConcurrentDictionary<(string Network, ulong Seed, uint Simulation), IReadOnlyList<Snapshot>> _answers = new();

    public override SubjectDescription Description { get; } = new(Name);

    public override void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe)
    {
        if (weights is not Weights.Own own)
        {
            base.Propagate(network, weights, input, observe);
            return;
        }

        var asked = Asked?.Invoke(own, input) ?? own;
        if (!KeepsAnswers || network.FeatureShape.Elements > MostElements)
        {
            base.Propagate(Network?.Invoke(network) ?? network, asked, input, observe);
            return;
        }

        var answer = _answers.GetOrAdd(
            ($"{network.Architecture.Name} {network.Input} {network.Depth} {network.Channels} {network.KernelSize}", asked.Seed, asked.Simulation),
            _ =>
            {
                var snapshots = new List<Snapshot>();
                base.Propagate(
                    network,
                    asked,
                    input,
                    snapshot =>
                    {
                        var moments = snapshot.Moments();
                        snapshots.Add(snapshot with { Moments = () => moments });
                    }
                );
                return snapshots;
            }
        );
        foreach (var snapshot in answer)
        {
            observe(snapshot);
        }
    }
}
