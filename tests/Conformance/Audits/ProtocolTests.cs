using System.IO.Compression;
using System.Text;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The protocol, line by line: what is asked, which answers are understood, and what is said of the others.</summary>
public sealed class ProtocolTests : IDisposable
{
    private const string Description =
        """{"id":1,"status":"done","name":"a\tname","version":"1.0","dtype":"float32","architectures":["vanilla","bn_ff"],"boundaries":["periodic","zero_padding"],"epsilons":[0,0.5],"operations":["propagate"],"moments":["chi"]}""";

    /// <summary>Of a shell: answers protocol 2 with an error, then describes itself in protocol 1.</summary>
    private static readonly string Described =
        $$"""read a; printf '%s\n' '{"id":1,"status":"error","reason":"protocol 2"}'; read a; printf '%s\n' '{{Description.Replace("\"id\":1", "\"id\":2", StringComparison.Ordinal)}}'""";

    private static readonly NetworkSettings Network = new(Architecture.Named("bn_res", 1), new TensorShape(2, 2, 3, 2), 2, 3, 1, Boundary.Symmetric, 0.25);
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Requests_have_the_text_that_the_protocol_defines()
    {
        var exchange = new Exchange("in.npz", "out.npz", [1, 3], Tensors: true, Moments: false);
        const string network =
            ""","network":{"architecture":"bn_res","res_depth":1,"total_depth":2,"num_channels":3,"kernel_size":1,"first_stride":1,"boundary":"symmetric","epsilon":0.25}""";
        const string rest = ""","input":"in.npz","depths":[1,3],"tensors":true,"moments":false,"output":"out.npz"}""";

        Protocol.Line(7, Protocol.Describe()).Should().Be("""{"id":7,"request":"describe","protocol":1}""");
        Protocol.Line(8, Protocol.Stop()).Should().Be("""{"id":8,"request":"stop"}""");
        Protocol.Line(9, Protocol.Propagate(Network, exchange)).Should().Be($$"""{"id":9,"request":"propagate"{{network}}{{rest}}""");
        Protocol
            .Line(10, Protocol.Simulate(Network, new Weights.Own((1UL << 53) - 1, 5), 4, exchange))
            .Should()
            .Be($$"""{"id":10,"request":"simulate"{{network}},"seed":9007199254740991,"first":5,"simulations":4{{rest}}""");
    }

    [Fact]
    public void A_seed_beyond_the_limit_of_the_protocol_is_refused_before_sending()
    {
        var exchange = new Exchange("in", "out", [1], true, false);
        FluentActions.Invoking(() => Protocol.Simulate(Network, new Weights.Own(1UL << 53, 0), 1, exchange)).Should().Throw<ArgumentException>();
        Protocol
            .Line(1, Protocol.Simulate(Network, new Weights.Own(6, 0), 1, exchange))
            .Should()
            .NotBe(Protocol.Line(1, Protocol.Simulate(Network, new Weights.Own(7, 0), 1, exchange)));
    }

    [Fact]
    public void A_description_of_a_subject_is_read()
    {
        var description = Protocol.ReadDescription(1, Description);

        (description.Name, description.Version, description.UnitRoundoff, description.TakesWeights, description.DrawsWeights)
            .Should()
            .Be(("a name", "1.0", Math.ScaleB(1, -24), true, false));
        description.Architectures.Should().Equal("vanilla", "bn_ff");
        description.Boundaries.Should().Equal(Boundary.Periodic, Boundary.ZeroPadding);
        description.Epsilons.Should().Equal(0, 0.5);
        description.Moments.Should().Equal("chi");
        foreach (var (dtype, digits) in new[] { ("float64", 53), ("float16", 11), ("bfloat16", 8) })
        {
            Protocol.ReadDescription(1, Description.Replace("float32", dtype, StringComparison.Ordinal)).UnitRoundoff.Should().Be(Math.ScaleB(1, -digits));
        }

        var simulates = Protocol.ReadDescription(1, Description.Replace("\"propagate\"", "\"simulate\"", StringComparison.Ordinal));
        (simulates.TakesWeights, simulates.DrawsWeights).Should().Be((false, true));
        var bare = Protocol.ReadDescription(
            1,
            Description.Replace("\"1.0\"", "null", StringComparison.Ordinal).Replace("[0,0.5]", "null", StringComparison.Ordinal)
        );
        (bare.Version, bare.Epsilons).Should().Be((null, null));
    }

