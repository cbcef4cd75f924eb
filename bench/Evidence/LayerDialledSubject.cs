using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Evidence;

/// <summary>The reference, which shows something else than it propagates in networks of layers.</summary>
/// <param name="isPerturbed">The propagations that are shown wrongly.</param>
/// <param name="perturb">What is shown.</param>
internal sealed class LayerDialledSubject(Func<Weights, bool> isPerturbed, Func<NetworkSnapshot, NetworkSnapshot> perturb) : ReferenceSubject
{
    /// <inheritdoc/>
    public override SubjectDescription Description { get; } = new("the reference, dialled") { NetworkOffer = NetworkOffer.Everything };

    /// <inheritdoc/>
    public override void Propagate(Network network, NoiseKind noise, Weights weights, Batch input, Action<NetworkSnapshot> observe) =>
        base.Propagate(network, noise, weights, input, isPerturbed(weights) ? snapshot => observe(perturb(snapshot)) : observe);
}
