using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Requests and answers of the audit protocol, docs/audit-protocol.md.</summary>
internal static class Protocol
{
    /// <summary>Version of the protocol; it grows when an adapter of the previous version would break.</summary>
    public const int Version = 2;

    /// <summary>The version that names architectures, for subjects that know no other version.</summary>
    public const int OfArchitectures = 1;

    /// <summary>The most characters of a name or version in reports.</summary>
    private const int LongestName = 100;

    /// <summary>The most characters of a reason in reports.</summary>
    private const int LongestReason = 500;

    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private static readonly JsonSerializerOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = ResultConfiguration.MostLevels,
    };

    /// <summary>Unit roundoffs of the number types that a subject may compute in.</summary>
    private static readonly Dictionary<string, int> Precision = new()
    {
        ["float64"] = 53,
        ["float32"] = 24,
        ["float16"] = 11,
        ["bfloat16"] = 8,
    };

    /// <summary>Asks a subject to describe itself.</summary>
    /// <param name="version">Version of the protocol that the answer should have.</param>
    public static JsonObject Describe(int version = OfArchitectures) => new() { ["request"] = "describe", ["protocol"] = version };

    /// <summary>Asks a subject to stop.</summary>
    public static JsonObject Stop() => new() { ["request"] = "stop" };

    /// <summary>Asks a subject to propagate with given weights.</summary>
    public static JsonObject Propagate(NetworkSettings network, Exchange exchange) =>
        exchange.AddTo(new JsonObject { ["request"] = "propagate", ["network"] = NetworkSettingsJson.Write(network) });

    /// <summary>Asks a subject to propagate with weights of its own.</summary>
    public static JsonObject Simulate(NetworkSettings network, Weights.Own first, int simulations, Exchange exchange) =>
        exchange.AddTo(
            new JsonObject
            {
                ["request"] = "simulate",
                ["network"] = NetworkSettingsJson.Write(network),
                ["seed"] = SeedToAsk(first.Seed),
                ["first"] = first.Simulation,
                ["simulations"] = simulations,
            }
        );

    /// <summary>The seed itself, if every language reads it exactly.</summary>
    /// <exception cref="ArgumentException">The seed is not below 2⁵³.</exception>
    public static ulong SeedToAsk(ulong seed) => seed < 1UL << 53 ? seed : throw new ArgumentException($"expected a seed below 2^53, got {seed}", nameof(seed));

    /// <summary>Writes a request on one line.</summary>
    public static string Line(long id, JsonObject request)
    {
        var message = new JsonObject { ["id"] = id };
        foreach (var (name, value) in request)
        {
            message[name] = value?.DeepClone();
        }

        return message.ToJsonString(Compact);
    }

    /// <summary>Reads a subject's description of itself.</summary>
    /// <exception cref="AdapterException">The description does not follow the protocol.</exception>
    public static SubjectDescription ReadDescription(long id, string line)
    {
        var answer = Read<DescribeAnswer>(id, line);
        if (answer.Status != "done")
        {
            throw new AdapterException($"expected a description, got status '{Short(answer.Status)}'");
        }

        return new SubjectDescription(Named(answer.Name))
        {
            Version = answer.Version is { } version ? Named(version) : null,
            UnitRoundoff = UnitRoundoffOf(answer.Dtype),
            Architectures = Known("architectures", answer.Architectures, Architecture.Names),
            Boundaries =
            [
                .. Known("boundaries", answer.Boundaries, [.. Enum.GetValues<Boundary>().Select(EnumWords.Spell)])
                    .Select(word => Enum.GetValues<Boundary>().Single(boundary => EnumWords.Spell(boundary) == word)),
            ],
            Epsilons = EpsilonsOf(answer.Epsilons, line),
            Moments = [.. Known("moments", answer.Moments, ReportedMoments.Names)],
            TakesWeights = Known("operations", answer.Operations, ["propagate", "simulate"]).Contains("propagate"),
            DrawsWeights = answer.Operations.Contains("simulate"),
        };
    }

    /// <summary>Reads the description of a subject of protocol 2.</summary>
    /// <returns>Its description; null if it answers with an error, or in the form of protocol 1.</returns>
    /// <exception cref="AdapterException">The description does not follow the protocol.</exception>
    public static SubjectDescription? ReadDescriptionInLayers(long id, string line)
    {
        if (IsOfArchitectures(line))
        {
            return null;
        }

        if (Read<LayersAnswer>(id, line) is not { Status: "done" } answer)
        {
            throw new AdapterException($"expected a description, got '{Short(line)}'");
        }

        if (answer.Protocol != Version)
        {
            throw new AdapterException($"expected protocol {Version}, got {answer.Protocol}");
        }

        return LayersDescription.Read(answer, line);
    }

    /// <summary>Whether an answer is an error, a refusal, or a description without a version, as in protocol 1.</summary>
    private static bool IsOfArchitectures(string line)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject answer
                && (
                    answer["status"] is JsonValue status && status.TryGetValue<string>(out var word) && word is "error" or "declined"
                    || (answer.ContainsKey("architectures") && !answer.ContainsKey("protocol"))
                );
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            // Text that is not JSON, or JSON with a repeated name, is reported where the answer is read.
            return false;
        }
    }

    /// <summary>Reads the answer to a request for tensors.</summary>
    /// <exception cref="AdapterException">The answer does not follow the protocol.</exception>
    /// <exception cref="ReportedErrorException">The subject reports an error.</exception>
    /// <exception cref="DeclinedException">The subject declines.</exception>
    public static void ReadAnswer(long id, string line)
    {
        var answer = Read<Answer>(id, line);
        switch (answer.Status)
        {
            case "done" when answer.Reason is null:
                return;
            case "declined" when answer.Reason is { } reason:
                throw new DeclinedException(ForeignText.OnOneLine(ForeignText.Beginning(reason, LongestReason)));
            case "error" when answer.Reason is { } reason:
                throw new ReportedErrorException(ForeignText.Beginning(reason, LongestReason));
            default:
                throw new AdapterException($"expected status done, or declined or error with a reason, got '{Short(line)}'");
        }
    }

    /// <summary>Whether a line is an answer that says of itself that the request was done, of whatever form.</summary>
    public static bool SaysDone(string line)
    {
        try
        {
            using var answer = JsonDocument.Parse(line);
            return answer.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("status", out var status)
                && status.ValueEquals("done");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static T Read<T>(long id, string line)
        where T : Answer
    {
        if (AnswerForm.Of(typeof(T)).Fault(line) is { } fault)
        {
            throw new AdapterException($"expected an answer as the protocol defines it, got '{Short(line)}': {fault}");
        }

        var answer = JsonSerializer.Deserialize<T>(line, Strict)!;
        return answer.Id == id ? answer : throw new AdapterException($"expected the answer to request {id}, got one with id {answer.Id}");
    }

    /// <summary>The values of ε, if a norm can have them.</summary>
    internal static IReadOnlyList<double>? EpsilonsOf(IReadOnlyList<double>? epsilons, string line) =>
        epsilons is not null && epsilons.Any(epsilon => !double.IsFinite(epsilon) || epsilon < 0)
            ? throw new AdapterException($"expected finite epsilons of at least 0, got '{Short(line)}'")
            : epsilons;

    /// <summary>The unit roundoff of a number type.</summary>
    internal static double UnitRoundoffOf(string dtype) =>
        Precision.TryGetValue(dtype, out var digits)
            ? Math.ScaleB(1, -digits)
            : throw new AdapterException($"expected dtype {string.Join(", ", Precision.Keys)}, got '{Short(dtype)}'");

    /// <summary>The words of a list, if all of them are known.</summary>
    internal static IReadOnlyList<string> Known(string field, IReadOnlyList<string?> words, IReadOnlyList<string> known)
    {
        foreach (var word in words)
        {
            // A list may contain null instead of a word.
            if (word is null || !known.Contains(word))
            {
                throw new AdapterException($"expected {field} among {string.Join(", ", known)}, got '{Short(word ?? "null")}'");
            }
        }

        return [.. words.Select(word => word!).Distinct()];
    }

    internal static string Named(string name) => ForeignText.OnOneLine(ForeignText.Beginning(name, LongestName));

    internal static string Short(string line) => ForeignText.Beginning(line, 200);

    internal record Answer(long Id, string Status)
    {
        public string? Reason { get; init; }
    }

    private sealed record DescribeAnswer(
        long Id,
        string Status,
        string Name,
        string? Version,
        string Dtype,
        IReadOnlyList<string> Architectures,
        IReadOnlyList<string> Boundaries,
        IReadOnlyList<double>? Epsilons,
        IReadOnlyList<string> Operations,
        IReadOnlyList<string> Moments
    ) : Answer(Id, Status);

    /// <summary>The answer of a subject of protocol 2 to a request for its description.</summary>
    internal sealed record LayersAnswer(
        long Id,
        string Status,
        int Protocol,
        string Name,
        string? Version,
        string Dtype,
        IReadOnlyList<string> Layers,
        IReadOnlyList<string> Functions,
        IReadOnlyList<string> Options,
        IReadOnlyList<string> Boundaries,
        IReadOnlyList<string> Noises,
        IReadOnlyList<string> Weights,
        IReadOnlyList<string> Operations,
        IReadOnlyList<string> Moments
    ) : Answer(Id, Status)
    {
        public IReadOnlyList<int>? KernelSizes { get; init; }

        public IReadOnlyList<double>? Epsilons { get; init; }

        public int? MostImages { get; init; }

        public long? MostFeatures { get; init; }

        public int? MostPlaces { get; init; }
    }
}