    [Theory]
    [InlineData("\"id\":1", "\"id\":2", "expected the answer to request 1, got one with id 2")]
    [InlineData("float32", "int8", "expected dtype float64, float32, float16, bfloat16, got 'int8'")]
    [InlineData("\"vanilla\"", "\"resnet\"", "expected architectures among vanilla, vanilla_res, bn_ff, bn_res, got 'resnet'")]
    [InlineData("\"zero_padding\"", "\"wrap\"", "expected boundaries among periodic, symmetric, zero_padding, got 'wrap'")]
    [InlineData(
        "\"chi\"",
        "\"psi\"",
        "expected moments among nu1_abs_signal, nu2_signal, mu2_signal, mu4_signal, mu2_noise, log_nu2_signal, log_mu2_signal, log_mu2_noise, chi, "
            + "log_chi, reff_signal, reff_noise, got 'psi'"
    )]
    [InlineData("\"propagate\"", "\"train\"", "expected operations among propagate, simulate, got 'train'")]
    [InlineData("\"done\"", "\"declined\"", "expected a description, got status 'declined'")]
    [InlineData("\"version\"", "\"Version\"", "expected an answer as the protocol defines it, got '{*'*is not a key of this answer*")]
    [InlineData("\"name\":", "\"name\":null,\"unused\":", "expected an answer as the protocol defines it, got *")]
    [InlineData("\"moments\":", "\"moments\":[],\"moments\":", "expected an answer as the protocol defines it, got *")]
    [InlineData(",\"dtype\":\"float32\"", "", "expected an answer as the protocol defines it, got *dtype*")]
    [InlineData("[0,0.5]", "[1e999]", "expected finite epsilons of at least 0, got '{*")]
    [InlineData("[0,0.5]", "[0.5,-1e999]", "expected finite epsilons of at least 0, got '{*")]
    [InlineData("[0,0.5]", "[-0.1]", "expected finite epsilons of at least 0, got '{*")]
    [InlineData("[0,0.5]", "[null]", "expected an answer as the protocol defines it, got *")]
    [InlineData("\"vanilla\",", "null,", "expected architectures among *, got 'null'")]
    [InlineData("\"zero_padding\"", "null", "expected boundaries among *, got 'null'")]
    [InlineData("\"propagate\"", "null", "expected operations among *, got 'null'")]
    [InlineData("\"chi\"", "\"\\u001b[2J\\u202e\"", "expected moments among *, got '\\u001B[2J\\u202E'")]
    [InlineData("a\\tname", "\\ud800", "expected an answer as the protocol defines it, got *")]
    [InlineData("{\"id\"", "[\"id\"", "expected an answer as the protocol defines it, got '[\"id*")]
    public void An_invalid_description_is_refused_with_the_wrong_part_named(string part, string instead, string finding) =>
        Finding(() => Protocol.ReadDescription(1, Description.Replace(part, instead, StringComparison.Ordinal))).Should().Match(finding);

    [Fact]
    public void Long_names_and_reasons_are_shortened_and_shown_on_one_line()
    {
        var named = Protocol.ReadDescription(
            1,
            Description
                .Replace("a\\tname", "\\u001b[31m\\u202e" + new string('n', 1 << 16), StringComparison.Ordinal)
                .Replace("1.0", new string('9', 1000), StringComparison.Ordinal)
        );
        named.Name.Should().StartWith("\\u001B[31m\\u202Ennn").And.EndWith("n…").And.HaveLength(111);
        named.Version.Should().HaveLength(101);
        FluentActions
            .Invoking(() => Protocol.ReadAnswer(3, $$"""{"id":3,"status":"declined","reason":"{{new string('y', 5000)}}"}"""))
            .Should()
            .Throw<DeclinedException>()
            .Which.Message.Should()
            .HaveLength(501);
        FluentActions
            .Invoking(() => Protocol.ReadAnswer(3, """{"id":3,"status":"declined","reason":"\u2028\u001b"}"""))
            .Should()
            .Throw<DeclinedException>()
            .WithMessage(" \\u001B");
        FluentActions
            .Invoking(() => Protocol.ReadAnswer(3, $$"""{"id":3,"status":"error","reason":"\u202e{{new string('y', 5000)}}"}"""))
            .Should()
            .Throw<ReportedErrorException>()
            .Which.Message.Should()
            .StartWith("the subject reports an error: \\u202Eyyy")
            .And.HaveLength(536);
        Protocol
            .ReadDescription(1, Description.Replace("\"vanilla\",", "\"vanilla\",\"vanilla\",", StringComparison.Ordinal))
            .Architectures.Should()
            .Equal("vanilla", "bn_ff");
    }

