using System.Text.Json.Nodes;
using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Whatever stands in the place of any value of an answer, the message names the key and what was expected, in no words of a library.</summary>
public class AnswerFormTests
{
    private const string InLayers =
        """{"id":1,"status":"done","protocol":2,"name":"n","version":null,"dtype":"float32","layers":["conv"],"functions":["relu"],"options":["stride"],"boundaries":["periodic"],"noises":["mapping"],"weights":["normal"],"operations":["propagate"],"moments":["chi"],"kernel_sizes":[3],"epsilons":[0.1],"most_images":8,"most_features":99,"most_places":9}""";

    private const string OfArchitectures =
        """{"id":1,"status":"done","name":"n","version":"1","dtype":"float32","architectures":["vanilla"],"boundaries":["periodic"],"epsilons":[0.5],"operations":["propagate"],"moments":["chi"]}""";

    private const string Declined = """{"id":1,"status":"declined","reason":"why"}""";

    private static readonly string[] OfLibraries =
    [
        "System.",
        "Json",
        "could not be converted",
        "Path: $",
        "LineNumber",
        "BytePosition",
        "Nullable",
        "Int32",
        "Wellbehaved.",
        "DefaultIfEmpty",
    ];

    public static TheoryData<string, string, string> Spoilt
    {
        get
        {
            var spoilt = new TheoryData<string, string, string>();
            foreach (var (kind, text) in new[] { ("layers", InLayers), ("architectures", OfArchitectures), ("answer", Declined) })
            {
                foreach (var (key, _) in JsonNode.Parse(text)!.AsObject())
                {
                    foreach (
                        var value in new[]
                        {
                            "null",
                            "\"x\"",
                            "[]",
                            "{}",
                            "true",
                            "1e999",
                            "-1",
                            "2.5",
                            "[[]]",
                            "[{}]",
                            "[null]",
                            "[true]",
                            "[2.5]",
                            "\"\\ud800\"",
                            "99999999999999999999",
                        }
                    )
                    {
                        spoilt.Add(kind, key, value);
                    }
                }
            }

            return spoilt;
        }
    }

    [Theory]
    [MemberData(nameof(Spoilt))]
    public void A_value_of_another_kind_is_reported_by_its_key(string kind, string key, string value)
    {
        var valid = kind switch
        {
            "layers" => InLayers,
            "architectures" => OfArchitectures,
            _ => Declined,
        };
        var answer = JsonNode.Parse(valid)!.AsObject();
        answer[key] = "IN PLACE OF IT";
        if (Message(kind, answer.ToJsonString().Replace("\"IN PLACE OF IT\"", value, StringComparison.Ordinal)) is not { } message)
        {
            // What the key can also be.
            return;
        }

        message.Should().NotContainAny(OfLibraries).And.NotContain("\n");
        message.Split("': ")[^1].Should().Contain(key);
    }

    [Theory]
    [InlineData("\"name\":\"n\"", "\"name\":7", "expected 'name' to be a text, got 7")]
    [InlineData("\"name\":\"n\"", "\"name\":null", "expected 'name' to be a text, got null")]
    [InlineData("\"name\":\"n\"", "\"name\":\"n\",\"name\":\"m\"", "'name' is there twice")]
    [InlineData("\"version\":null", "\"version\":[]", "expected 'version' to be a text, or null, got []")]
    [InlineData("[\"conv\"]", "\"conv\"", "expected 'layers' to be a list of texts, got \"conv\"")]
    [InlineData("[3]", "[2.5]", "expected 'kernel_sizes' to be a list of whole numbers, or null, got [2.5]")]
    [InlineData("[0.1]", "{}", "expected 'epsilons' to be a list of numbers, or null, got {}")]
    [InlineData("\"most_images\":8", "\"most_images\":1e999", "expected 'most_images' to be a whole number, or null, got 1e999")]
    [InlineData("\"protocol\":2,", "", "it lacks 'protocol'")]
    [InlineData("\"name\":\"n\"", "\"name\":\"\\ud800\"", "'name' holds text that is not valid Unicode")]
    [InlineData("\"status\"", "\"Status\"", "'Status' is not a key of this answer")]
    [InlineData("}", "", "it is not JSON on one line")]
    public void What_is_wrong_is_said_in_words_of_the_protocol(string part, string instead, string fault) =>
        Message("layers", InLayers.Replace(part, instead, StringComparison.Ordinal)).Should().EndWith($": {fault}");

    [UnixTheory]
    [InlineData("printf 'garbage\\n'", "it is not JSON on one line")]
    [InlineData("printf '{\"id\":%s,\"status\":5}\\n' $id", "expected 'status' to be a text, got 5")]
    [InlineData("printf '{\"id\":%s,\"status\":\"error\"}\\n' $id", "expected status done, or declined or error with a reason")]
    [InlineData("printf '{\"id\":%s,\"status\":\"done\"}\\n' $id", "an adapter that ignores fields will miss")]
    public void Garbage_in_answer_to_an_unknown_field_is_reported_as_what_it_is(string answer, string finding)
    {
        // The first request after the descriptions of protocol 2 and 1 has the unknown field.
        var description = OfArchitectures.Replace("\"id\":1", "\"id\":2", StringComparison.Ordinal);
        var program =
            $$"""read a; printf '%s\n' '{"id":1,"status":"error","reason":"protocol 2"}'; read a; printf '%s\n' '{{description}}'; read a; id=3; {{answer}}; read a""";
        using var subject = new ProcessSubject(program, TimeSpan.FromMinutes(5), 1);

        FluentActions.Invoking(subject.AskSomethingUnknown).Should().Throw<AdapterException>().WithMessage($"*{finding}*");
    }

    private static string? Message(string kind, string line)
    {
        try
        {
            switch (kind)
            {
                case "layers":
                    Protocol.ReadDescriptionInLayers(1, line);
                    break;
                case "architectures":
                    Protocol.ReadDescription(1, line);
                    break;
                default:
                    Protocol.ReadAnswer(1, line);
                    break;
            }

            return null;
        }
        catch (Exception refused) when (refused is AdapterException or DeclinedException)
        {
            return refused is DeclinedException ? null : refused.Message;
        }
    }
}
