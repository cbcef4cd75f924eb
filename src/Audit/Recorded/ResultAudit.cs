using System.Globalization;
using System.Text.Json;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Facts about an experiment that its result file may not state; null where they are not needed.</summary>
/// <param name="NumChannels">Channels of every layer.</param>
/// <param name="BatchSize">Images in a batch.</param>
/// <param name="KernelSize">Kernel extent.</param>
/// <param name="Boundary">Boundary, by its name.</param>
internal sealed record RecordedExperiment(int? NumChannels = null, int? BatchSize = null, int? KernelSize = null, string? Boundary = null)
{
    /// <summary>The noise that was propagated: <c>mapping</c> or <c>full</c>; null if the file does not say, which means <c>mapping</c>.</summary>
    public string? Noise { get; init; }

    /// <summary>The fewest points of a batch that the recorded effective ranks allow: a rank is at most the number of points minus 1.</summary>
    public long FewestPoints { get; init; } = 1;

    /// <summary>The options of the command with the same meaning, where they are given; an empty word is given too.</summary>
    public IReadOnlyList<(string Name, string Value)> Options =>
        [
            .. new (string Name, string? Value)[]
            {
                ("--num-channels", Spell(NumChannels)),
                ("--batch-size", Spell(BatchSize)),
                ("--kernel-size", Spell(KernelSize)),
                ("--boundary", Boundary),
            }
                .Where(option => option.Value is not null)
                .Select(option => (option.Name, option.Value!)),
        ];

    /// <summary>The options of the command with the same meaning, as a shell reads them.</summary>
    /// <returns>Options, each with a space before it.</returns>
    public string AsOptions() => string.Concat(Options.Select(option => $" {option.Name} {Shell.Word(option.Value)}"));

    /// <summary>Adds the facts that the file itself states.</summary>
    /// <param name="path">The name of the file, for messages.</param>
    /// <param name="file">The file.</param>
    /// <returns>The given facts, completed by those in the file.</returns>
    /// <exception cref="InvalidInputException">A given fact contradicts the file.</exception>
    public RecordedExperiment CompletedBy(string path, ResultFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var boundary = file.Boundary is { } stated ? JsonNamingPolicy.SnakeCaseLower.ConvertName($"{stated}") : null;
        RequireAgreement(path, nameof(NumChannels), Spell(NumChannels), Spell(file.NumChannels));
        RequireAgreement(path, nameof(BatchSize), Spell(BatchSize), Spell(file.BatchSize));
        RequireAgreement(path, nameof(KernelSize), Spell(KernelSize), Spell(file.KernelSize));
        RequireAgreement(path, nameof(Boundary), Boundary, boundary);
        return new RecordedExperiment(NumChannels ?? file.NumChannels, BatchSize ?? file.BatchSize, KernelSize ?? file.KernelSize, Boundary ?? boundary)
        {
            Noise = Noise ?? NoiseOf(file.Configuration),
        };
    }

    /// <summary>Refuses a fact other than the one in the file: options stand in for what a file leaves out.</summary>
    private static void RequireAgreement(string path, string name, string? given, string? stated)
    {
        if (given is not null && stated is not null && given != stated)
        {
            throw new InvalidInputException(ParameterName.Spell(name), $"expected {stated}, as {path} says, got {Shell.Word(given)}");
        }
    }

    private static string? Spell(int? size) => size?.ToString(CultureInfo.InvariantCulture);

    /// <summary>The noise that the configuration in a file states.</summary>
    private static string? NoiseOf(string? configuration)
    {
        if (configuration is null)
        {
            return null;
        }

        using var said = JsonDocument.Parse(configuration, new JsonDocumentOptions { MaxDepth = ResultConfiguration.MostLevels });
        return
            said.RootElement.ValueKind == JsonValueKind.Object
            && said.RootElement.TryGetProperty("noise", out var noise)
            && noise.ValueKind == JsonValueKind.String
            ? noise.GetString()
            : null;
    }

