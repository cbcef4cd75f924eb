using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A subject in a process of its own, in any language, that follows the audit protocol.</summary>
/// <remarks>
/// Several instances of the process work side by side, each on one request at a time. An answer is a function of its request, so it does not matter which
/// instance gives it.
/// An instance that breaks the protocol is killed and replaced. After a few such failures the subject is not asked any more, so that a hanging subject costs
/// minutes, not hours.
/// </remarks>
internal sealed class ProcessSubject : ISubject, IDisposable
{
    /// <summary>A field that no version of the protocol has.</summary>
    private const string UnknownField = "unknown_field";

    private const int MostFailures = 3;

    /// <summary>The most numbers in the tensors of one answer, 32 MB: a compromise between few requests and small files.</summary>
    private const int NumbersAtOnce = 1 << 22;
    private const int MostSimulationsAtOnce = 128;

    /// <summary>The most weights that a subject draws for one answer of a deep experiment: about a second's work.</summary>
    private const long WeightsAtOnce = 1 << 24;

    private readonly string _command;
    private readonly TimeSpan _limit;
    private readonly int _processes;
    private readonly CancellationToken _cancellation;
    private readonly bool _adoptsOrphans;
    private readonly ExchangeFolder _folder = new();
    private readonly SemaphoreSlim _free;
    private readonly ConcurrentBag<SubjectProcess> _idle = [];
    private ConcurrentQueue<string> _failures = [];
    private readonly ConcurrentQueue<string> _leftBehind = [];
    private long _lastId;
    private int _broken;
    private string? _firstFailure;

    /// <summary>Starts the process and asks it to describe itself.</summary>
    /// <param name="command">The command, run by the system's shell in the current folder.</param>
    /// <param name="limit">Time limit of each answer.</param>
    /// <param name="processes">Number of instances.</param>
    /// <param name="adoptsOrphans">
    /// Whether this process starts nothing but this subject. If so, on Linux, everything that the subject has left running when it is disposed of is found and
    /// ended, even if it hides; otherwise only processes that have kept the subject's environment.
    /// </param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <exception cref="ProgramNotStartedException">There is no such program, or it ended with an error before it answered anything.</exception>
    /// <exception cref="AdapterException">Its description does not follow the protocol.</exception>
    /// <exception cref="InvalidInputException">The files of requests and answers cannot be written.</exception>
    public ProcessSubject(string command, TimeSpan limit, int processes, bool adoptsOrphans = false, CancellationToken cancellation = default)
    {
        (_command, _limit, _processes, _cancellation) = (command, limit, processes, cancellation);
        _free = new SemaphoreSlim(processes);
        _adoptsOrphans = adoptsOrphans && LeftoverProcesses.Adopt();
        try
        {
            Description = Described();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public SubjectDescription Description { get; }

    /// <summary>The failures between auditor and subject.</summary>
    public IReadOnlyCollection<string> Failures => [.. _failures.Distinct()];

    /// <summary>
    /// What the subject had left when it was disposed of, a line each: processes, which were ended if the system tells whose they are, and files that could not
    /// be removed.
    /// </summary>
    public IReadOnlyCollection<string> LeftBehind => _leftBehind;

    /// <inheritdoc/>
    public void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe) =>
        PropagateAll(network, [new Propagation(weights, input)], moments: true, (_, snapshot) => observe(snapshot));

    /// <inheritdoc/>
    public int SimulationsAtOnce(NetworkSettings network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var numbers = 2L * network.FeatureShape.Elements * (1 + (network.Depth * network.Architecture.Places.Length));
        return (int)Math.Clamp(NumbersAtOnce / numbers, 1, MostSimulationsAtOnce);
    }

    /// <inheritdoc/>
    public void PropagateAll(NetworkSettings network, IReadOnlyList<Propagation> propagations, bool moments, Action<int, Snapshot> observe)
    {
        ArgumentNullException.ThrowIfNull(network);
        Exchanged(network, propagations, [.. Enumerable.Range(1, network.Depth)], tensors: true, moments, observe);
    }

    /// <inheritdoc/>
    public void Propagate(Network network, NoiseKind noise, Weights weights, Batch input, Action<NetworkSnapshot> observe) =>
        PropagateAll(network, noise, [new Propagation(weights, input)], moments: true, (_, snapshot) => observe(snapshot));

    /// <inheritdoc/>
    public int SimulationsAtOnce(Network network, int images)
    {
        ArgumentNullException.ThrowIfNull(network);
        var numbers = 2L * images * network.Places.Sum(place => place.Shape.Features);
        return (int)Math.Clamp(NumbersAtOnce / Math.Max(1, numbers), 1, MostSimulationsAtOnce);
    }

    /// <inheritdoc/>
    /// <remarks>A request with given parameters holds one propagation; consecutive simulations share a request.</remarks>
    public void PropagateAll(Network network, NoiseKind noise, IReadOnlyList<Propagation> propagations, bool moments, Action<int, NetworkSnapshot> observe)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(propagations);
        int[] places = [.. Enumerable.Range(0, network.Places.Count)];
        foreach (var (first, piece) in Pieces(propagations))
        {
            Exchanged(
                network,
                noise,
                piece,
                places,
                tensors: true,
                moments,
                (simulation, place, answer) => observe(first + simulation, SnapshotOf(network, piece[simulation].Input, place, answer))
            );
        }
    }

