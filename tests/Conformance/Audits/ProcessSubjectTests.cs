using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A subject in a process of its own: what it is sent, what is made of its answers, and that nothing of it is left behind.</summary>
public class ProcessSubjectTests
{
    /// <summary>Of a shell: the first request is answered as by a program that knows only protocol 1.</summary>
    private const string OlderProtocol = """read a; printf '{"id":1,"status":"error","reason":"protocol 2"}\n'""";

    private static readonly NetworkSettings Network = OneStepNetworks.FullyConnected(Architecture.Named("vanilla"));

    [UnixFact]
    public void A_subject_receives_the_given_weights_and_returns_snapshots()
    {
        using var prepared = new PreparedSubject();
        prepared.Prepare(Network, null, 1, PreparedSubject.Number);
        var kernels = Network.Kernels.Select((kernel, i) => Enumerable.Repeat((double)i, kernel.Length).ToArray()).ToArray();
        var input = Batch.Gaussian(Network, 3, 0);
        var seen = new List<Snapshot>();
        using var subject = prepared.Start();

        subject.Propagate(Network, new Weights.Given(kernels), input, seen.Add);

        seen.Select(snapshot => snapshot.Signal[0]).Should().Equal(Enumerable.Range(0, 1 + (3 * 3)).Select(row => PreparedSubject.Number(0, row, -1)));
        seen.Select(snapshot => snapshot.Noise[^1]).Should().Equal(Enumerable.Range(0, 10).Select(row => PreparedSubject.Number(0, row, -2)));
        seen.Select(snapshot => snapshot.Moments().LogChi).Should().Equal(Enumerable.Range(0, 10).Select(row => PreparedSubject.Number(0, row, 1)));
        seen.Select(snapshot => snapshot.Depth).Should().Equal(0, 1, 1, 1, 2, 2, 2, 3, 3, 3);
        Refusal.OfNull("network", () => subject.SimulationsAtOnce(null!));
        Refusal.OfNull("network", () => subject.PropagateAll(null!, [], moments: false, (_, _) => { }));
        using var archive = prepared.Seen(null);
        archive.Read("signal").ToDoubles().Should().Equal(input.Signal);
        archive.Read("kernel_2").ToDoubles().Should().Equal(kernels[2]);
        prepared
            .Requests.Should()
            .ContainSingle()
            .Which.Should()
            .Contain("\"request\":\"propagate\"")
            .And.Contain("\"depths\":[1,2,3],\"tensors\":true,\"moments\":true");
    }

    [UnixFact]
    public void A_disposed_subject_leaves_no_files_and_no_process()
    {
        using var prepared = new PreparedSubject();
        prepared.Prepare(Network, 0, 1, PreparedSubject.Number);
        var subject = prepared.Start();
        subject.Propagate(Network, new Weights.Own(1, 0), Batch.Gaussian(Network, 1, 0), _ => { });
        var request = System.Text.Json.Nodes.JsonNode.Parse(prepared.Requests.Single())!;
        string[] files = [request["input"]!.GetValue<string>(), request["output"]!.GetValue<string>()];

        files.Should().OnlyHaveUniqueItems().And.OnlyContain(path => !File.Exists(path), "files go with their request");
        var folder = Path.GetDirectoryName(files[0])!;
        Path.GetFileName(folder).Should().StartWith("wellbehaved-", "somebody who finds it must know whose it was");
        Directory.Exists(folder).Should().BeTrue();
        var process = prepared.ProcessId;
        subject.Dispose();

        prepared.WasStopped.Should().BeTrue("it is asked before it is killed");
        Directory.Exists(folder).Should().BeFalse();
        RunningProcess.HasEnded(process).Should().BeTrue();
    }

