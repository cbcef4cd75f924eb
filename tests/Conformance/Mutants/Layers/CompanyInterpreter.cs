using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>An implementation in which the simulations of a request share what belongs to one: some parameters of the first of them, or its moments.</summary>
/// <param name="name">Its name.</param>
/// <param name="shares">Whether a tensor of the first simulation is used for all.</param>
/// <param name="sharesMoments">Whether the moments of the first simulation are reported for all.</param>
internal sealed class CompanyInterpreter(string name, Func<ParameterTensor, bool> shares, bool sharesMoments = false)
    : LayerInterpreter(name, new LayerRules()),
        ISubject
{
    public void PropagateAll(Network network, NoiseKind noise, IReadOnlyList<Propagation> propagations, bool moments, Action<int, NetworkSnapshot> observe)
    {
        var first = (propagations[0].Weights as Weights.Own)?.Simulation ?? 0;
        var alike = new LayerInterpreter(
            Description.Name,
            new LayerRules { Draw = (tensor, length, seed, simulation) => LayerRules.Drawn(tensor, length, seed, shares(tensor) ? first : simulation) }
        );
        var ofFirst = new List<ReportedMoments>();
        foreach (var (index, propagation) in propagations.Index())
        {
            alike.Propagate(
                network,
                noise,
                propagation.Weights,
                propagation.Input,
                snapshot =>
                {
                    if (index == 0 && sharesMoments)
                    {
                        ofFirst.Add(snapshot.Moments());
                    }

                    observe(index, sharesMoments ? snapshot with { Moments = () => ofFirst[snapshot.Index] } : snapshot);
                }
            );
        }
    }
}
