using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Journals whose checksums are right and whose headers say what no run wrote.</summary>
public sealed class ForgedJournalTests : IDisposable
{
    private static readonly string[] Training =
    [
        "train",
        "--architecture",
        "bn_ff",
        "--total-depth",
        "2",
        "--kernel-size",
        "1",
        "--num-channels",
        "4",
        "--batch-size",
        "8",
        "--num-sims",
        "1",
        "--steps",
        "2",
        "--train-images",
        "20",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, string> Headers
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (
                var (path, value) in ((string, string?)[])
                    [
                        ("identity/configuration", """{"network":"n","a":1,"a":2}"""),
                        ("identity/configuration", "[1]"),
                        ("identity/configuration", null),
                        ("identity/made_by", null),
                        ("identity", null),
                        ("simulations", "-5"),
                        ("places", "0"),
                        ("device", null),
                    ]
            )
            {
                data.Add("WBONNX1\n", Changed(Onnx, path, value));
            }

            foreach (
                var (path, value) in ((string, string?)[])
                    [
                        ("Training", """{"steps":3,"steps":4,"learning_rates":[0.1],"corruptions":[0]}"""),
                        ("Training", "null"),
                        ("Training", null),
                        ("Network", """{"a":1,"a":2}"""),
                        ("Network", "null"),
                        ("Network", null),
                        ("MadeBy", null),
                    ]
            )
            {
                data.Add("WBTRAIN1", Changed(OfTraining, path, value));
            }

            return data;
        }
    }

    private static JsonObject Onnx =>
        new()
        {
            ["identity"] = new JsonObject
            {
                ["configuration"] = """{"network":"n"}""",
                ["dataset_checksum"] = "g",
                ["made_by"] = "wellbehaved 1",
                ["arithmetic"] = 1,
            },
            ["places"] = 3,
            ["simulations"] = 2,
            ["reff_signal"] = true,
            ["reff_noise"] = true,
            ["device"] = "cpu",
        };

    private static JsonObject OfTraining =>
        new()
        {
            ["Network"] = """{"architecture":"bn_ff","total_depth":4,"kernel_size":1,"num_channels":4,"batch_size":4,"num_sims":2,"num_computations":4}""",
            ["Training"] = """{"steps":3,"learning_rates":[0.1],"corruptions":[0]}""",
            ["DatasetChecksum"] = "a",
            ["MadeBy"] = "b",
            ["Arithmetic"] = 1,
        };

    [Theory]
    [MemberData(nameof(Headers))]
    public void Status_shows_the_other_runs_of_the_folder_and_says_what_is_wrong_with_the_forged_one(string name, string header)
    {
        File.WriteAllBytes(At("forged.npz.journal"), Framed(name, header));
        ForgedResultFile.Write(_folder, "bn_ff");

        var outcome = CommandLine.Run("status", _folder);

        (outcome.ExitStatus, outcome.Error).Should().Be((3, ""));
        outcome.Output.Should().Contain("bn_ff.npz").And.Contain("forged.npz").And.Contain(" failed ");
    }

    [Theory]
    [InlineData("Network", """{"a":1,"a":2}""")]
    [InlineData("Network", "null")]
    [InlineData("Network", null)]
    [InlineData("Training", "[1]")]
    public void Training_is_not_resumed_from_a_forged_journal_and_the_journal_stays(string path, string? value)
    {
        var journal = At("trained.npz.journal");
        var forged = Framed("WBTRAIN1", Changed(OfTraining, path, value));
        File.WriteAllBytes(journal, forged);

        var outcome = CommandLine.Run([.. Training, "--out", At("trained.npz"), "--resume"]);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().Contain(": expected ").And.NotContain("\n");
        File.ReadAllBytes(journal).Should().Equal(forged);
    }

    [LinuxFact]
    public void A_journal_whose_name_is_not_UTF8_is_listed()
    {
        // The runtime cannot remove a file of such a name, and the shell can.
        const string script = "printf x > \"$1\"/$'i\\xff.npz.journal'; dotnet \"$0\" status \"$1\"; status=$?; rm \"$1\"/*; exit $status";
        var outcome = CommandLine.Run("bash", ["-c", script, Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll"), _folder]);

        outcome.ExitStatus.Should().Be(3);
        outcome.Output.Should().Contain("expected a file whose name is UTF-8");
    }

    private static string Changed(JsonObject header, string path, string? value)
    {
        var (node, keys) = ((JsonObject)header, path.Split('/'));
        foreach (var key in keys[..^1])
        {
            node = node[key]!.AsObject();
        }

        node[keys[^1]] = int.TryParse(value, out var number) ? number : (JsonNode?)value;
        return header.ToJsonString(new JsonSerializerOptions());
    }

    private static byte[] Framed(string name, string header) =>
        JournalFrame.Encode(System.Text.Encoding.ASCII.GetBytes(name), System.Text.Encoding.UTF8.GetBytes(header));

    private string At(string name) => Path.Combine(_folder, name);
}