    /// <inheritdoc/>
    public void Measure(
        Network network,
        NoiseKind noise,
        IReadOnlyList<Propagation> propagations,
        Func<int, bool> wants,
        Action<int, int, ReportedMoments> observe
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(propagations);
        ArgumentNullException.ThrowIfNull(wants);
        int[] places = [.. Enumerable.Range(0, network.Places.Count).Where(wants)];
        foreach (var (first, piece) in Pieces(propagations))
        {
            Exchanged(
                network,
                noise,
                piece,
                places,
                tensors: false,
                moments: true,
                (simulation, place, answer) => observe(first + simulation, place, answer.Moments())
            );
        }
    }

    /// <inheritdoc/>
    public MomentTable Run(ExperimentOptions options, Action? depthReached, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var table = new DeepMoments(options, Description);
        var network = table.Network;
        var atOnce = (int)Math.Clamp(WeightsAtOnce / network.Kernels.Sum(kernel => (long)kernel.Length), 1, options.NumSims);
        var answers = new List<(int Simulation, Snapshot Snapshot)>[(options.NumSims + atOnce - 1) / atOnce];
        SideBySide.Run(answers.Length, _processes, AskForPiece, cancellation);
        foreach (var (_, snapshot) in answers.SelectMany(answer => answer))
        {
            if (snapshot.Depth == 0)
            {
                table.Begin();
            }

            table.Take(snapshot.Depth, snapshot.Place, snapshot.Moments());
        }

        return table.Finish();

        void AskForPiece(int i)
        {
            Propagation[] propagations =
            [
                .. Enumerable
                    .Range(i * atOnce, Math.Min(atOnce, options.NumSims - (i * atOnce)))
                    .Select(simulation => new Propagation(table.WeightsOf(simulation), table.InputOf(simulation))),
            ];
            var snapshots = new List<(int, Snapshot)>();
            Exchanged(network, propagations, table.Depths, tensors: false, moments: true, (simulation, snapshot) => snapshots.Add((simulation, snapshot)));
            answers[i] = snapshots;
            for (var layer = 0; layer < propagations.Length * network.Depth; layer++)
            {
                depthReached?.Invoke();
            }
        }
    }

    private static NetworkSnapshot SnapshotOf(Network network, Batch input, int place, LayerAnswer answer)
    {
        var (at, images) = (network.Places[place], input.Shape.Images);
        return new(place, at, new TensorShape(images, at.Shape.Height, at.Shape.Width, at.Shape.Channels), answer.Signal, answer.Noise, answer.Moments);
    }

