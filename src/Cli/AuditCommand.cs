using System.CommandLine;
using System.Globalization;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved audit</c>: checks whether the claims of the ledger hold on the implementation that is audited.</summary>
internal static class AuditCommand
{
    private static readonly string[] SmokeClaims = ["O1", "O2", "O3", "D4", "D7"];

    /// <summary>
    /// Checked for a program that draws its own weights. Without this claim, a program that ignores its seed and draws new weights each time would pass.
    /// </summary>
    private const string SmokeClaimOfSeeds = "I10";

    /// <summary>The greatest number that <c>--generated</c> accepts; each network is audited with given parameters and with the program's own.</summary>
    private const int MostGenerated = 1_000_000;

    /// <summary>Number of images in a batch with <c>--network</c>, and the greatest number that is accepted.</summary>
    private const int DefaultBatch = 4,
        MostImages = 1 << 12;

    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var command = new Option<string?>("--command")
        {
            Description = "Audit the program that this command starts; it speaks the audit protocol (docs/audit-protocol.md)",
            HelpName = "COMMAND",
        }.Taking(FileRole.Start);
        var results = new Option<string?>("--results")
        {
            Description =
                "Audit the moments recorded in this file, "
                + "a result of wellbehaved, of the author's package or of another program; where the file does not say its architecture, "
                + "--architecture does",
            HelpName = "FILE.npz",
        }.Taking(FileRole.Read);
        var architectures = OptionFactory.Architectures("Audit this architecture only; may be given more than once");
        var recorded = new RecordedOptions();
        var smoke = new Option<bool>("--smoke")
        {
            Description = "Only check whether the adapter works, which takes seconds, before judging the implementation",
        };
        var allowDeclined = new Option<bool>("--allow-declined")
        {
            Description = "Exit with 0 if all executed checks hold, also if the program declined other checks",
        };
        var scale = OptionFactory.Choice("--scale", "How much to simulate", "quick", "full");
        var claims = OptionFactory.Claims();
        var seed = OptionFactory.Number("--seed", "Seed of all randomness", 0UL, "a whole number of at least 0");
        var generated = OptionFactory.NumberOrNone<int>(
            "--generated",
            "Networks that are drawn at random for a program that takes layers (protocol 2), beside those of the claims: by default 32, at --scale full 256; "
                + "0 for none"
        );
        var network = new Option<string?>("--network")
        {
            Description = "Audit only this network, a file or a recipe, with the checks of generated networks",
            HelpName = "FILE|NAME",
        }.Taking(FileRole.ReadNetwork);
        var input = ShapeOption.Create();
        var depth = OptionFactory.NumberOrNone<int>("--total-depth", "With --network: what its \"L\" stands for");
        var limit = OptionFactory.Number("--time-limit", "Seconds for each answer of the program", DefaultLimit.TotalSeconds, "a positive number of seconds");
        var processes = OptionFactory.Number("--processes", "Instances of the program side by side", Environment.ProcessorCount);
        var outputs = new ReportOptions();
        var audit = new Command("audit", "Confronts an implementation of yours with the theory, claim by claim, with known error rates.")
        {
            command,
            results,
            architectures,
            smoke,
            scale,
            claims,
            seed,
            allowDeclined,
            limit,
            processes,
            generated,
            network,
            input,
            depth,
        };
        recorded.AddTo(audit);
        outputs.AddTo(audit);
        audit.SetAction(
            (parsed, cancellation) =>
                Task.Run(() =>
                {
                    var files = outputs.Read(parsed);
                    var chosen = OptionFactory.ChosenArchitectures(parsed, architectures);
                    var ofPrograms = new Option[] { smoke, allowDeclined, scale, claims, seed, limit, processes, generated, network, input, depth };
                    var source = parsed.GetValue(network);
                    var (isRecorded, isNetwork) = (parsed.GetValue(results) is not null, source is not null);
                    Refuse(
                        parsed,
                        isRecorded ? ofPrograms : recorded.Options.Except(isNetwork ? recorded.OfNetworks : []),
                        $"expected {(isRecorded ? "with --command" : "with --results")} only"
                    );
                    Refuse(
                        parsed,
                        isNetwork ? [smoke, generated, architectures] : [input, depth],
                        isNetwork ? "expected without --network, with which only that network is audited" : "expected with --network only"
                    );
                    Refuse(parsed, parsed.GetValue(smoke) ? [claims, generated] : [], "expected without --smoke, which asks about a few claims of its own");

                    if (chosen is not null && parsed.GetValue(generated) > 0)
                    {
                        throw new InvalidInputException(generated.Name, "expected without --architecture, with which no networks are drawn");
                    }

                    return (parsed.GetValue(command), parsed.GetValue(results)) switch
                    {
                        ({ } line, null) => Audit(
                            new Request(
                                line,
                                parsed.GetRequiredValue(scale) == "full" ? Scale.Full : Scale.Quick,
                                parsed.GetValue(seed),
                                parsed.GetValue(claims) ?? [],
                                chosen,
                                Seconds(parsed.GetValue(limit)),
                                Positive(parsed.GetValue(processes)),
                                parsed.GetValue(allowDeclined)
                            )
                            {
                                Generated = NotNegative(
                                    parsed.GetValue(generated) ?? (parsed.GetRequiredValue(scale) == "full" ? GeneratedAudit.AtFull : GeneratedAudit.AtQuick)
                                ),
                                Network = source is null
                                    ? null
                                    : NetworkOf(source, recorded.Read(parsed), (parsed.GetValue(input), parsed.GetValue(depth)), parsed.GetValue(seed)),
                                NetworkOptions = NetworkWords(source, recorded.Read(parsed), (parsed.GetValue(input), parsed.GetValue(depth))),
                            },
                            parsed.GetValue(smoke),
                            files,
                            cancellation
                        ),
                        (null, { } file) => AuditResults(file, chosen, recorded.Read(parsed), files),
                        (null, null) => throw new InvalidInputException("--command, --results", "expected one of them, got neither"),
                        _ => throw new InvalidInputException("--command, --results", "expected one of them, got both"),
                    };
                })
        );
        return audit;
    }

    /// <summary>Refuses the first of these options that the call gives.</summary>
    private static void Refuse(ParseResult parsed, IEnumerable<Option> options, string expected)
    {
        if (options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new InvalidInputException(given.Name, expected);
        }
    }

    private static int Audit(Request request, bool smoke, ReportFiles files, CancellationToken cancellation)
    {
        // This comes before a process is started, because a misspelt claim is an error of the call.
        var claims = smoke ? SmokeClaims : request.Claims;
        var work = VerificationRun.Work(request.Scale, claims, request.Architectures);
        files.EnsureWritable();

        // Checks wait for the program or for each other's deep experiments. Meanwhile other checks need threads to ask, or instances of the program stand idle.
        ThreadPool.SetMinThreads(4 * Math.Max(request.Processes, Environment.ProcessorCount), Environment.ProcessorCount);
        ProcessSubject? subject = null;
        try
        {
            subject = new ProcessSubject(request.Command, request.Limit, request.Processes, adoptsOrphans: true, cancellation);
            Console.WriteLine($"{subject.Description.Name} {subject.Description.Version}".TrimEnd());
            if (request.Network is not null)
            {
                RequireLayers(subject.Description);
            }

            foreach (var (step, failure) in AdapterTest.Ask(subject))
            {
                if (smoke || failure is not null)
                {
                    Console.WriteLine($"adapter {(failure is null ? "ok" : "BROKEN")}: {step}{(failure is null ? "" : $": {failure}")}");
                }

                if (failure is not null)
                {
                    return Broken(request, subject.Description.Name, $"{step}: {failure}", files);
                }
            }

            if (smoke && subject.Description.DrawsWeights)
            {
                claims = [.. claims, SmokeClaimOfSeeds];
                work = VerificationRun.Work(request.Scale, claims, request.Architectures);
            }

            var generated = GeneratedRun.None;
            if (request.Network is { } asked)
            {
                generated = ProgressDisplay.Show(
                    ForeignText.OnOneLine($"audit of {asked.Network.Name}"),
                    GeneratedAudit.QuestionsOfOne,
                    advance => GeneratedAudit.Ask(subject, asked.Network, asked.Images, request.Seed, claims, advance, cancellation)
                );
                if (generated.Networks == 0)
                {
                    var reason = subject.Description.WhyNot(asked.Network, asked.Images, Model.NoiseKind.Mapping, subject.Description.TakesWeights);
                    Console.WriteLine(
                        $"{asked.Network.Name} was not audited: "
                            + $"{(reason is null ? "its numbers exceed the range of the program, or the program declined it" : $"declined, {reason}")}"
                    );
                }
            }

            // A program of protocol 1 takes no networks of layers, so it is not blamed for claims on them.
            var architectures =
                request.Architectures ?? (claims.Length == 0 && subject.Description.NetworkOffer is null ? [.. Model.Architecture.Names] : null);
            var run = request.Network is null
                ? ProgressDisplay.Show(
                    "audit",
                    work,
                    advance => VerificationRun.Execute(subject, request.Scale, request.Seed, claims, architectures, advance, cancellation)
                )
                : new VerificationRun(subject.Description.Name, request.Scale, request.Seed, [], [], [])
                {
                    SubjectVersion = subject.Description.Version,
                    NotJudged = GeneratedAudit.NotJudged(request.Network.Value.Network, request.Claims, generated.Outcomes),
                };
            if (request is { Network: null, Architectures: null, Generated: > 0 } && !smoke)
            {
                generated = ProgressDisplay.Show(
                    "generated networks",
                    2L * request.Generated,
                    advance => GeneratedAudit.Draw(subject, request.Seed, request.Generated, claims, advance, cancellation)
                );
            }

            run = run with
            {
                Architectures = request.Architectures ?? [],
                Asked = smoke ? [] : request.Claims,
                Command = Replay(request),
                NetworkOptions = request.NetworkOptions,
                Network = request.Network?.Network.Name,
                AdapterFailures = subject.Failures,
                Generated = generated,
                Explanations = Explained(run, subject, generated, cancellation),
                Outcomes = [.. run.Outcomes, .. generated.Outcomes],
            };
            VerdictTable.Print(run);
            if (run.Verdict == Verdict.Declined && !request.AllowDeclined)
            {
                Console.WriteLine("declined checks were not judged, so the exit status is 3; with --allow-declined it is 0");
            }

            files.Write(run);
            return ExitStatus.From(run, request.AllowDeclined);
        }
        catch (ProgramNotStartedException exception)
        {
            throw new InvalidInputException("--command", $"expected a command that starts a program, but {exception.Message}", exception);
        }
        catch (AdapterException exception)
        {
            Console.WriteLine($"adapter BROKEN: describes itself: {exception.Message}");
            return Broken(request, request.Command, $"describes itself: {exception.Message}", files);
        }
        finally
        {
            subject?.Dispose();
            foreach (var line in subject?.LeftBehind ?? [])
            {
                Console.Error.WriteLine($"note: {line}");
            }
        }
    }

    /// <summary>
    /// Generated networks also show mistakes in layers: the causes of these are searched for where the suite's own networks gave no reason to search.
    /// </summary>
    private static IReadOnlyList<Explanation>? Explained(VerificationRun run, ProcessSubject subject, GeneratedRun generated, CancellationToken cancellation) =>
        generated.Findings.Count == 0 || run.Explanations?.Any(explanation => explanation.Architectures.Contains(Suite.Composed)) == true
            ? run.Explanations
            : [.. run.Explanations ?? [], .. Attempt.Search(() => [.. LayerCauses.Explain(subject, generated.Outcomes, cancellation)])];

    private static void RequireLayers(SubjectDescription description)
    {
        if (description.NetworkOffer is null)
        {
            throw new InvalidInputException("--network", $"expected a program that takes layers (protocol 2), but {description.Name} knows only protocol 1");
        }
    }

    /// <summary>The network that <c>--network</c> names, and the number of images in its batch.</summary>
    private static (Networks.Network Network, int Images) NetworkOf(string name, RecordedExperiment sizes, (Networks.Shape? Input, int? Depth) open, ulong seed)
    {
        if (seed >= 1UL << 52)
        {
            throw new InvalidInputException("--seed", $"expected a whole number below 2^52 with --network, got {seed}");
        }

        var images = sizes.BatchSize ?? DefaultBatch;
        return images is > 0 and <= MostImages
            ? (NetworkSource.Open(name).ToJudge(new NetworkSizes(open.Input, sizes.NumChannels, open.Depth)), images)
            : throw new InvalidInputException("--batch-size", $"expected a number from 1 to {MostImages} with --network, got {images}");
    }

    /// <summary>Writes reports that say that nothing was judged, because the adapter is broken.</summary>
    private static int Broken(Request request, string name, string failure, ReportFiles files)
    {
        Console.WriteLine("the adapter does not follow docs/audit-protocol.md, so the implementation behind it was not judged");
        files.Write(
            new VerificationRun(name, request.Scale, request.Seed, [], [], [])
            {
                Command = Replay(request),
                NetworkOptions = request.NetworkOptions,
                AdapterFailures = [failure],
            }
        );
        return ExitStatus.Inconclusive;
    }

    private static int AuditResults(string file, string[]? architectures, RecordedExperiment experiment, ReportFiles files)
    {
        files.EnsureWritable();
        var recorded = ResultInput.Read(file);
        var run =
            recorded.Places is not null ? AuditPlaces(file, recorded, architectures, experiment)
            : (architectures ?? (recorded.Architecture is { } told && Model.Architecture.Names.Contains(told) ? [told] : null)) is [var architecture]
                ? ResultAudit.Judge(file, recorded, architecture, experiment)
            : throw new InvalidInputException(
                "--architecture",
                $"expected with {file} the one that it was recorded with, since {NamesNoArchitecture(recorded)}, got "
                    + (architectures is null ? "none" : string.Join(", ", architectures))
            );
        VerdictTable.Print(run);
        files.Write(run);
        return ExitStatus.From(run, allowDeclined: false);
    }

    private static string NamesNoArchitecture(ResultFile file) =>
        file.Configuration is null ? "it has no 'configuration'"
        : file.Architecture is { } other ? $"'configuration' says '{other}', which is none of {string.Join(", ", Model.Architecture.Names)}"
        : "'configuration' says none";

    /// <summary>Audits a file with a column for each place of some network, which no architecture describes.</summary>
    private static VerificationRun AuditPlaces(string file, ResultFile recorded, string[]? architectures, RecordedExperiment experiment)
    {
        if ((architectures is not null ? "--architecture" : experiment.Options.Select(option => option.Name).FirstOrDefault()) is { } given)
        {
            throw new InvalidInputException(given, $"expected without {file}, which records the places of a described network, not those of an architecture");
        }

        return ResultAudit.OfPlaces(file, recorded, ResultInput.NameOf(file, recorded));
    }

    /// <summary>The command that repeats a check, without the options that choose the check.</summary>
    private static string Replay(Request request) =>
        "wellbehaved audit --command "
        + $"{Shell.Quote(request.Command)}{(request.Limit == DefaultLimit ? "" : string.Create(CultureInfo.InvariantCulture, $" --time-limit {request.Limit.TotalSeconds}"))}";

    /// <summary>The options that repeat the choice of the network and its sizes; empty where no network is named.</summary>
    private static string NetworkWords(string? name, RecordedExperiment sizes, (Networks.Shape? Input, int? Depth) open)
    {
        string?[] words =
        [
            name is null ? null : $"--network {Shell.Word(name)}",
            open.Input is { } input ? $"--input-shape {ShapeOption.Spell(input)}" : null,
            sizes.NumChannels is { } channels ? FormattableString.Invariant($"--num-channels {channels}") : null,
            open.Depth is { } depth ? FormattableString.Invariant($"--total-depth {depth}") : null,
            sizes.BatchSize is { } images ? FormattableString.Invariant($"--batch-size {images}") : null,
        ];
        return string.Join(' ', words.Where(word => word is not null));
    }

    private static TimeSpan Seconds(double seconds) =>
        seconds is > 0 and <= 86400
            ? TimeSpan.FromSeconds(seconds)
            : throw new InvalidInputException("--time-limit", $"expected a positive number of seconds up to a day, got {seconds}");

    private static int NotNegative(int networks) =>
        networks is >= 0 and <= MostGenerated
            ? networks
            : throw new InvalidInputException("--generated", $"expected a whole number from 0 to {MostGenerated}, got {networks}");

    private static int Positive(int processes) =>
        processes > 0 ? processes : throw new InvalidInputException("--processes", $"expected a positive number, got {processes}");

    private sealed record Request(
        string Command,
        Scale Scale,
        ulong Seed,
        string[] Claims,
        string[]? Architectures,
        TimeSpan Limit,
        int Processes,
        bool AllowDeclined
    )
    {
        public int Generated { get; init; }

        public (Networks.Network Network, int Images)? Network { get; init; }

        /// <summary>The options that name that network.</summary>
        public string NetworkOptions { get; init; } = "";
    }
}