    [Fact]
    public void Answers_done_declined_and_error_are_distinguished()
    {
        Protocol.ReadAnswer(3, """{"id":3,"status":"done"}""");
        FluentActions
            .Invoking(() => Protocol.ReadAnswer(3, """{"id":3,"status":"declined","reason":"not\ntoday"}"""))
            .Should()
            .Throw<DeclinedException>()
            .WithMessage("not today");
        FluentActions
            .Invoking(() => Protocol.ReadAnswer(3, """{"id":3,"status":"error","reason":"too deep"}"""))
            .Should()
            .Throw<ReportedErrorException>()
            .WithMessage("the subject reports an error: too deep");
        foreach (
            var line in new[]
            {
                """{"id":3,"status":"done","reason":"why"}""",
                """{"id":3,"status":"declined"}""",
                """{"id":3,"status":"error"}""",
                """{"id":3,"status":"failed","reason":"why"}""",
            }
        )
        {
            Finding(() => Protocol.ReadAnswer(3, line)).Should().Be($"expected status done, or declined or error with a reason, got '{line}'");
        }

        Finding(() => Protocol.ReadAnswer(3, "null")).Should().Be("expected an answer as the protocol defines it, got 'null': expected an object, got null");
        Finding(() => Protocol.ReadAnswer(3, new string('x', 200))).Should().Contain($"got '{new string('x', 200)}'");
        Finding(() => Protocol.ReadAnswer(3, new string('x', 201))).Should().Contain($"got '{new string('x', 200)}…'");
    }

    [Fact]
    public void Input_and_output_hold_the_arrays_that_the_protocol_names()
    {
        var exchange = InFolder([1, 2]);
        var kernels = Network.Kernels.Select((kernel, i) => Enumerable.Range(0, kernel.Length).Select(j => (100.0 * i) + j).ToArray()).ToArray();
        var batch = new Batch(Network.NetworkInput, [.. Enumerable.Range(0, 24).Select(i => (double)i)], [.. Enumerable.Range(0, 24).Select(i => -0.5 * i)]);
        exchange.Write(
            Network,
            [new Propagation(new Weights.Given(kernels), batch), new Propagation(new Weights.Given(kernels), batch with { Noise = batch.Signal })]
        );

        using var archive = NpzArchive.Open(exchange.Input);
        archive.Names.Should().Equal(["signal", "noise", .. kernels.Select((_, i) => $"kernel_{i}")]);
        archive.Read("signal").Shape.Should().Equal(2, 2, 1, 1, 12);
        archive.Read("signal").ToDoubles().Should().Equal([.. batch.Signal, .. batch.Signal]);
        archive.Read("noise").ToDoubles().Should().Equal([.. batch.Noise, .. batch.Signal]);
        archive.Read("kernel_0").Shape.Should().Equal(1, 1, 12, 3);
        archive.Read("kernel_1").ToDoubles().Should().Equal(kernels[1]);

        exchange.Write(Network, [new Propagation(new Weights.Own(1, 2), batch)]);
        using var own = NpzArchive.Open(exchange.Input);
        own.Names.Should().Equal("signal", "noise");
    }