    /// <summary>
    /// Groups of propagations that one request can ask for: simulations of one seed with consecutive numbers, or one propagation with given parameters.
    /// </summary>
    private static IEnumerable<(int First, IReadOnlyList<Propagation> Piece)> Pieces(IReadOnlyList<Propagation> propagations)
    {
        for (var first = 0; first < propagations.Count; )
        {
            var count = 1;
            while (
                first + count < propagations.Count
                && propagations[first].Weights is Weights.Own own
                && propagations[first + count].Weights is Weights.Own next
                && next.Seed == own.Seed
                && next.Simulation == own.Simulation + (uint)count
            )
            {
                count++;
            }

            yield return (first, [.. propagations.Skip(first).Take(count)]);
            first += count;
        }
    }

    /// <summary>Sends a question of protocol 2.</summary>
    private void Ask(LayerQuestion question, Action<LayerAnswer> observe)
    {
        var exchange = Written(name => new LayerExchange($"{name}-in.npz", $"{name}-out.npz", question), exchange => exchange.Write());
        try
        {
            Ask(
                exchange.Request(),
                (id, line) =>
                {
                    Protocol.ReadAnswer(id, line);
                    exchange.Read(observe);
                    return exchange.Remove() is { } left ? throw new AdapterException(left) : true;
                },
                exchange.Excess
            );
        }
        finally
        {
            exchange.Remove();
        }
    }

    /// <summary>Asks for a description in protocol 2, and in protocol 1 if the subject does not know protocol 2.</summary>
    private SubjectDescription Described()
    {
        SubjectDescription? inLayers = null;
        try
        {
            inLayers = Ask(Protocol.Describe(Protocol.Version), Protocol.ReadDescriptionInLayers);
        }
        catch (ProgramNotStartedException)
        {
            // It may have ended because it knows only protocol 1. If it cannot start at all, the next request finds this.
            (_failures, _broken, _firstFailure) = ([], 0, null);
        }

        return inLayers ?? Ask(Protocol.Describe(Protocol.OfArchitectures), Protocol.ReadDescription);
    }

    /// <summary>Sends a request that the protocol does not know; the subject must answer with an error.</summary>
    /// <exception cref="AdapterException">It gave another answer.</exception>
    internal void AskSomethingUnknown()
    {
        var request = Protocol.Describe(Description.NetworkOffer is null ? Protocol.OfArchitectures : Protocol.Version);
        request[UnknownField] = true;
        RequireRefusal(request, "a request");
    }

    /// <summary>Sends a network with a field that the protocol does not know, and a network whose first layer has such a field.</summary>
    /// <param name="network">A network that the subject offers.</param>
    /// <param name="noise">A noise that it offers.</param>
    /// <param name="given">Whether parameters are given.</param>
    /// <exception cref="AdapterException">An answer was not an error.</exception>
    internal void AskSomethingUnknown(Network network, NoiseKind noise, bool given)
    {
        var input = Batch.Gaussian(network, 1, 0, 0);
        var spelled = SpelledOutNetwork.SpellOut(network);
        var question = new LayerQuestion(spelled, 1, EnumWords.Spell(noise), [input])
        {
            Parameters = given ? LayerParameter.Collect(network, new Weights.Given(new SiteCase(network, 1).Parameters(0))) : null,
            Places = [.. spelled.NumbersOfPlaces.Distinct().Order()],
        };
        foreach (
            var (where, addField) in new (string, Action<JsonObject>)[]
            {
                ("a network", asked => asked[UnknownField] = true),
                ("a layer", asked => OptionsOfFirst(asked)[UnknownField] = true),
            }
        )
        {
            var exchange = Written(name => new LayerExchange($"{name}-in.npz", $"{name}-out.npz", question), exchange => exchange.Write());
            try
            {
                var request = exchange.Request();
                if (IsDeclined(request))
                {
                    return;
                }

                addField(request["network"]!.AsObject());
                RequireRefusal(request, where);
            }
            finally
            {
                exchange.Remove();
            }
        }

        static JsonObject OptionsOfFirst(JsonObject network) => network["layers"]!.AsArray()[0]!.AsObject().First().Value!.AsObject();
    }

    /// <summary>Whether the subject declines a request as it is. It is not asked then about the same with an unknown field.</summary>
    private bool IsDeclined(JsonObject request)
    {
        try
        {
            return Ask(
                request,
                (id, line) =>
                {
                    Protocol.ReadAnswer(id, line);
                    return false;
                }
            );
        }
        catch (DeclinedException)
        {
            return true;
        }
    }

