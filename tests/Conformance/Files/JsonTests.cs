using System.Text.Json.Nodes;
using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>One place knows that JSON has no infinities, and everybody writes by it.</summary>
public class JsonTests
{
    /// <summary>
    /// Files that make JSON without it: texts of what was validated before (options, networks, requests, ledgers), and lines between our own processes.
    /// </summary>
    private static readonly string[] OfValidated =
    [
        "src/Audit/Generated/GeneratedRun.cs",
        "src/Audit/Processes/Protocol.cs",
        "src/Audit/Words/Json.cs",
        "src/Audit/Signatures/KnownDefects.cs",
        "src/Audit/Signatures/LayerSignature.cs",
        "src/Audit/Vectors/VectorFile.cs",
        "src/Cli/ClaimsCommand.cs",
        "src/Cli/OnnxJournal.cs",
        "src/Cli/OnnxProcess.cs",
        "src/Cli/OnnxResult.cs",
        "src/Cli/OnnxWorker.cs",
        "src/Experiments/Campaigns/JournalHeader.cs",
        "src/Experiments/Runs/ResultConfiguration.cs",
        "src/Figures/Experiments/WidthSeries.cs",
        "src/Training/Results/TrainingIdentity.cs",
        "src/Training/Results/TrainingJournal.cs",
    ];

    [Fact]
    public void Numbers_that_JSON_cannot_say_are_null_wherever_they_stand()
    {
        var node = new JsonObject
        {
            ["a"] = double.PositiveInfinity,
            ["b"] = new JsonArray(1.5, double.NaN, new JsonObject { ["c"] = float.NegativeInfinity, ["d"] = "NaN" }, null, 2),
            ["e"] = JsonNode.Parse("[1e999, 0.1]"),
        };
        JsonNode
            .DeepEquals(JsonNode.Parse(Json.TextOf(node)), JsonNode.Parse("""{"a":null,"b":[1.5,null,{"c":null,"d":"NaN"},null,2],"e":[1e999,0.1]}"""))
            .Should()
            .BeTrue();
    }

    [Fact]
    public void Reports_are_written_by_the_one_that_knows()
    {
        var root = Repository.Root;
        Directory
            .EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file) is var text && (text.Contains(".ToJsonString(") || text.Contains("JsonSerializer.Serialize")))
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/"))
            .Should()
            .BeSubsetOf(OfValidated);
    }
}
