using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Other implementations are audited on generated networks through protocol 2; a mistake is shown on the smallest network that has it.</summary>
public sealed class GeneratedSubjectTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [NumPyFact]
    public void NumPy_holds_on_generated_networks() =>
        Holds($"{NumPy.Python} '{Path.Combine(Audited.Examples, "wellbehaved_numpy_layers.py")}'", Breadth.Choose(12, 400));

    /// <summary>PyTorch's own modules: norms, activations, poolings, attention, residual nets; the noise is its forward-mode derivative.</summary>
    [PyTorchFact]
    public void Modules_of_PyTorch_hold_on_generated_networks() =>
        Holds($"{NumPy.PythonWithTorch} '{Path.Combine(Audited.Examples, "wellbehaved_pytorch_layers.py")}'", Breadth.Choose(12, 400));

    [NumPyFact]
    public void An_adapter_that_ignores_a_field_of_a_layer_is_named()
    {
        var program = Path.Combine(_folder, "ignoring.py");
        File.WriteAllText(
            program,
            $"""
            import sys
            sys.path.insert(0, '{Audited.Examples}')
            import wellbehaved_numpy_layers as right
            def ignoring(layer):
                return lambda x, dx, own, unknown_field=None, **options: layer(x, dx, own, **options)
            right.LAYERS = dict(right.LAYERS, conv=ignoring(right.conv))
            right.main()
            """
        );
        using var subject = new ProcessSubject($"{NumPy.Python} '{program}'", TimeSpan.FromMinutes(5), 1);

        AdapterTest
            .Ask(subject)
            .Should()
            .Equal(
                (
                    "refuses a request with an unknown field",
                    "expected an error for a layer with an unknown field, got an answer: an adapter that ignores fields will miss what later versions ask for"
                )
            );
    }

    /// <summary>Who declines a layer with an unknown field has not refused the field; who declines the layer itself is not asked about fields.</summary>
    [NumPyTheory]
    [InlineData("'unknown_field' in json.dumps(message['network']['layers'])", "expected an error for a layer with an unknown field, got 'declined'")]
    [InlineData("True", null)]
    public void A_layer_with_an_unknown_field_is_an_error_and_not_declined(string declines, string? finding)
    {
        var program = Path.Combine(_folder, "declining.py");
        File.WriteAllText(
            program,
            $"""
            import json, sys
            sys.path.insert(0, '{Audited.Examples}')
            import wellbehaved_numpy_layers as right
            for line in sys.stdin:
                message = json.loads(line)
                identity = message.pop("id")
                if message["request"] == "stop":
                    break
                try:
                    if message["request"] != "describe" and {declines}:
                        reply = {"{"}"status": "declined", "reason": "not this"{"}"}
                    else:
                        done = right.describe(**message) if message["request"] == "describe" else right.answer(**message)
                        reply = {"{"}"status": "done", **done{"}"}
                except Exception as exception:
                    reply = {"{"}"status": "error", "reason": repr(exception){"}"}
                print(json.dumps({"{"}"id": identity, **reply{"}"}), flush=True)
            """
        );
        using var subject = new ProcessSubject($"{NumPy.Python} '{program}'", TimeSpan.FromMinutes(5), 1);

        var (step, failure) = AdapterTest.Ask(subject).First();

        step.Should().Be("refuses a request with an unknown field");
        (failure?.Split(':')[0]).Should().Be(finding);
    }

    [NumPyFact]
    public void A_failing_network_is_shrunk_written_and_can_be_audited_again()
    {
        var (program, network) = (Path.Combine(_folder, "wrong.py"), Path.Combine(_folder, "mine.json"));
        File.WriteAllText(
            program,
            $"""
            import sys
            sys.path.insert(0, '{Audited.Examples}')
            import wellbehaved_numpy_layers as right
            right.FUNCTIONS["gelu"] = right.FUNCTIONS["gelu_tanh"]
            right.main()
            """
        );
        File.WriteAllText(
            network,
            """{"name": "mine", "input": [2, 3, 2], "layers": ["flatten", {"dense": {"channels": 4}}, {"residual": {"branch": ["layer_norm", "gelu", {"dense": {}}]}}]}"""
        );
        var report = Path.Combine(_folder, "report.json");

        var outcome = Audited.Run(
            $"{NumPy.Python} '{program}'",
            "--network",
            network,
            "--batch-size",
            "3",
            "--claim",
            "O5",
            "O6",
            "O8",
            "O10",
            "--json",
            report
        );

        outcome.ExitStatus.Should().Be(1, outcome.Output + outcome.Error);
        var output = string.Join(' ', outcome.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        output
            .Should()
            .Contain("the smallest network that was found to fail O6")
            .And.Contain("\"layers\":[\"gelu\"]")
            .And.MatchRegex("to repeat it, with this network in mine.json: wellbehaved audit .*--network mine.json --batch-size 1 --seed 0 --claim O6");
        var finding = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(report))!["generated"]!["findings"]!.AsArray().Should().ContainSingle().Subject!;
        finding["network"]!["layers"]!.ToJsonString().Should().Be("[\"gelu\"]");

        // Both commands repeat what they stand beside: the finding alone, and the claim on the network that was asked about.
        finding["replay"]!
            .ToString()
            .Should()
            .EndWith(" --network mine.json --batch-size 1 --seed 0 --claim O6")
            .And.MatchRegex("^wellbehaved audit --command [^\n]*$");
        finding["replay"]!.ToString().Split("--network").Should().HaveCount(2);
        var checks = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(report))!["checks"]!.AsArray();
        checks
            .Select(check => check!["replay"]!.ToString())
            .Should()
            .OnlyContain(replay => replay.Contains($" --network {network} --batch-size 3 --claim ") && !replay.Contains("--scale"));
        output.Should().Contain($"--network {network} --batch-size 3 --claim O6 --seed 0");
    }

    [UnixTheory]
    [InlineData(
        "--network: expected a program that takes layers (protocol 2), but prepared knows only protocol 1",
        "--network",
        "pre_ln_mlp",
        "--num-channels",
        "8",
        "--total-depth",
        "2",
        "--input-shape",
        "2x2x2"
    )]
    [InlineData(
        "--num-channels, --total-depth, --input-shape: expected a number of channels, which pre_ln_mlp leaves open as \"N\", and a number of "
            + "repetitions, which it leaves open as \"L\", and the shape of an image",
        "--network",
        "pre_ln_mlp"
    )]
    [InlineData(
        "--batch-size: expected a number from 1 to 4096 with --network, got 0",
        "--network",
        "pre_ln_mlp",
        "--num-channels",
        "8",
        "--total-depth",
        "2",
        "--input-shape",
        "2x2x2",
        "--batch-size",
        "0"
    )]
    [InlineData("--seed: expected a whole number below 2^52 with --network", "--network", "pre_ln_mlp", "--num-channels", "8", "--seed", "4503599627370496")]
    [InlineData("--total-depth: expected with --network only", "--total-depth", "3")]
    [InlineData("--smoke: expected without --network", "--network", "pre_ln_mlp", "--smoke")]
    [InlineData("--claim: expected without --smoke", "--smoke", "--claim", "O4")]
    [InlineData("--generated: expected without --smoke", "--smoke", "--generated", "500")]
    [InlineData("--generated: expected without --architecture", "--architecture", "vanilla", "--generated", "500")]
    [InlineData("--batch-size: expected with --results only", "--batch-size", "3")]
    [InlineData("--generated: expected a whole number from 0 to 1000000, got -1", "--generated", "-1")]
    public void Options_that_contradict_network_audits_are_refused_by_name(string finding, params string[] options)
    {
        using var prepared = new PreparedSubject();
        var outcome = Audited.Run(prepared.Command, options);

        outcome.ExitStatus.Should().Be(2, outcome.Output + outcome.Error);
        outcome.Error.Should().Contain(finding);
    }

    private static void Holds(string command, int networks)
    {
        using var subject = new ProcessSubject(command, TimeSpan.FromSeconds(300), 2);
        var run = GeneratedAudit.Draw(subject, 26, networks, []);

        run.Findings.Select(finding => $"{finding.Claim}: {finding.Measurement.Quantity} {finding.NetworkJson}").Should().BeEmpty();
        run.Outcomes.Where(outcome => outcome.Verdict != Verdict.Holds).Select(outcome => $"{outcome}").Should().BeEmpty();
        run.Networks.Should().BeGreaterThan(networks);
        subject.Failures.Should().BeEmpty();
    }
}
