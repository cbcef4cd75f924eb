using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Tests whether an adapter follows the protocol, whatever it implements. This part of an audit comes before any claim.</summary>
internal static class AdapterTest
{
    private static readonly ulong Seed = 1UL << 20;

    /// <summary>Asks for a small example of everything that the subject offers.</summary>
    /// <param name="subject">The subject.</param>
    /// <returns>The steps, each with its failure or null; the sequence ends at the first failure.</returns>
    public static IEnumerable<(string Step, string? Failure)> Ask(ProcessSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var networks = NetworksOf(subject.Description).ToArray();
        var steps = new List<(string, Action)> { ("refuses a request with an unknown field", () => AskSomethingUnknown(subject)) };
        if (networks.Length > 0 && subject.Description.TakesWeights)
        {
            steps.Add(
                (
                    "propagates given weights through every architecture and boundary that it offers",
                    () => Array.ForEach(networks, network => Propagate(subject, network, Given(network)))
                )
            );
        }

        if (networks.Length > 0 && subject.Description.DrawsWeights)
        {
            steps.Add(
                (
                    "simulates every architecture and boundary that it offers",
                    () => Array.ForEach(networks, network => Propagate(subject, network, new Weights.Own(Seed, 0)))
                )
            );
        }

        if (subject.Description.NetworkOffer is { } offer)
        {
            steps.AddRange(InLayers(subject, offer));
        }

        foreach (var (step, action) in steps)
        {
            string? failure = null;
            try
            {
                action();
            }
            catch (DeclinedException)
            {
                // As above: a subject may decline.
            }
            catch (Exception exception) when (exception is AdapterException or SubjectException)
            {
                failure = exception.Message;
            }

            yield return (step, failure);
            if (failure is not null)
            {
                yield break;
            }
        }
    }

    /// <summary>Sends an unknown field in a request, and in the first network and layer that are offered and have fields.</summary>
    private static void AskSomethingUnknown(ProcessSubject subject)
    {
        subject.AskSomethingUnknown();
        if (subject.Description.NetworkOffer is not { } offer)
        {
            return;
        }

        foreach (var given in new[] { true, false })
        {
            var offered = AdapterNetworks
                .Offered(offer, given)
                .Where(asked => asked.Network.Layers[0] is Networks.Convolution or Networks.Dense or Networks.Norm or Networks.Dropout or Networks.Attention)
                .ToArray();
            if (offered.Length > 0)
            {
                subject.AskSomethingUnknown(offered[0].Network, offered[0].Noise, given);
                return;
            }
        }
    }

    private static IEnumerable<NetworkSettings> NetworksOf(SubjectDescription description) =>
        from architecture in description.Architectures
        from network in OneStepNetworks.All(Architecture.Named(architecture))
        let settings = network with
        {
            Epsilon = description.Epsilons?.FirstOrDefault(network.Epsilon) ?? 0.1,
        }
        where description.WhyNot(settings, given: description.TakesWeights) is null
        select settings;

    private static Weights.Given Given(NetworkSettings network) =>
        new([.. network.Kernels.Select((kernel, i) => Batch.Normal(kernel.Length, Seed, 0, RandomPurpose.Weights, (uint)i))]);

    private static void Propagate(ProcessSubject subject, NetworkSettings network, Weights weights)
    {
        try
        {
            Trace.Record(subject, network, weights, Batch.Gaussian(network, Seed, 0), snapshot => snapshot.Moments());
        }
        catch (DeclinedException)
        {
            // The subject may decline this; the verdicts will say what was left out.
        }
    }

    /// <summary>The steps of protocol 2.</summary>
    private static IEnumerable<(string Step, Action Ask)> InLayers(ProcessSubject subject, NetworkOffer offer)
    {
        foreach (
            var (step, given) in new[]
            {
                ("propagates given parameters through every layer that it offers", true),
                ("simulates every layer that it offers", false),
            }
        )
        {
            var networks = AdapterNetworks.Offered(offer, given).ToArray();
            if (networks.Length > 0)
            {
                var rest = AdapterNetworks.NotAsked(offer) is { } left ? $" (not asked: {left})" : "";
                yield return (step + rest, () => Array.ForEach(networks, network => Propagate(subject, network.Network, network.Noise, given)));
            }
        }
    }

    private static void Propagate(ProcessSubject subject, Networks.Network network, NoiseKind noise, bool given)
    {
        try
        {
            Weights weights = given ? new Weights.Given(new SiteCase(network, AdapterNetworks.Images).Parameters(Seed)) : new Weights.Own(Seed, 0);
            NetworkTrace.Record(subject, network, noise, weights, Batch.Gaussian(network, AdapterNetworks.Images, Seed, 0), snapshot => snapshot.Moments());
        }
        catch (DeclinedException)
        {
            // As above: a subject may decline.
        }
    }
}