    private void RequireRefusal(JsonObject request, string where)
    {
        var status = Ask(
            request,
            (id, line) =>
            {
                try
                {
                    Protocol.ReadAnswer(id, line);
                    return "done";
                }
                catch (ReportedErrorException)
                {
                    return "error";
                }
                catch (DeclinedException)
                {
                    return "declined";
                }
                catch (AdapterException) when (Protocol.SaysDone(line))
                {
                    // The answer is a description, which has more fields than answers of other kinds.
                    return "done";
                }
            }
        );
        if (status != "error")
        {
            throw new AdapterException(
                $"expected an error for {where} with an unknown field, got {(status == "declined" ? "'declined'" : "an answer")}: an adapter that ignores fields will miss what later versions ask for"
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var process in _idle)
        {
            process.Stop(Protocol.Line(Interlocked.Increment(ref _lastId), Protocol.Stop()));
            End(process);
        }

        _idle.Clear();
        _free.Dispose();
        Note(_adoptsOrphans ? LeftoverProcesses.EndChildren() : []);
        _folder.Dispose();
        Note(_folder.LeftBehind);
    }

    private void End(SubjectProcess process)
    {
        process.Dispose();
        Note(process.LeftBehind);
    }

    private void Note(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            _leftBehind.Enqueue(ForeignText.OnOneLine(line));
        }
    }

    private void Exchanged(
        NetworkSettings network,
        IReadOnlyList<Propagation> propagations,
        IReadOnlyList<int> depths,
        bool tensors,
        bool moments,
        Action<int, Snapshot> observe
    )
    {
        if (Description.NetworkOffer is { } offer)
        {
            InLayers(offer, network, propagations, depths, tensors, moments, observe);
            return;
        }

        var exchange = Written(
            name => new Exchange($"{name}-in.npz", $"{name}-out.npz", depths, tensors, moments),
            exchange => exchange.Write(network, propagations)
        );
        try
        {
            Ask(
                propagations[0].Weights is Weights.Own own
                    ? Protocol.Simulate(network, own, propagations.Count, exchange)
                    : Protocol.Propagate(network, exchange),
                (id, line) =>
                {
                    Protocol.ReadAnswer(id, line);
                    exchange.Read(network, propagations.Count, Description.Moments, observe);
                    return exchange.Remove() is { } left ? throw new AdapterException(left) : true;
                },
                () => exchange.Excess(network, propagations.Count, Description.Moments)
            );
        }
        finally
        {
            // A file that is still there will be found and named when the folder is removed.
            exchange.Remove();
        }
    }

    /// <summary>Asks a subject of protocol 2 for one of the four architectures.</summary>
    private void InLayers(
        NetworkOffer offer,
        NetworkSettings network,
        IReadOnlyList<Propagation> propagations,
        IReadOnlyList<int> depths,
        bool tensors,
        bool moments,
        Action<int, Snapshot> observe
    )
    {
        if (SettingsInLayers.WhyNot(network, offer) is { } reason)
        {
            throw new DeclinedException(reason);
        }

        var settings = SettingsInLayers.SpellOut(network, offer);
        var shown = settings.Shown.Where(place => place.Depth == 0 || depths.Contains(place.Depth)).ToArray();
        var question = new LayerQuestion(
            settings.Network,
            network.Input.Images,
            SettingsInLayers.NoiseOf(offer),
            [.. propagations.Select(propagation => propagation.Input)]
        )
        {
            Parameters = propagations[0].Weights is Weights.Given given ? settings.Parameters(network, given) : null,
            First = propagations[0].Weights as Weights.Own ?? new Weights.Own(0, 0),
            Places = [.. shown.Select(place => place.Number).Distinct()],
            Tensors = tensors,
            Moments = moments ? Description.Moments : [],
        };
        Answered(
            question,
            propagations.Count,
            [.. shown.Select(place => place.Number)],
            (simulation, i, answer) =>
                observe(simulation, new Snapshot(shown[i].Depth, shown[i].Place, network.FeatureShape, answer.Signal, answer.Noise, answer.Moments))
        );
    }