    [Fact]
    public void Snapshots_come_in_order_with_their_moments()
    {
        var exchange = InFolder([1, 2]);
        var places = 1 + (2 * Network.Architecture.Places.Length);
        var rows = 2 * places;
        var elements = Network.FeatureShape.Elements;
        double[] signal = [.. Enumerable.Range(0, rows * elements).Select(i => (double)i)];
        NpzArchive.Write(exchange.Output, Arrays(signal, places));

        var seen = new List<(int Simulation, Snapshot Snapshot)>();
        exchange.Read(Network, 2, ["chi"], (simulation, snapshot) => seen.Add((simulation, snapshot)));

        seen.Select(pair => (pair.Simulation, pair.Snapshot.Depth, pair.Snapshot.Place.Number))
            .Should()
            .Equal(
                Enumerable
                    .Range(0, 2)
                    .SelectMany(simulation =>
                        new[] { (simulation, 0, 0) }.Concat(
                            new[] { 1, 2 }.SelectMany(depth => Network.Architecture.Places.Select(place => (simulation, depth, place.Number)))
                        )
                    )
            );
        for (var row = 0; row < rows; row++)
        {
            var snapshot = seen[row].Snapshot;
            (snapshot.Signal[0], snapshot.Signal[^1], snapshot.Noise[0], snapshot.Moments().Chi, double.IsNaN(snapshot.Moments().Nu2Signal))
                .Should()
                .Be((row * elements, ((row + 1) * elements) - 1, -row * elements, 10 + row, true));
        }

        FluentActions
            .Invoking(() => (exchange with { Tensors = false }).Read(Network, 2, ["chi"], (_, _) => { }))
            .Should()
            .Throw<AdapterException>()
            .WithMessage("expected the arrays chi in the output file, found 'signal' beside them");
        NpzArchive.Write(exchange.Output, [KeyValuePair.Create("chi", Array(new double[rows], 2, places))]);
        (exchange with { Tensors = false }).Read(Network, 2, ["chi"], (_, snapshot) => (snapshot.Signal.Length, snapshot.Noise.Length).Should().Be((0, 0)));
    }

    [Fact]
    public void An_invalid_output_file_is_refused_with_the_reason()
    {
        var exchange = InFolder([1, 2]);
        var places = 1 + (2 * Network.Architecture.Places.Length);
        var elements = 2 * places * Network.FeatureShape.Elements;
        Read().Should().Be("expected the output file that the request names, found none");
        File.WriteAllText(exchange.Output, "");
        Read().Should().Be("expected the output file that the request names, found none");
        File.WriteAllText(exchange.Output, "no archive");
        Read().Should().StartWith("output file: expected a NumPy archive");
        exchange.Excess(Network, 2, ["chi"]).Should().BeNull();

        // 16 bytes for each number and 4096 for each array and the archive.
        var most = (16 * ((2 * elements) + (2 * places))) + (4 * 4096);
        File.WriteAllBytes(exchange.Output, new byte[most]);
        exchange.Excess(Network, 2, ["chi"]).Should().BeNull();
        File.WriteAllBytes(exchange.Output, new byte[most + 1]);
        exchange.Excess(Network, 2, ["chi"]).Should().Be($"expected an output file of at most {most} bytes, found {most + 1}");
        Read().Should().Be($"expected an output file of at most {most} bytes, found {most + 1}");
        (exchange with { Moments = false }).Excess(Network, 2, ["chi"]).Should().Contain($"at most {most - (16 * 2 * places) - 4096} bytes");

        var arrays = Arrays(new double[elements], places);
        NpzArchive.Write(exchange.Output, [.. arrays, KeyValuePair.Create("extra", Array([1.0], 1))]);
        Read().Should().Be("expected the arrays signal, noise, chi in the output file, found 'extra' beside them");
        NpzArchive.Write(exchange.Output, arrays[1..]);
        Read().Should().Be("output file: expected an array 'signal'");
        NpzArchive.Write(exchange.Output, [arrays[0], arrays[1], KeyValuePair.Create("chi", Array(new double[2 * places], places, 2))]);
        Read().Should().Be($"expected 'chi' of shape (2, {places}) in the output file, found ({places}, 2)");
        NpzArchive.Write(exchange.Output, [arrays[0], arrays[1], KeyValuePair.Create("chi", NpyArray.From(new long[2 * places], 2, places))]);
        Read().Should().Be("expected floating point numbers in 'chi' in the output file, found whole numbers");
        File.Delete(exchange.Output);
        Directory.CreateDirectory(exchange.Output);
        Read().Should().Be("expected the output file that the request names, found a folder");
        Directory.Delete(exchange.Output);
        var other = Path.Combine(_folder, "other.npz");
        NpzArchive.Write(other, arrays);
        File.Delete(exchange.Output);
        File.CreateSymbolicLink(exchange.Output, other);
        Read().Should().Be("expected the output file that the request names, found none", "a link leads elsewhere");

        string Read() => Finding(() => exchange.Read(Network, 2, ["chi"], (_, _) => { }));
    }

