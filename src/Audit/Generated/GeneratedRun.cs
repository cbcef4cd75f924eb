using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The result of an audit of generated networks.</summary>
/// <param name="Networks">Number of networks that were asked about; one with given parameters and with the subject's own counts as two.</param>
/// <param name="Outcomes">A check for each claim that had a site.</param>
/// <param name="Findings">For each rejected claim the smallest network that fails.</param>
internal sealed record GeneratedRun(int Networks, IReadOnlyList<CheckOutcome> Outcomes, IReadOnlyList<GeneratedFinding> Findings)
{
    /// <summary>The result if nothing was asked.</summary>
    public static GeneratedRun None { get; } = new(0, [], []);
}

/// <summary>The smallest network on which a claim fails.</summary>
internal sealed class GeneratedFinding
{
    private static readonly JsonSerializerOptions OneLine = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = ResultConfiguration.MostLevels,
    };
    private readonly GeneratedCase _case;

    public GeneratedFinding(string claim, GeneratedCase drawn, bool given, Measurement measurement) =>
        (Claim, _case, Given, Measurement) = (claim, drawn, given, measurement);

    /// <summary>Id of the claim.</summary>
    public string Claim { get; }

    /// <summary>Whether parameters were given.</summary>
    public bool Given { get; }

    /// <summary>The measurement on it.</summary>
    public Measurement Measurement { get; }

    /// <summary>The network.</summary>
    public Network Network => _case.Network;

    /// <summary>Number of images in the batch.</summary>
    public int Images => _case.Images;

    /// <summary>The seed of parameters and input.</summary>
    public ulong Seed => _case.Seed;

    /// <summary>The case and the origin of its parameters, in one line.</summary>
    public string Description => $"{_case.Description}, {(Given ? "given parameters" : "parameters of its own")}";

    /// <summary>The network's JSON on one line, to be written into a file.</summary>
    public string NetworkJson => Json.Parse(NetworkText.Write(Network))!.ToJsonString(OneLine);

    /// <summary>Options of <c>audit</c> that ask about the network again, once its JSON is in a file.</summary>
    public string ReplayOptions =>
        string.Create(CultureInfo.InvariantCulture, $"--network {Shell.Word($"{Network.Name}.json")} --batch-size {Images} --seed {Seed} --claim {Claim}");
}