    /// <summary>Asks about a described network.</summary>
    private void Exchanged(
        Network network,
        NoiseKind noise,
        IReadOnlyList<Propagation> propagations,
        int[] places,
        bool tensors,
        bool moments,
        Action<int, int, LayerAnswer> observe
    )
    {
        var images = propagations[0].Input.Shape.Images;
        if (Description.WhyNot(network, images, noise, propagations[0].Weights is Weights.Given) is { } reason)
        {
            throw new DeclinedException(reason);
        }

        var spelled = SpelledOutNetwork.SpellOut(network);
        int[] numbers = [.. places.Select(place => spelled.NumbersOfPlaces[place])];
        var question = new LayerQuestion(spelled, images, EnumWords.Spell(noise), [.. propagations.Select(propagation => propagation.Input)])
        {
            Parameters = propagations[0].Weights is Weights.Given given ? LayerParameter.Collect(network, given) : null,
            First = propagations[0].Weights as Weights.Own ?? new Weights.Own(0, 0),
            Places = [.. numbers.Distinct().Order()],
            Tensors = tensors,
            Moments = moments ? Description.Moments : [],
        };
        Answered(question, propagations.Count, numbers, (simulation, i, answer) => observe(simulation, places[i], answer));
    }

    /// <summary>Sends a question, and passes on the answers in the order of a list of places.</summary>
    private void Answered(LayerQuestion question, int simulations, int[] numbers, Action<int, int, LayerAnswer> observe)
    {
        var answers = new Dictionary<(int Simulation, int Place), LayerAnswer>();
        Ask(question, answer => answers.Add((answer.Simulation, answer.Place), answer));
        for (var simulation = 0; simulation < simulations; simulation++)
        {
            for (var i = 0; i < numbers.Length; i++)
            {
                observe(simulation, i, answers[(simulation, numbers[i])]);
            }
        }
    }

    /// <summary>Writes the input of a request; if a subject has damaged the folder, into another folder.</summary>
    private T Written<T>(Func<string, T> name, Action<T> write)
    {
        var folder = _folder.Path;
        try
        {
            return WrittenTo(folder);
        }
        catch (Exception exception) when (exception is InvalidInputException or IOException or UnauthorizedAccessException)
        {
            _folder.Replace(folder);
            return WrittenTo(_folder.Path);
        }

        T WrittenTo(string folder)
        {
            var exchange = name(Path.Combine(folder, $"{Interlocked.Increment(ref _lastId)}"));
            write(exchange);
            return exchange;
        }
    }

    private T Ask<T>(JsonObject request, Func<long, string, T> read, Func<string?>? excess = null)
    {
        _free.Wait(_cancellation);
        SubjectProcess? process = null;
        try
        {
            if (Volatile.Read(ref _broken) >= MostFailures)
            {
                throw new AdapterException($"the subject is not asked any more after {MostFailures} failures, the first: {_firstFailure}");
            }

            if (!_idle.TryTake(out process))
            {
                process = SubjectProcess.Start(_command, _processes > 1);
            }

            var id = Interlocked.Increment(ref _lastId);
            var answer = read(id, process.Ask(Protocol.Line(id, request), _limit, excess, _cancellation));
            _idle.Add(process);
            return answer;
        }
        catch (DeclinedException)
        {
            _idle.Add(process!);
            throw;
        }
        catch (ReportedErrorException exception)
        {
            _idle.Add(process!);
            _failures.Enqueue($"{request["request"]}: {exception.Message}");
            throw;
        }
        catch (AdapterException exception) when (Breaks($"{request["request"]}: {exception.Message}"))
        {
            _failures.Enqueue($"{request["request"]}: {exception.Message}");
            GiveUp(process);
            throw;
        }
        catch
        {
            GiveUp(process);
            throw;
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Counts a failure of the protocol. False if the subject is not asked any more, so that this failure is not one of its own.</summary>
    private bool Breaks(string failure)
    {
        Interlocked.CompareExchange(ref _firstFailure, failure, null);
        return Interlocked.Increment(ref _broken) <= MostFailures;
    }

    private void GiveUp(SubjectProcess? process)
    {
        if (process is not null)
        {
            End(process);
        }
    }
}