    [UnixFact]
    public void A_subject_that_does_not_stop_is_killed_with_its_children()
    {
        var folder = Directory.CreateTempSubdirectory("wellbehaved");
        try
        {
            var pids = Path.Combine(folder.FullName, "pids");
            var description =
                """{"id":2,"status":"done","name":"deaf","version":null,"dtype":"float32","architectures":["vanilla"],"boundaries":[],"epsilons":null,"operations":["simulate"],"moments":[]}""";
            var subject = new ProcessSubject(
                $"trap '' PIPE HUP; sleep 300 & echo $! > '{pids}'; echo $$ >> '{pids}'; {OlderProtocol}; read a; printf '%s\\n' "
                    + $"'{description}'; sleep 300; sleep 300",
                TimeSpan.FromMinutes(5),
                1
            );
            subject.Dispose();

            File.ReadAllLines(pids)
                .Should()
                .HaveCount(2)
                .And.OnlyContain(pid => RunningProcess.HasEnded(int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Whatever it does to its files, the request fails, the next one does not, and nothing stays behind.</summary>
    [UnixTheory]
    [InlineData("rm -r \"$folder\"", "expected the output file that the request names, found none")]
    [InlineData("rm -r \"$folder\"; echo > \"$folder\"", "expected the output file that the request names, found none")]
    [InlineData("mv \"$folder\" away", "expected the output file that the request names, found none")]
    [InlineData("mv \"$folder\" away; ln -s \"$(pwd)/away\" \"$folder\"", "expected the output file that the request names, found none")]
    [InlineData("rm \"$input\"; mkdir -p \"$input/deep\"; echo > \"$input/deep/file\"", "expected the output file that the request names, found none")]
    [InlineData("mkdir -p \"$output/deep\"; echo > \"$output/deep/file\"", "expected the output file that the request names, found a folder")]
    [InlineData("mkfifo \"$output\"", "expected the output file that the request names, found a pipe")]
    [InlineData("ln -s \"$output\" \"$output\"", "expected the output file that the request names, found none")]
    [InlineData("ln -s /dev/zero \"$output\"", "expected the output file that the request names, found none")]
    [InlineData("echo > \"$output\"; chmod 0 \"$output\" \"$folder\"", "*expected *")]
    [InlineData("echo > \"$folder/another\"", "expected the output file that the request names, found none")]
    public void A_subject_that_removes_its_folder_is_reported_and_leaves_no_files(string sabotage, string finding)
    {
        using var prepared = new PreparedSubject();
        prepared.Prepare(Network, 0, 1, PreparedSubject.Number);
        prepared.Sabotage(sabotage);
        var input = Batch.Gaussian(Network, 1, 0);
        var subject = prepared.Start();
        var seen = 0;
        try
        {
            FluentActions
                .Invoking(() => subject.Propagate(Network, new Weights.Own(1, 0), input, _ => { }))
                .Should()
                .Throw<AdapterException>()
                .WithMessage(finding);

            subject.Propagate(Network, new Weights.Own(1, 0), input, _ => seen++);
        }
        finally
        {
            subject.Dispose();
        }

        seen.Should().Be(10);
        subject.Failures.Should().ContainSingle();
        subject.LeftBehind.Should().BeEmpty();
        prepared.SabotagedFolders.Should().OnlyContain(folder => !Path.Exists(folder));
    }

    [ImmutableFact]
    public void Files_that_cannot_be_removed_are_reported_and_do_not_block_the_audit()
    {
        using var prepared = new PreparedSubject();
        prepared.Prepare(Network, 0, 1, PreparedSubject.Number);
        prepared.Sabotage("cp 0.npz \"$output\"; chattr +i \"$output\" \"$folder\"");
        var input = Batch.Gaussian(Network, 1, 0);
        var subject = prepared.Start();
        var seen = 0;
        try
        {
            FluentActions
                .Invoking(() => subject.Propagate(Network, new Weights.Own(1, 0), input, _ => { }))
                .Should()
                .Throw<AdapterException>()
                .WithMessage("expected files that can be removed, but *-in.npz stays (*)");
            subject.Propagate(Network, new Weights.Own(1, 0), input, _ => seen++);
            subject.Dispose();
        }
        finally
        {
            CommandLine.Run("chattr", ["-R", "-i", .. prepared.SabotagedFolders]);
        }

        seen.Should().Be(10, "the next request has another folder");
        subject.LeftBehind.Should().ContainSingle().Which.Should().StartWith($"could not remove {prepared.SabotagedFolders[0]} (");
        Directory.Delete(prepared.SabotagedFolders[0], recursive: true);
    }

    /// <summary>Opening a named pipe waits for a writer; this one has none.</summary>
    [UnixFact]
    public void A_named_pipe_in_place_of_the_output_is_refused_without_waiting()
    {
        var folder = Directory.CreateTempSubdirectory("wellbehaved");
        try
        {
            var pipe = Path.Combine(folder.FullName, "pipe");
            CommandLine.Run("mkfifo", [pipe]).ExitStatus.Should().Be(0);
            FluentActions.Invoking(() => OutputFile.Open(pipe)).Should().Throw<AdapterException>().WithMessage("*found a pipe");
            FluentActions.Invoking(() => OutputFile.Open(Path.Combine(pipe, "beyond"))).Should().Throw<AdapterException>().WithMessage("*found none");
            FluentActions.Invoking(() => OutputFile.Open("/dev/zero")).Should().Throw<AdapterException>().WithMessage("*found none");
            FluentActions.Invoking(() => OutputFile.Open(folder.FullName)).Should().Throw<AdapterException>().WithMessage("*found a folder");
            using var socket = new System.Net.Sockets.Socket(
                System.Net.Sockets.AddressFamily.Unix,
                System.Net.Sockets.SocketType.Stream,
                System.Net.Sockets.ProtocolType.Unspecified
            );
            socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(folder.FullName, "socket")));
            FluentActions
                .Invoking(() => OutputFile.Open(Path.Combine(folder.FullName, "socket")))
                .Should()
                .Throw<AdapterException>()
                .WithMessage("*found a socket or a device");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [UnixFact]
    public void A_daemon_of_a_subject_is_ended_with_the_subject_and_reported()
    {
        if (!OperatingSystem.IsLinux())
        {
            // Nothing else tells whose a process without a parent is.
            return;
        }

        var folder = Directory.CreateTempSubdirectory("wellbehaved");
        try
        {
            var pid = Path.Combine(folder.FullName, "pid");
            var description =
                """{"id":2,"status":"done","name":"parent","version":null,"dtype":"float32","architectures":["vanilla"],"boundaries":[],"epsilons":null,"operations":["simulate"],"moments":[]}""";

            // The shell between ends at once, so that what it started has no parent.
            var subject = new ProcessSubject(
                $"sh -c 'setsid sleep 300 < /dev/null > /dev/null 2>&1 & echo $! > {pid}'; {OlderProtocol}; read a; printf '%s\\n' '{description}'; read a",
                TimeSpan.FromMinutes(1),
                1
            );
            var daemon = int.Parse(File.ReadAllText(pid), System.Globalization.CultureInfo.InvariantCulture);
            RunningProcess.Exists(daemon).Should().BeTrue();

            subject.Dispose();

            RunningProcess.HasEnded(daemon).Should().BeTrue();
            subject
                .LeftBehind.Should()
                .ContainSingle()
                .Which.Should()
                .MatchRegex($@"^ended process {daemon} \((sleep|setsid)\), which the program had left running$");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>It never reads what it is sent, until the pipe to it is full.</summary>
    [UnixFact]
    public void A_subject_that_does_not_read_its_input_is_stopped_without_waiting()
    {
        var answers = string.Concat(Enumerable.Range(1, 70).Select(id => $$"""{"id":{{id}},"status":"error","reason":"deaf"}""" + "\n"));
        var description =
            """{"id":1,"status":"done","name":"deaf","version":null,"dtype":"float32","architectures":["vanilla"],"boundaries":[],"epsilons":null,"operations":["simulate"],"moments":[]}""";
        using var process = SubjectProcess.Start(
            $"printf '%s\\n' '{description}'; printf '{answers.ReplaceLineEndings("\\n")}'; sleep 300",
            singleThreaded: false
        );
        process.Ask("describe", TimeSpan.FromMinutes(1), null, default).Should().Be(description);
        for (var i = 0; i < 15; i++)
        {
            process.Ask(new string('x', 4095), TimeSpan.FromMinutes(1), null, default).Should().Contain("deaf");
        }

        // Sixteen pages are what a pipe holds on Linux: the request to stop does not fit any more.
        process.Stop(new string('x', 4095));
    }

    [Fact]
    public void A_check_whose_threads_were_all_declined_is_declined()
    {
        using var reference = new ReferenceSubject();
        var context = new CheckContext(reference, new ErrorRates(1e-6, 1e-3), 1, new DeepExperiments(reference, Scale.Quick, 1));
        CheckOutcome Outcome(params Exception[] thrown) =>
            new Check("P1", "vanilla", _ => throw new AggregateException(new AggregateException(thrown))).Execute(context);

        var declined = Outcome(new DeclinedException("too\u202Edeep"), new DeclinedException("too wide"));
        (declined.Verdict, declined.Failure).Should().Be((Verdict.Declined, "declined: too wide, too\\u202Edeep"));
        var failed = Outcome(new DeclinedException("too deep"), new InvalidOperationException("\u001B[31mwrong"));
        (failed.Verdict, failed.Failure).Should().Be((Verdict.Inconclusive, "InvalidOperationException: \\u001B[31mwrong"));
        Outcome(new SubjectException("expected this")).Failure.Should().Be("expected this");
    }

    [UnixTheory]
    [InlineData("echo hello; sleep 300", 300, "*as the protocol defines it, got 'hello'*")]
    [InlineData("sleep 300", 15, "no answer within 15 s*")]
    public void A_subject_that_breaks_the_protocol_is_killed_at_once(string misbehaviour, int seconds, string finding)
    {
        // Time for a shell to start on a busy machine; all of it passes where nothing is answered.
        var folder = Directory.CreateTempSubdirectory("wellbehaved");
        try
        {
            var pid = Path.Combine(folder.FullName, "pid");
            FluentActions
                .Invoking(() => new ProcessSubject($"echo $$ > '{pid}'; read a; {misbehaviour}", TimeSpan.FromSeconds(seconds), 1))
                .Should()
                .Throw<AdapterException>()
                .WithMessage(finding);

            RunningProcess.HasEnded(int.Parse(File.ReadAllText(pid), System.Globalization.CultureInfo.InvariantCulture)).Should().BeTrue();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [UnixFact]
    public void Answers_that_arrive_together_are_read_and_long_errors_are_cut()
    {
        // The answer to the second request comes with the first; what is said on standard error is kept to its last 2000 characters.
        var description =
            """{"id":2,"status":"done","name":"hasty","version":null,"dtype":"float32","architectures":["vanilla"],"boundaries":[],"epsilons":null,"operations":["simulate"],"moments":[]}""";
        using var subject = new ProcessSubject(
            $$"""{{OlderProtocol}}; read a; printf '%s\n%s\n' '{{description}}' '{"id":3,"status":"error","reason":"unknown field"}'; read a; read a; printf '%03000d' 7 >&2; exit 5""",
            TimeSpan.FromMinutes(5),
            1
        );

        subject.AskSomethingUnknown();
        var failure = FluentActions
            .Invoking(() => subject.Propagate(Network, new Weights.Own(1, 0), Batch.Gaussian(Network, 1, 0), _ => { }))
            .Should()
            .Throw<AdapterException>()
            .Which.Message;

        failure.Should().Be("the process ended with exit status 5 before it answered; the last line on its standard error: " + new string('0', 1999) + "7");
    }

    [UnixTheory]
    [InlineData(1)]
    [InlineData(2)]
    public void Several_subject_processes_use_one_thread_each(int processes)
    {
        const string variables = "$OMP_NUM_THREADS,$OPENBLAS_NUM_THREADS,$MKL_NUM_THREADS,$JULIA_NUM_THREADS";
        var inherited = string.Join(',', variables.Split(',').Select(variable => Environment.GetEnvironmentVariable(variable[1..])));
        using var subject = new ProcessSubject(
            $$"""{{OlderProtocol}}; read a; printf '{"id":2,"status":"done","name":"%s","version":null,"dtype":"float32","architectures":[],"boundaries":[],"epsilons":null,"operations":[],"moments":[]}\n' {{variables}}; read a""",
            TimeSpan.FromMinutes(5),
            processes
        );

        // What the user has set is left as it is.
        subject
            .Description.Name.Should()
            .Be(processes == 1 ? inherited : string.Join(',', inherited.Split(',').Select(value => value.Length > 0 ? value : "1")));
    }

    [UnixFact]
    public void A_correct_adapter_passes_the_adapter_test()
    {
        using var prepared = new PreparedSubject();
        Prepare(prepared, (simulation, row, array) => 1 + simulation + row + array);
        using var subject = prepared.Start();

        AdapterTest
            .Ask(subject)
            .Should()
            .Equal(
                ("refuses a request with an unknown field", null),
                ("propagates given weights through every architecture and boundary that it offers", null),
                ("simulates every architecture and boundary that it offers", null)
            );
        prepared.Requests.Should().HaveCount(2).And.OnlyContain(request => request.Contains("\"epsilon\":0.25}", StringComparison.Ordinal));
    }

    [UnixFact]
    public void The_adapter_test_tests_only_what_an_adapter_offers()
    {
        using var prepared = new PreparedSubject("\"propagate\"");
        Prepare(prepared, PreparedSubject.Number);
        using (var subject = prepared.Start())
        {
            AdapterTest
                .Ask(subject)
                .Select(step => step.Step)
                .Should()
                .Equal("refuses a request with an unknown field", "propagates given weights through every architecture and boundary that it offers");
        }

        using var simulating = new PreparedSubject("\"simulate\"");
        Prepare(simulating, (simulation, row, _) => simulation + row);
        using var other = simulating.Start();
        AdapterTest
            .Ask(other)
            .Select(step => step.Step)
            .Should()
            .Equal("refuses a request with an unknown field", "simulates every architecture and boundary that it offers");
    }

    [UnixFact]
    public void The_adapter_test_does_not_fail_an_adapter_for_infinite_numbers()
    {
        using var prepared = new PreparedSubject("\"simulate\"");
        Prepare(prepared, (_, _, _) => double.PositiveInfinity);
        using var subject = prepared.Start();

        AdapterTest.Ask(subject).Last().Failure.Should().BeNull("claims will name them");
    }

    [UnixFact]
    public void A_deep_experiment_is_requested_in_parts_and_assembled_in_order()
    {
        var options = new ExperimentOptions
        {
            Architecture = "vanilla",
            TotalDepth = 2,
            NumComputations = 2,
            KernelSize = 1,
            NumChannels = 1000,
            BatchSize = 40,
            NumSims = 7,
            Epsilon = 0,
        };
        var network = options.Settings(ImageSources.Open(options.Dataset));
        ((1 << 24) / network.Kernels.Sum(kernel => (long)kernel.Length)).Should().Be(3, "seven simulations then come in pieces of 3, 3 and 1");
        using var prepared = new PreparedSubject();
        foreach (var (first, count) in new[] { (0u, 3), (3u, 3), (6u, 1) })
        {
            prepared.Prepare(
                network,
                first,
                count,
                (simulation, row, moment) =>
                    (first + simulation, moment) switch
                    {
                        (4, 2) => MomentSet.LogOfZero,
                        (5, 2) => double.NegativeInfinity,
                        (_, 0) => Rank((int)first + simulation, row),
                        _ => PreparedSubject.Number((int)first + simulation, row, moment),
                    },
                tensors: false
            );
        }

        var advanced = 0;
        using var subject = prepared.Start(processes: 2);
        var table = subject.Run(options, () => Interlocked.Increment(ref advanced), default);

        // Rows: depth 0, then before, convolution and ReLU of each layer. Two nets died, each in its own words.
        int[] alive = [0, 1, 2, 3, 6];
        (table.Simulations, table.Died, advanced).Should().Be((5, 2, 14));
        table.Depths.Should().Equal(1, 2);
        table.Reff!.SelectMany(row => row).Should().Equal(alive.SelectMany(i => new[] { Rank(i, 3), Rank(i, 6) }));
        table.LogChi!.SelectMany(row => row).Should().Equal(alive.SelectMany(i => new[] { PreparedSubject.Number(i, 3, 1), PreparedSubject.Number(i, 6, 1) }));
        table.LogNu2!.SelectMany(row => row).Should().Equal(alive.SelectMany(i => new[] { PreparedSubject.Number(i, 3, 2), PreparedSubject.Number(i, 6, 2) }));
        table.LogNu2AtDepth0.Should().Equal(alive.Select(i => PreparedSubject.Number(i, 0, 2)));
        prepared.Requests.Should().HaveCount(3).And.OnlyContain(request => request.Contains("\"tensors\":false,\"moments\":true", StringComparison.Ordinal));
        using var archive = prepared.Seen(3);
        archive.Read("signal").Shape.Should().Equal(3, 40, 1, 1, network.NetworkInput.Channels);
        FluentActions.Invoking(() => subject.Run(options, null, new CancellationToken(canceled: true))).Should().Throw<OperationCanceledException>();
        FluentActions.Invoking(() => subject.Run(options with { TotalDepth = 0 }, null, default)).Should().Throw<InvalidInputException>();
        FluentActions.Invoking(() => subject.Run(options with { BatchSize = 1 << 20 }, null, default)).Should().Throw<InvalidInputException>();

        // Between 1 and 39, as the rank of 40 points, and of one place alone.
        static double Rank(int simulation, int row) => 1 + (5 * simulation) + (0.5 * row);
    }

    [Fact]
    public void A_deep_experiment_that_the_subject_does_not_offer_is_declined()
    {
        var options = new ExperimentOptions
        {
            Architecture = "vanilla",
            TotalDepth = 2,
            NumComputations = 2,
            KernelSize = 1,
            NumChannels = 4,
            BatchSize = 40,
            NumSims = 1,
            Epsilon = 0,
        };
        var all = new SubjectDescription("all");

        Declined(all with { Moments = ["log_chi", "log_nu2_signal"] }).Should().Be("moment reff_signal");
        Declined(all with { Moments = ["reff_signal", "log_nu2_signal"] }).Should().Be("moment log_chi");
        Declined(all with { Architectures = ["bn_ff"], Moments = [] }).Should().Be("architecture vanilla");
        Declined(all with { DrawsWeights = false }).Should().Be("weights of its own");
        new DeepMoments(options, all with { TakesWeights = false }).Depths.Should().Equal(1, 2);

        string Declined(SubjectDescription description) =>
            FluentActions.Invoking(() => new DeepMoments(options, description)).Should().Throw<DeclinedException>().Which.Message;
    }

    private static void Prepare(PreparedSubject prepared, Func<int, int, int, double> number)
    {
        prepared.Prepare(Network, null, 1, number);
        prepared.Prepare(Network, 0, 1, number);
        prepared.Prepare(Network, 1, 1, (simulation, row, array) => number(simulation + 1, row, array));
    }
}
