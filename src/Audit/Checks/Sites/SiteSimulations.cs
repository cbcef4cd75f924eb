using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Simulations of described networks with the subject's own parameters.</summary>
internal static class SiteSimulations
{
    /// <summary>Simulates until tests decide, or the budget is spent.</summary>
    /// <param name="context">The subject, error rates and seed.</param>
    /// <param name="site">The network.</param>
    /// <param name="noise">The mapping whose derivative the noise passes through.</param>
    /// <param name="study">Number of the study; studies of a check share no randomness.</param>
    /// <param name="planned">Number of simulations that most true claims need.</param>
    /// <param name="tests">The tests that the simulations are for.</param>
    /// <param name="input">The input of each simulation; by default signals of its own, and noise that is correlated with them.</param>
    public static IEnumerable<NetworkTrace> UntilDecided(
        this CheckContext context,
        SiteCase site,
        NoiseKind noise,
        int study,
        long planned,
        IReadOnlyCollection<ISequentialTest> tests,
        Func<uint, Batch>? input = null
    )
    {
        var most = Math.Max(1, context.SampleShare < 1 ? context.Planned(planned) : CheckContext.Budget * planned);
        var atOnce = Math.Max(1, context.Subject.SimulationsAtOnce(site.Network, site.Images));
        for (var first = 0L; first < most; first += atOnce)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var count = (int)Math.Min(atOnce, most - first);
            foreach (var trace in NetworkTrace.All(context.Subject, site.Network, noise, [.. Enumerable.Range((int)first, count).Select(Propagation)]))
            {
                yield return trace;
                if (tests.All(test => test.IsDecided))
                {
                    yield break;
                }
            }
        }

        Propagation Propagation(int simulation) =>
            new(
                new Weights.Own(context.SeedOf(study), (uint)simulation),
                input?.Invoke((uint)simulation) ?? Correlated(context, site, study, (uint)simulation)
            );
    }

    /// <summary>
    /// Normal signals, and noise of the same size with a correlation of 0.6 to them. Laws that hold for any correlation would otherwise be tested without one.
    /// </summary>
    public static Batch Correlated(CheckContext context, SiteCase site, int study, uint simulation)
    {
        var batch = Batch.Gaussian(site.Network, site.Images, context.SeedOf(~study), simulation);
        return batch with { Noise = [.. batch.Signal.Zip(batch.Noise, (x, dx) => (double)(float)((0.6 * x) + (0.8 * dx)))] };
    }

    /// <summary>Cases that the subject can be asked for with parameters of its own; notes what it declines.</summary>
    public static IEnumerable<SiteCase> Offered(this CheckContext context, IEnumerable<SiteCase> cases, NoiseKind noise = NoiseKind.Mapping) =>
        cases.Where(site => context.Offers(site.Network, site.Images, noise, given: false));
}