    /// <summary>Refuses an experiment that is not possible by the rules of <c>run</c>.</summary>
    /// <param name="architecture">Name of the architecture.</param>
    /// <exception cref="InvalidInputException">A size is out of range, a boundary is unknown, or batch norm would have a single point.</exception>
    internal void Validate(string architecture)
    {
        ExperimentOptions.RequireSizes(NumChannels, BatchSize, KernelSize);
        ExperimentOptions.RequireVariance(architecture, KernelSize, BatchSize);
        if (Boundary is not (null or "periodic" or "symmetric" or "zero_padding"))
        {
            throw new InvalidInputException(ParameterName.Spell(nameof(Boundary)), $"expected periodic, symmetric, zero_padding, got '{Boundary}'");
        }
    }
}

/// <summary>Audits recorded moments: the laws that can be judged from the contents of a file, and a list of those that cannot.</summary>
internal static class ResultAudit
{
    /// <summary>Audits a file.</summary>
    /// <param name="path">The file, ours or the author's.</param>
    /// <param name="architecture">Name of its architecture.</param>
    /// <param name="experiment">Facts that the file does not state.</param>
    /// <returns>A run; it lists the claims that cannot be judged, with reasons.</returns>
    /// <exception cref="InvalidInputException">The file cannot be read, or does not fit the architecture.</exception>
    public static VerificationRun Judge(string path, string architecture, RecordedExperiment experiment) =>
        Judge(path, ResultFile.Read(path), architecture, experiment);

    /// <summary>Audits a file that has been read.</summary>
    /// <param name="path">Its name, for reports.</param>
    /// <param name="file">The file, ours or the author's.</param>
    /// <param name="architecture">Name of its architecture.</param>
    /// <param name="experiment">Facts that the file does not state.</param>
    /// <returns>A run; it lists the claims that cannot be judged, with reasons.</returns>
    /// <exception cref="InvalidInputException">The file does not fit the architecture.</exception>
    public static VerificationRun Judge(string path, ResultFile file, string architecture, RecordedExperiment experiment)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(experiment);
        var named = Architecture.Named(architecture, file.ResidualDepth ?? 2);
        if (file.Architecture is { } said && Architecture.Names.Contains(said) && said != architecture)
        {
            throw new InvalidInputException(ParameterName.Spell(nameof(architecture)), $"expected {said}, of which {path} says that it is, got {architecture}");
        }

