using System.Text.Json.Nodes;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The requests and answers that docs/audit-protocol.md and docs/audit-protocol-1.md show are those that are written and read.</summary>
public class ProtocolPageTests
{
    private const string Page = "docs/audit-protocol.md";
    private const string PageOfVersion1 = "docs/audit-protocol-1.md";

    private static readonly JsonObject[] Shown = OnPage(PageOfVersion1);
    private static readonly JsonObject[] ShownInLayers = OnPage(Page);

    /// <summary>Each line of a page, or each object where it is broken into several.</summary>
    private static JsonObject[] OnPage(string page) =>
        [
            .. Repository
                .Blocks(page, "json")
                .SelectMany(block => block.Text.Split("\n{").Select((part, i) => i == 0 ? part : "{" + part))
                .Select(text => JsonNode.Parse(text.Replace("{…}", "{}", StringComparison.Ordinal))!.AsObject()),
        ];

    [Fact]
    public void The_protocol_page_shows_the_requests_without_files_as_they_are_sent()
    {
        Protocol.Line(1, Protocol.Describe()).Should().Be(Request("describe").ToJsonString());
        Protocol.Line(1, Protocol.Describe(2)).Should().Be(InLayers("describe").ToJsonString());
        Protocol.Line(99, Protocol.Stop()).Should().Be(InLayers("stop").ToJsonString());
    }

    [Fact]
    public void The_protocol_page_shows_a_network_in_layers_as_it_is_sent()
    {
        var network = new Network("n", new Shape(8, 6, 2), [new Convolution(3) { Channels = 4 }, new Activation(Function.Relu)]);
        var question = new LayerQuestion(SpelledOutNetwork.SpellOut(network), 1, "mapping", [])
        {
            Parameters = [],
            Places = [0, 1, 2],
            Moments = ["chi"],
        };
        var sent = new LayerExchange("/tmp/…/1-in.npz", "/tmp/…/1-out.npz", question).Request();

        var shown = InLayers("propagate");
        shown.Remove("id");
        JsonNode.DeepEquals(shown, sent).Should().BeTrue("{0} is sent, {1} is shown", sent.ToJsonString(), shown.ToJsonString());
        var simulate = new LayerExchange("…", "…", question with { Parameters = null, First = new Weights.Own(1, 2) }).Request();
        InLayers("simulate").Select(field => field.Key).Should().BeEquivalentTo(simulate.Select(field => field.Key).Append("id"));
    }

    [Fact]
    public void The_protocol_page_lists_all_layers_functions_options_and_moments()
    {
        var page = Repository.Text(Page);
        foreach (var word in LayersDescription.AllLayers.Concat(Function.Words).Concat(NetworkNeeds.AllOptions).Concat(ReportedMoments.Names))
        {
            page.Should().Contain($"`{word}`");
        }

        var description = Protocol.ReadDescriptionInLayers(1, ShownInLayers.Single(line => line.ContainsKey("name")).ToJsonString())!;
        (description.Name, description.TakesWeights, description.DrawsWeights, description.NetworkOffer!.MostImages).Should().Be(("my_impl", true, true, 64));
    }

    [NumPyFact]
    public void The_Python_package_adapter_on_the_protocol_page_runs_and_declines()
    {
        var program = Repository
            .Blocks(Page, "python")
            .Select(block => block.Text)
            .Should()
            .ContainSingle(text => text.Contains("subject.serve", StringComparison.Ordinal))
            .Subject;
        var folder = Directory.CreateTempSubdirectory("wellbehaved");
        try
        {
            var path = Path.Combine(folder.FullName, "mine.py");
            File.WriteAllText(path, program);

            var outcome = Audited.Run(
                $"PYTHONPATH='{Path.Combine(Repository.Root, "python")}' {NumPy.Python} '{path}'",
                "--claim",
                "O2",
                "--architecture",
                "vanilla"
            );

            outcome.ExitStatus.Should().Be(3, outcome.Output + outcome.Error);
            outcome.Output.Should().NotContain("BROKEN").And.Contain("not yet");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [NumPyFact]
    public void The_first_adapter_on_the_protocol_page_runs_and_declines_everything()
    {
        var program = Repository
            .Blocks(Page, "python")
            .Select(block => block.Text)
            .Should()
            .ContainSingle(text => text.Contains("sys.stdin", StringComparison.Ordinal))
            .Subject;
        program.Trim().Split('\n').Should().HaveCountLessThan(23, "the page promises a short one");
        var folder = Directory.CreateTempSubdirectory("wellbehaved");
        try
        {
            var path = Path.Combine(folder.FullName, "hello.py");
            File.WriteAllText(path, program);

            var outcome = Audited.Run($"{NumPy.Python} '{path}'");

            outcome.ExitStatus.Should().Be(3, outcome.Output + outcome.Error);
            outcome
                .Output.Should()
                .StartWith("hello")
                .And.NotContain("BROKEN")
                .And.Contain("declined, so not judged")
                .And.Contain("0 rejected, 0 inconclusive");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_protocol_page_shows_a_network_request_with_all_fields_that_are_sent()
    {
        var network = Request("propagate")["network"]!.AsObject();
        network
            .Select(field => field.Key)
            .Should()
            .Equal("architecture", "res_depth", "total_depth", "num_channels", "kernel_size", "first_stride", "boundary", "epsilon");
        Request("propagate").Select(field => field.Key).Should().Equal("id", "request", "network", "input", "depths", "tensors", "moments", "output");
        Request("simulate")
            .Select(field => field.Key)
            .Should()
            .BeEquivalentTo(["id", "request", "network", "seed", "first", "simulations", "input", "depths", "tensors", "moments", "output"]);
    }

    [Fact]
    public void The_answers_on_the_protocol_page_are_read_correctly()
    {
        var answers = Shown
            .Concat(ShownInLayers.Where(line => !line.ContainsKey("name")))
            .Where(line => line.ContainsKey("status"))
            .ToLookup(line => line.ContainsKey("name"));
        var description = Protocol.ReadDescription(1, answers[true].Should().ContainSingle().Subject.ToJsonString());
        (description.Name, description.TakesWeights, description.DrawsWeights).Should().Be(("my_impl", true, true));

        answers[false].Select(answer => (string)answer["status"]!).Distinct().Should().BeEquivalentTo("done", "declined", "error");
        foreach (var answer in answers[false])
        {
            var reading = FluentActions.Invoking(() => Protocol.ReadAnswer(3, answer.ToJsonString()));
            switch ((string)answer["status"]!)
            {
                case "done":
                    reading.Should().NotThrow();
                    break;
                case "declined":
                    reading.Should().Throw<DeclinedException>().WithMessage((string)answer["reason"]!);
                    break;
                case "error":
                    reading.Should().Throw<ReportedErrorException>().WithMessage($"*{(string)answer["reason"]!}*");
                    break;
                case var other:
                    throw new InvalidOperationException($"no reading of an answer of status {other}");
            }
        }
    }

    private static JsonObject Request(string name) => Shown.Single(line => (string?)line["request"] == name);

    private static JsonObject InLayers(string name) => ShownInLayers.Single(line => (string?)line["request"] == name);
}
