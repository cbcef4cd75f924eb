using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>What a check works with.</summary>
/// <param name="Subject">The subject that is audited.</param>
/// <param name="Rates">The permitted error rates of the check, for all its quantities together.</param>
/// <param name="Seed">The seed of its randomness.</param>
/// <param name="Deep">The deep experiments, shared between checks.</param>
/// <param name="Cancellation">Asks to stop.</param>
internal sealed record CheckContext(ISubject Subject, ErrorRates Rates, ulong Seed, DeepExperiments Deep, CancellationToken Cancellation = default)
{
    /// <summary>
    /// A test continues up to this many times its planned samples. At the plan, a true claim is inconclusive with the rate β that it was planned for. At four
    /// times as many, its interval is half as wide, and a true claim lies ten of its standard errors away from where it would be inconclusive.
    /// </summary>
    public const int Budget = 4;

    /// <summary>The largest ε beside which what a batch norm leaves of signal and noise keeps its digits, and squares of squares theirs.</summary>
    private const double MostEpsilon = 1e20;

    private readonly SortedSet<string> _declined = new(StringComparer.Ordinal);

    /// <summary>
    /// The share of the planned and budgeted samples that is used: 1 in a run, less where error rates are measured over many runs. Guarantees hold at any
    /// number of samples.
    /// </summary>
    public double SampleShare { get; init; } = 1;

    /// <summary>The factor of the ledger's discrepancies: 1 at quick scale, less where more simulations let a check see smaller discrepancies.</summary>
    public double DiscrepancyShare { get; init; } = 1;

    /// <summary>Unit roundoff of the subject's tensors.</summary>
    public double UnitRoundoff => Subject.Description.UnitRoundoff;

    /// <summary>What the check left out because the subject does not offer it.</summary>
    public IReadOnlyCollection<string> Declined => _declined;

    /// <summary>Whether the subject can be asked for a network; notes what it declines.</summary>
    /// <param name="network">The network.</param>
    /// <param name="given">Whether its weights are given.</param>
    /// <returns>True if it can be asked.</returns>
    public bool Offers(NetworkSettings network, bool given) => Note(Subject.Description.WhyNot(network, given));

    /// <summary>Whether the subject can be asked for a described network; notes what it declines.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Inputs of the batch.</param>
    /// <param name="noise">The mapping whose derivative the noise passes through.</param>
    /// <param name="given">Whether its parameters are given.</param>
    /// <returns>True if it can be asked.</returns>
    public bool Offers(Networks.Network network, int images, NoiseKind noise, bool given) => Note(Subject.Description.WhyNot(network, images, noise, given));

    /// <summary>The networks that the subject can be asked for with weights of its own; notes what it declines.</summary>
    /// <param name="networks">Networks.</param>
    /// <returns>At least one of them.</returns>
    /// <exception cref="DeclinedException">The subject declines all of them; <see cref="Declined"/> says why.</exception>
    public NetworkSettings[] Offered(NetworkSettings[] networks)
    {
        NetworkSettings[] offered = [.. networks.Select(network => Fitted(network)).Where(network => Offers(network, given: false))];
        return offered.Length > 0 ? offered : throw new DeclinedException(Declined.First());
    }

    /// <summary>
    /// The ε that the subject is asked for instead of the wanted one: the wanted one if it is offered, otherwise the nearest that is offered.
    /// </summary>
    /// <param name="wanted">The ε that the check wants.</param>
    /// <param name="zeroWillDo">Whether 0 may replace a positive ε, because nothing constant over a batch is normalised.</param>
    /// <returns>An offered ε; the wanted one if none is suitable, which the subject then declines.</returns>
    internal double EpsilonFor(double wanted, bool zeroWillDo = false) =>
        Subject.Description.NearestEpsilon(wanted, epsilon => (epsilon > 0 || zeroWillDo) && epsilon <= MostEpsilon);

    /// <summary>The network with an ε that the subject offers; without batch norm the network itself.</summary>
    /// <param name="network">The network that a check wants.</param>
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
    /// <returns>True if it reports it.</returns>
    public bool Reports(string moment) => Note(Subject.Description.Moments.Contains(moment) ? null : $"moment {moment}");

    /// <summary>The discrepancy that must be excluded at this scale.</summary>
    /// <param name="stated">δ of the ledger.</param>
    /// <returns>δ, or a share of it.</returns>
    public double Discrepancy(double stated) => DiscrepancyShare * stated;

    /// <summary>Simulates a network with the subject's own weights until tests decide, or the budget is spent.</summary>
    /// <param name="network">The network.</param>
    /// <param name="study">Separates the studies of a check; studies share no randomness.</param>
    /// <param name="planned">Number of simulations that most true claims need; the budget is <see cref="Budget"/> times that.</param>
    /// <param name="tests">The tests that the simulations are for.</param>
    /// <param name="input">The input of all simulations; by default each has Gaussian numbers of its own.</param>
    /// <param name="look">Called with each snapshot while its moments are available; may be null.</param>
    /// <returns>What the subject showed, simulation by simulation, as long as a test is inconclusive.</returns>
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
    /// <returns>The planned number, at least 1.</returns>
    public long Planned(long samples) => Math.Max(1, (long)Math.Ceiling(SampleShare * samples));

    /// <summary>Simulates a network with the subject's own weights.</summary>
    /// <param name="network">The network.</param>
    /// <param name="study">Separates the studies of a check; studies share no randomness.</param>
    /// <param name="simulations">Number of simulations.</param>
    /// <param name="input">The input of all simulations; by default each has Gaussian numbers of its own.</param>
    /// <param name="look">Called with each snapshot while its moments are available; may be null.</param>
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
    /// <param name="study">Number of the study.</param>
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
