using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>What a check works with.</summary>
/// <param name="Subject">Who is audited.</param>
/// <param name="Rates">How often the check may be wrong, all its quantities together.</param>
/// <param name="Seed">The seed of its randomness.</param>
/// <param name="Deep">The deep experiments, shared between checks.</param>
/// <param name="Cancellation">Asks to stop.</param>
internal sealed record CheckContext(ISubject Subject, ErrorRates Rates, ulong Seed, DeepExperiments Deep, CancellationToken Cancellation = default)
{
    /// <summary>
    /// A test goes on for this many times its planned samples. At the plan a true claim is undecided with the rate β that it was planned for; at four times as
    /// many its interval is half as wide, and a true claim lies ten of its standard errors away from where it would be undecided.
    /// </summary>
    public const int Budget = 4;

    private readonly SortedSet<string> _declined = new(StringComparer.Ordinal);

    /// <summary>
    /// Share of the samples that are planned and budgeted: 1 in a run, less where error rates are measured over many runs. Guarantees hold at any number of
    /// samples.
    /// </summary>
    public double SampleShare { get; init; } = 1;

    /// <summary>What the discrepancies of the ledger are multiplied by: 1 at quick scale, less where more is simulated to look closer.</summary>
    public double DiscrepancyShare { get; init; } = 1;

    /// <summary>Unit roundoff of the subject's tensors.</summary>
    public double UnitRoundoff => Subject.Description.UnitRoundoff;

    /// <summary>What the check left out since the subject does not do it.</summary>
    public IReadOnlyCollection<string> Declined => _declined;

    /// <summary>Whether the subject can be asked for a network; notes what it declines.</summary>
    /// <param name="network">The network.</param>
    /// <param name="given">Whether its weights are given.</param>
    /// <returns>True if so.</returns>
    public bool Offers(NetworkSettings network, bool given) => Note(Subject.Description.WhyNot(network, given));

    /// <summary>Whether the subject can be asked for a described network; notes what it declines.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Inputs of the batch.</param>
    /// <param name="noise">Of which mapping the noise is the derivative.</param>
    /// <param name="given">Whether its parameters are given.</param>
    /// <returns>True if so.</returns>
    public bool Offers(Networks.Network network, int images, NoiseKind noise, bool given) => Note(Subject.Description.WhyNot(network, images, noise, given));

    /// <summary>Those networks that the subject can be asked for with weights of its own; notes what it declines.</summary>
    /// <param name="networks">Networks.</param>
    /// <returns>At least one of them.</returns>
    /// <exception cref="DeclinedException">None is left; <see cref="Declined"/> says why.</exception>
    public NetworkSettings[] Offered(NetworkSettings[] networks)
    {
        NetworkSettings[] offered = [.. networks.Select(network => Fitted(network)).Where(network => Offers(network, given: false))];
        return offered.Length > 0 ? offered : throw new DeclinedException(Declined.First());
    }

    /// <summary>ε that the subject is asked for where a check has another in mind: that one if it is offered, otherwise the nearest that is.</summary>
    /// <param name="wanted">ε that the check has in mind.</param>
    /// <param name="zeroWillDo">Whether 0 may stand for a positive ε: nothing that is constant over a batch is normalised.</param>
    /// <returns>An offered ε; the one in mind if none will do, which is then declined.</returns>
    internal double EpsilonFor(double wanted, bool zeroWillDo = false) => Subject.Description.NearestEpsilon(wanted, epsilon => epsilon > 0 || zeroWillDo);

    /// <summary>The network with an ε that the subject offers; without batch norm the network itself.</summary>
    /// <param name="network">The network that a check has in mind.</param>
    /// <param name="zeroWillDo">As in <see cref="EpsilonFor"/>.</param>
    internal NetworkSettings Fitted(NetworkSettings network, bool zeroWillDo = false) =>
        network.Architecture.HasBatchNorm && EpsilonFor(network.Epsilon, zeroWillDo) is var epsilon && epsilon != network.Epsilon
            ? network with
            {
                Epsilon = epsilon,
            }
            : network;