    /// <summary>Eight million zeros that were compressed a thousandfold, in the place of the signal.</summary>
    [Theory]
    [InlineData("<f8", "(1000, 1000)", 8_000_000, "expected 'signal' of shape (2, *")]
    [InlineData("<f8", null, 8_000_000, "output file (signal): expected * bytes of elements for *, found *")]
    [InlineData("<U16000", null, 132 * 64_000, "expected floating point numbers in 'signal' in the output file, found text")]
    public void Reading_an_output_allocates_memory_for_the_expected_arrays_only(string type, string? shape, int bytes, string finding)
    {
        var exchange = InFolder([1, 2]);
        var places = 1 + (2 * Network.Architecture.Places.Length);
        var features = Network.FeatureShape;
        using (var zip = ZipFile.Open(exchange.Output, ZipArchiveMode.Create))
        {
            foreach (var name in new[] { "signal", "noise", "chi" })
            {
                // The others are as they should be.
                var expected = name == "chi" ? $"(2, {places})" : $"(2, {places}, {features.Images}, {features.Height}, {features.Width}, {features.Channels})";
                var (spelling, found, length) =
                    name == "signal" ? (type, shape ?? expected, bytes) : ("<f8", expected, 8 * 2 * places * (name == "chi" ? 1 : features.Elements));
                var header = $"{{'descr': '{spelling}', 'fortran_order': False, 'shape': {found}, }}\n";
                using var entry = zip.CreateEntry($"{name}.npy", CompressionLevel.SmallestSize).Open();
                entry.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. new byte[length]]);
            }
        }

        new FileInfo(exchange.Output).Length.Should().BeLessThan(16_000);
        Read(() => exchange.Read(Network, 2, ["chi"], (_, _) => { }), out _);
        var failure = Read(() => exchange.Read(Network, 2, ["chi"], (_, _) => { }), out var allocated);

        failure.Should().Match(finding);
        allocated.Should().BeLessThan(500_000, "eight million bytes are what the signal claims");

        static string Read(Action read, out long allocated)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var message = "";
            try
            {
                read();
            }
            catch (AdapterException exception)
            {
                message = exception.Message;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            return message;
        }
    }

    [UnixFact]
    public void A_process_is_described_asked_and_stopped()
    {
        using var subject = Shell(
            $$"""{{Described}}; while read a; do id=${a#*:}; id=${id%%,*}; case "$a" in *stop*) exit;; *unknown_field*) printf '{"id":%s,"status":"error","reason":"unknown field"}\n' $id;; *simulate*) printf '{"id":%s,"status":"error","reason":"too hot"}\n' $id;; *) printf '{"id":%s,"status":"declined","reason":"no"}\n' $id;; esac; done"""
        );

        subject.Description.Name.Should().Be("a name");
        subject.AskSomethingUnknown();
        subject.Failures.Should().BeEmpty("that is how it should answer");
        var steps = AdapterTest.Ask(subject).ToArray();
        steps
            .Should()
            .Equal(
                ("refuses a request with an unknown field", null),
                ("propagates given weights through every architecture and boundary that it offers", null)
            );
        var input = Batch.Gaussian(Network, 1, 0);
        FluentActions.Invoking(() => subject.Propagate(Network, new Weights.Own(1, 0), input, _ => { })).Should().Throw<ReportedErrorException>();
        subject.Failures.Should().Equal("simulate: the subject reports an error: too hot");
        FluentActions
            .Invoking(() => subject.Propagate(Network, new Weights.Given([.. Network.Kernels.Select(kernel => new double[kernel.Length])]), input, _ => { }))
            .Should()
            .Throw<DeclinedException>()
            .WithMessage("no", "it has not been given up");
    }

    [UnixTheory]
    [InlineData("read a; exit 0", "the process ended with exit status 0 before it answered")]
    [InlineData(
        "read a; echo first >&2; echo '  last words  ' >&2; exit 0",
        "the process ended with exit status 0 before it answered; the last line on its standard error: last words"
    )]
    [InlineData("read a; exit 3", "the program did not start: it ended with exit status 3 before it answered anything")]
    [InlineData(
        "read a; printf 'one\\n\\ntwo\\n three\\nfour\\033[0m\\n' >&2; exit 3",
        "the program did not start: it ended with exit status 3 before it answered anything; its last lines: two | three | four\\u001B[0m"
    )]
    [InlineData(
        "pyhton3 my_impl.py",
        "the program did not start: it ended with exit status 127 before it answered anything; its last lines: *pyhton3*not found*"
    )]
    [InlineData(
        "read a; exec >&-; echo bye >&2; sleep 600",
        "the process closed its standard output before it answered; the last line on its standard error: bye"
    )]
    [InlineData("kill -9 $$", "the program did not start: it ended with exit status 137 before it answered anything")]
    [InlineData("read a; printf '{'", "the process ended with exit status 0 in the middle of a line")]
    [InlineData("read a; printf '\\377\\n'; sleep 600", "an answer is not UTF-8")]
    [InlineData(
        "read a; head -c 1048577 /dev/zero; sleep 600",
        "an answer is longer than 1048576 bytes: expected one short line, with tensors in the output file"
    )]
    [InlineData("read a; sleep 600", "no answer within 1 s", 1)]
    [InlineData("read a; echo busy >&2; printf '{'; sleep 600", "only half a line within 10 s; the last line on its standard error: busy")]
    [InlineData("read a; echo hello; sleep 600", "expected an answer as the protocol defines it, got 'hello'*")]
    public void A_process_that_gives_no_description_is_reported(string script, string finding, int? seconds = null) =>
        Finding(() => Shell(script, seconds ?? (finding.Contains("within", StringComparison.Ordinal) ? 10 : 300)).Dispose()).Should().Match(finding);

    [UnixFact]
    public void A_subject_that_fails_repeatedly_is_not_asked_any_more()
    {
        using var subject = Shell($"{Described}; exit 4");
        var input = Batch.Gaussian(Network, 1, 0);
        string Ask() => Finding(() => subject.Propagate(Network, new Weights.Own(1, 0), input, _ => { }));

        // The first failure may be met while writing or while reading.
        Ask().Should().StartWith("the process ended with exit status 4 before it ");
        for (var i = 0; i < 2; i++)
        {
            Ask().Should().NotStartWith("the subject is not asked any more");
        }

        Ask().Should().Match("the subject is not asked any more after 3 failures, the first: simulate: the process ended with exit status 4 before it *");
        subject.Failures.Should().NotBeEmpty();
    }

    /// <summary>An error that the protocol allows is no reason to stop asking, and is not named as one.</summary>
    [UnixFact]
    public void The_failure_that_is_named_first_is_one_of_those_that_count()
    {
        using var subject = Shell(
            $$"""{{Described}}; read a; id=${a#*:}; id=${id%%,*}; printf '{"id":%s,"status":"error","reason":"mine"}\n' $id; read a; exit 4"""
        );
        var input = Batch.Gaussian(Network, 1, 0);
        string Ask() => Finding(() => subject.Propagate(Network, new Weights.Own(1, 0), input, _ => { }));

        string[] findings = [.. Enumerable.Range(0, 9).Select(_ => Ask())];

        findings.Should().Contain(finding => finding.Contains("mine"));
        findings[^1].Should().Match("the subject is not asked any more after 3 failures, the first: simulate: the process ended with exit status 4 *");
    }

    [UnixTheory]
    [InlineData("""printf '{"id":%s,"status":"done"}\n' $id""")]
    [InlineData("printf '%s\\n' '" + Description + "' | sed \"s/:1,/:$id,/\"")]
    [InlineData("""printf '{"id":%s,"status":"declined","reason":"x"}\n' $id""", "'declined'")]
    public void An_adapter_that_ignores_unknown_fields_is_reported(string answer, string found = "an answer")
    {
        using var subject = Shell($$"""{{Described}}; read a; id=${a#*:}; id=${id%%,*}; {{answer}}; sleep 600""");

        AdapterTest
            .Ask(subject)
            .Should()
            .Equal(
                (
                    "refuses a request with an unknown field",
                    $"expected an error for a request with an unknown field, got {found}: an adapter that ignores fields will miss what later versions ask for"
                )
            );
    }

    [UnixFact]
    public void The_simulations_of_one_request_fit_the_size_of_one_answer()
    {
        // 4 million numbers: signal and noise at every place of every layer.
        using var subject = Shell($"{Described}; read a");
        var numbers = 2 * Network.FeatureShape.Elements * (1 + (2 * Network.Architecture.Places.Length));
        subject.SimulationsAtOnce(Network).Should().Be(128);
        subject
            .SimulationsAtOnce(Network with { Depth = 3000 })
            .Should()
            .Be((int)((1L << 22) / (2L * Network.FeatureShape.Elements * (1 + (3000L * Network.Architecture.Places.Length)))));
        subject.SimulationsAtOnce(Network with { Depth = 3_000_000 }).Should().Be(1);
        numbers.Should().BeLessThan((1 << 22) / 128);
    }

    [Fact]
    public void A_description_gives_the_reason_why_a_network_is_not_offered()
    {
        var all = new SubjectDescription("all");
        all.WhyNot(Network, given: true).Should().BeNull();
        (all with { Architectures = ["vanilla"] }).WhyNot(Network, given: true).Should().Be("architecture bn_res");
        (all with { Boundaries = [Boundary.ZeroPadding] }).WhyNot(Network, given: true).Should().BeNull("a kernel of one has no border");
        (all with { Boundaries = [Boundary.ZeroPadding] }).WhyNot(Network with { KernelSize = 3 }, given: true).Should().Be("boundary symmetric");
        (all with { Epsilons = [0.5] }).WhyNot(Network, given: true).Should().Be("epsilon 0.25");
        (all with { Epsilons = [0.25] }).WhyNot(Network, given: true).Should().BeNull();
        (all with { Epsilons = [] })
            .WhyNot(Network with { Architecture = Architecture.Named("vanilla", 1) }, given: true)
            .Should()
            .BeNull("there is no batch norm");
        (all with { TakesWeights = false }).WhyNot(Network, given: true).Should().Be("given weights");
        (all with { TakesWeights = false }).WhyNot(Network, given: false).Should().BeNull();
        (all with { DrawsWeights = false }).WhyNot(Network, given: false).Should().Be("weights of its own");
        all.UnitRoundoff.Should().Be(Math.ScaleB(1, -24));
        (all.TakesWeights, all.DrawsWeights).Should().Be((true, true));
        Refusal.OfNull("network", () => all.WhyNot(null!, true));
        Refusal.OfNull("valueOf", () => ReportedMoments.Read(null!));
        Refusal.OfNull("network", () => Batch.Gaussian(null!, 1, 1));
        Refusal.OfNull("subject", () => AdapterTest.Ask(null!).Any().Should().BeFalse());
    }

    private static ProcessSubject Shell(string script, double seconds = 300) => new(script, TimeSpan.FromSeconds(seconds), 1);

    private static string Finding(Action call) => FluentActions.Invoking(call).Should().Throw<AdapterException>().Which.Message;

    private static NpyArray Array(double[] values, params int[] shape) => NpyArray.From(values, shape);

    private static KeyValuePair<string, NpyArray>[] Arrays(double[] signal, int places)
    {
        var shape = Network.FeatureShape;
        NpyArray Tensor(IEnumerable<double> values) => Array([.. values], 2, places, shape.Images, shape.Height, shape.Width, shape.Channels);
        return
        [
            KeyValuePair.Create("signal", Tensor(signal)),
            KeyValuePair.Create("noise", Tensor(signal.Select(value => -value))),
            KeyValuePair.Create("chi", Array([.. Enumerable.Range(0, 2 * places).Select(i => 10.0 + i)], 2, places)),
        ];
    }

    private Exchange InFolder(int[] depths) => new(Path.Combine(_folder, "in.npz"), Path.Combine(_folder, "out.npz"), depths, Tensors: true, Moments: true);
}
