using System.Text.Json.Nodes;
using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The requests and answers that docs/audit-protocol.md shows are those that are written and read.</summary>
public class ProtocolPageTests
{
    /// <summary>Each line of the page, or each object where it is broken into several.</summary>
    private static readonly JsonObject[] Shown =
    [
        .. Repository.Blocks("docs/audit-protocol.md", "json")
            .SelectMany(block => block.Text.Split("\n{").Select((part, i) => i == 0 ? part : "{" + part))
            .Select(text => JsonNode.Parse(text.Replace("{…}", "{}", StringComparison.Ordinal))!.AsObject()),
    ];

    [Fact]
    public void Requests_without_files_are_those_that_are_sent()
    {
        Protocol.Line(1, Protocol.Describe()).Should().Be(Request("describe").ToJsonString());
        Protocol.Line(99, Protocol.Stop()).Should().Be(Request("stop").ToJsonString());
    }

    [Fact]
    public void The_network_of_a_request_has_the_fields_that_are_sent()
    {
        var network = Request("propagate")["network"]!.AsObject();
        network.Select(field => field.Key).Should().Equal("architecture", "res_depth", "total_depth", "num_channels", "kernel_size", "first_stride", "boundary", "epsilon");
        Request("propagate").Select(field => field.Key).Should().Equal("id", "request", "network", "input", "depths", "tensors", "moments", "output");
        Request("simulate").Select(field => field.Key).Should().BeEquivalentTo(["id", "request", "network", "seed", "first", "simulations", "input", "depths", "tensors", "moments", "output"]);
    }

    [Fact]
    public void Answers_are_read_as_the_page_says()
    {
        var answers = Shown.Where(line => line.ContainsKey("status")).ToLookup(line => line.ContainsKey("name"));
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
}