    /// <summary>Whether the subject reports a moment; notes what it declines.</summary>
    /// <param name="moment">Name of the moment in result files.</param>
    /// <returns>True if so.</returns>
    public bool Reports(string moment) => Note(Subject.Description.Moments.Contains(moment) ? null : $"moment {moment}");

    /// <summary>The discrepancy that must be excluded at this scale.</summary>
    /// <param name="stated">δ of the ledger.</param>
    /// <returns>δ, or a share of it.</returns>
    public double Discrepancy(double stated) => DiscrepancyShare * stated;

    /// <summary>Simulates a network with the subject's own weights until tests decide, or the budget is spent.</summary>
    /// <param name="network">The network.</param>
    /// <param name="study">Separates the studies of a check; studies share no randomness.</param>
    /// <param name="planned">Number of simulations that most true claims need; the budget is <see cref="Budget"/> times that.</param>
    /// <param name="tests">What the simulations are for.</param>
    /// <param name="input">Their common input; by default each has Gaussian numbers of its own.</param>
    /// <param name="look">Called with each snapshot while its moments can be had; may be null.</param>
    /// <returns>What the subject showed, simulation by simulation, as long as a test is undecided.</returns>
    public IEnumerable<Trace> SimulateUntilDecided(
        NetworkSettings network,
        int study,
        long planned,
        IReadOnlyCollection<ISequentialTest> tests,
        Batch? input = null,
        Action<Snapshot>? look = null
    )
    {
        var most = SampleShare < 1 ? Planned(planned) : Budget * planned;
        foreach (var trace in Simulate(network, study, most, input, look))
        {
            yield return trace;
            if (tests.All(test => test.IsDecided))
            {
                yield break;
            }
        }
    }

    /// <summary>The planned number of samples of this context: all of them, or the share of a calibration run.</summary>
    /// <param name="samples">Number of samples that a run plans.</param>
    /// <returns>At least one.</returns>
    public long Planned(long samples) => Math.Max(1, (long)Math.Ceiling(SampleShare * samples));

    /// <summary>Simulates a network with the subject's own weights.</summary>
    /// <param name="network">The network.</param>
    /// <param name="study">Separates the studies of a check; studies share no randomness.</param>
    /// <param name="simulations">Number of simulations.</param>
    /// <param name="input">Their common input; by default each has Gaussian numbers of its own.</param>
    /// <param name="look">Called with each snapshot while its moments can be had; may be null.</param>
    /// <returns>What the subject showed, simulation by simulation.</returns>
    public IEnumerable<Trace> Simulate(NetworkSettings network, int study, long simulations, Batch? input = null, Action<Snapshot>? look = null)
    {
        network = Fitted(network);
        var atOnce = Subject.SimulationsAtOnce(network);
        for (var first = 0L; first < simulations; first += atOnce)
        {
            Cancellation.ThrowIfCancellationRequested();
            var count = (int)Math.Min(atOnce, simulations - first);
            foreach (var trace in Trace.All(Subject, network, [.. Enumerable.Range((int)first, count).Select(Propagation)], look))
            {
                yield return trace;
            }
        }

        Propagation Propagation(int simulation) =>
            new(new Weights.Own(SeedOf(study), (uint)simulation), input ?? Batch.Gaussian(network, SeedOf(~study), (uint)simulation));
    }

    /// <summary>The seed of a study.</summary>
    /// <param name="study">Which study.</param>
    /// <returns>A seed below 2⁵³ that differs from those of other studies and checks.</returns>
    public ulong SeedOf(int study) => Mixing.ToAsk(Mixing.Mix(Mixing.Mix(Seed) ^ (ulong)study));

    private bool Note(string? reason)
    {
        if (reason is not null)
        {
            _declined.Add(reason);
        }

        return reason is null;
    }
}