        if (file.Names.FirstOrDefault(name => !named.Places.Any(place => name.EndsWith("_" + place.Suffix, StringComparison.Ordinal))) is { } foreign)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(architecture)),
                $"expected the architecture of {path}: it holds '{foreign}', a place that {architecture} does not have"
            );
        }

        var table = MomentTable.Read(file);
        var run = Judge(path, RecordedFigures.Compute(file, named), named, experiment.CompletedBy(path, file), StatedContradictions.Findings(file));
        return table.Mappings == 0 ? run : run with { Diagnoses = [KeyValuePair.Create(architecture, Diagnosis.Diagnose(table))] };
    }

    /// <summary>
    /// Audits a file with a column for each place of some network, by the laws that hold for the moments of every network. Rates and growth are in its
    /// diagnosis.
    /// </summary>
    /// <param name="path">Its name, for reports.</param>
    /// <param name="file">The file, in the neutral layout.</param>
    /// <param name="network">The name of the network.</param>
    /// <returns>A run; it lists claims that speak about layers or architectures as not judged, with what is missing.</returns>
    internal static VerificationRun OfPlaces(string path, ResultFile file, string network)
    {
        ArgumentNullException.ThrowIfNull(file);
        var places = file.Places ?? throw new ArgumentException("expected a file in the neutral layout", nameof(file));
        var laws = new PlaceLaws(file, RecordedFigures.OfPlaces(file), place => $"place {ForeignText.OnOneLine(places[place])}");
        var table = MomentTable.Read(file);
        var run = Judged(path, network, new RecordedExperiment().CompletedBy(path, file), ClaimLedger.Claims, laws.Judge);
        return run with
        {
            Command = $"wellbehaved audit --results {Shell.Quote(path)}",
            Diagnoses = table.Mappings == 0 ? [] : [KeyValuePair.Create(network, Diagnosis.Diagnose(table))],
        };
    }

    /// <summary>Audits figures.</summary>
    /// <param name="name">Their name, for reports.</param>
    /// <param name="figures">The figures.</param>
    /// <param name="architecture">Their architecture.</param>
    /// <param name="experiment">What is known about the experiment.</param>
    /// <param name="stated">What cannot be true of the facts that a file states once of each simulation; null where there is no file.</param>
    /// <returns>A run; it lists the claims that cannot be judged, with reasons.</returns>
    /// <exception cref="InvalidInputException">Such an experiment is impossible.</exception>
    public static VerificationRun Judge(
        string name,
        RecordedFigures figures,
        Architecture architecture,
        RecordedExperiment experiment,
        IReadOnlyList<MomentFinding>? stated = null
    )
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(experiment);
        experiment.Validate(architecture.Name);
        var laws = new RecordedLaws(figures, architecture, experiment, stated ?? []);
        return Judged(
            name,
            architecture.Name,
            experiment with
            {
                FewestPoints = laws.FewestPoints,
            },
            ClaimLedger.Claims.Where(claim => claim.Architectures.Contains(architecture.Name)),
            claim => laws.Judge(claim, Suite.RatesOf(Scale.Quick))
        ) with
        {
            Command = $"wellbehaved audit --results {Shell.Quote(name)} --architecture {architecture.Name}{experiment.AsOptions()}",
        };
    }

    private static VerificationRun Judged(
        string name,
        string network,
        RecordedExperiment experiment,
        IEnumerable<Claim> claims,
        Func<string, (IReadOnlyList<Measurement> Measurements, string Missing)> judge
    )
    {
        var outcomes = new List<CheckOutcome>();
        var notTestable = new List<Claim>();
        var notJudged = new List<KeyValuePair<string, string>>();
        foreach (var claim in claims)
        {
            if (claim.IsTrained)
            {
                notJudged.Add(
                    KeyValuePair.Create(
                        claim.Id,
                        "it speaks about networks after training, and the file holds moments at initialisation; verify --scale training trains networks for it"
                    )
                );
                continue;
            }

            if (!claim.IsTestable)
            {
                notTestable.Add(claim);
                continue;
            }

            if (claim.Scope?.WhyOutside(experiment) is { } outside)
            {
                notJudged.Add(KeyValuePair.Create(claim.Id, outside));
                continue;
            }

            var (measurements, missing) = judge(claim.Id);
            if (measurements.Count == 0)
            {
                notJudged.Add(KeyValuePair.Create(claim.Id, missing));
                continue;
            }

            var verdict =
                measurements.Any(measurement => measurement.Verdict == Verdict.Rejected) ? Verdict.Rejected
                : measurements.All(measurement => measurement.Verdict == Verdict.Holds) ? Verdict.Holds
                : Verdict.Inconclusive;

            // A file refutes a claim only if it is known to lie inside the claim's scope.
            if (verdict == Verdict.Rejected && claim.Scope?.Missing(experiment) is { } unknown)
            {
                notJudged.Add(KeyValuePair.Create(claim.Id, $"the file contradicts its law, but {unknown}"));
                continue;
            }

            outcomes.Add(new CheckOutcome(new Check(claim.Id, network, _ => measurements), verdict, measurements, null));
        }

        return new VerificationRun(name, Scale.Quick, 0, outcomes, [], notTestable) { IsRecorded = true, NotJudged = notJudged };
    }
}
