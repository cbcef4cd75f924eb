using System.Globalization;
using System.Text.Json.Nodes;
using Wellbehaved.Audit;
using Wellbehaved.Figures;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary>
/// A report on the diagnosis of a network whose moments are in a result file: the answer, where signal and noise suffer, what theory says, what would change
/// it, how certain all that is, and how to repeat it.
/// </summary>
/// <param name="name">What the network is called.</param>
/// <param name="file">Its moments.</param>
/// <param name="diagnosis">What is concluded from them.</param>
/// <param name="theory">What theory says of the network; null where the file does not say which it is.</param>
/// <param name="repeat">The command that repeats it.</param>
internal sealed class NetworkReport(string name, ResultFile file, Diagnosis diagnosis, RecordedForecast? theory, string repeat) : IReport
{
    /// <summary>Gains of ln χ below this are shown as no gain.</summary>
    private const double Least = 5e-5;

    private readonly IReadOnlyList<StageOutcome> _stages = RecordedStages.Describe(file, diagnosis.LeftOutRows);
    private readonly Wellbehaved.Figures.Figure _figure = NetworkFigure.Draw(
        [(name, file)],
        theory?.Prediction is { } prediction ? new Dictionary<int, NetworkPrediction> { [0] = prediction } : null,
        theory?.Gradient is { } gradient ? new Dictionary<int, GradientForecast> { [0] = gradient } : null
    );

    /// <inheritdoc/>
    public string Title => name;

    /// <inheritdoc/>
    public IReadOnlyList<string> Answer => [.. new[] { Short }.OfType<string>(), diagnosis.Sentence];

    /// <summary>The answer in one sentence; null where the diagnosis is undecided.</summary>
    public string? Short => DiagnosisAnswer.Write(diagnosis, file.SequenceDepths[^1], RecordedStages.UnitOf(file), _stages);

    /// <inheritdoc/>
    public string Mood => ConditionStyle.Find(diagnosis.Condition);

    /// <inheritdoc/>
    public IReadOnlyList<string> Figures => ReportFigures.Divide(_figure);

    /// <inheritdoc/>
    public string? Drawing =>
        file.Options?.Network is not { } network ? null
        : NetworkDrawing.WhyNot(network) is { } reason ? $"<p>Not drawn: {ForeignText.InHtml(reason)}.</p>"
        : FigureRenderer.ToSvg(new NetworkDrawing(network), "layers");

    /// <inheritdoc/>
    public string Caption => ReportFigures.Caption(_figure);

    /// <summary>Lines after the evidence: where, theory, and what would change it; none for a file that does not say which network it is of.</summary>
    public IEnumerable<string> Lines()
    {
        if (theory is null)
        {
            yield break;
        }

        foreach (var (title, said) in new[] { ("where", RecordedStages.AreItsOwn(file) ? Where : []), ("theory", Said), ("change", Changes) })
        {
            foreach (var sentence in said)
            {
                yield return $"{title}: {sentence}";
            }
        }
    }

    /// <summary>The command that repeats the diagnosis.</summary>
    public string Repeat => repeat;

    /// <summary>The diagnosis and the rest of the report as JSON.</summary>
    public JsonObject ToJson()
    {
        var json = DiagnosisReport.ToJson(diagnosis);
        json["answer"] = Short;
        json["stages"] = new JsonArray([
            .. _stages.Select(stage =>
                (JsonNode)
                    new JsonObject
                    {
                        ["stage"] = stage.Name,
                        ["from_depth"] = stage.From,
                        ["to_depth"] = stage.To,
                        ["reff_signal_median"] = Json.Number(stage.Directions),
                        ["log_snr_ratio_median"] = Json.Number(stage.LogSnr),
                        ["log_chi_gain"] = stage.Gain is { } gain
                            ? new JsonObject
                            {
                                ["value"] = Json.Number(gain.Value),
                                ["lower"] = Json.Number(gain.Lower),
                                ["upper"] = Json.Number(gain.Upper),
                            }
                            : null,
                    }
            ),
        ]);
        json["where"] = Texts(Where);
        json["theory"] = theory is null ? null : new JsonObject { ["said"] = Texts(Said) };
        json["changes"] = Texts(Changes);
        json["repeat"] = repeat;
        return json;
    }

    /// <inheritdoc/>
    public IEnumerable<ReportSection> Sections()
    {
        string[] none = [];
        yield return new(
            "Where",
            Where,
            ["stage", "directions in its last unit", "SNR^l/SNR^0", "change of SNR", $"growth of χ a {RecordedStages.UnitOf(file)}"],
            [.. _stages.Select(Cells)]
        );
        yield return new(
            "What theory says",
            Said.Count > 0 ? Said : ["The file does not describe the layers of its network, so no theory can be applied."],
            none,
            []
        );
        var silence =
            theory is null || theory.Verdicts.Count == 0 || theory.Prediction?.End is not null
                ? "Theory gives no advice on layers that it does not reach."
                : "Theory suggests no change.";
        yield return new("What would change it", Changes.Count > 0 ? Changes : [silence], none, []);
        var evidence = DiagnosisLines.Write(diagnosis).Skip(1).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        yield return new("How sure", [.. evidence], none, []);
        yield return new("How to repeat it", [repeat, .. Provenance()], none, []);
    }

    private IReadOnlyList<string> Where =>
        _stages.Count > 0 ? [.. StageRemarks()]
        : file.FindLogAtEnds("chi") is null ? ["Not known, because χ is not recorded."]
        : ["Not known, because χ is recorded at too few depths."];

    private IReadOnlyList<string> Said =>
        theory is null
            ? []
            :
            [
                .. theory
                    .Verdicts.GroupBy(verdict => (verdict.Units, Said: $"{verdict.Words}{Source(verdict.Law, verdict.Scope)}"), verdict => verdict.Path)
                    .Select(alike =>
                        $"{string.Join(", ", alike)} ({Counted.Spell(alike.Key.Units, "unit")}{(alike.Count() > 1 ? " each" : string.Empty)}): {alike.Key.Said}"
                    ),
                .. theory.Prediction?.End is { } end ? new[] { end.ToString() } : [],
                .. theory.Silence is { } silence ? new[] { $"not compared place by place: {silence}" } : [],
                .. theory.Prediction is { Places: { Count: > 0 } places } && double.IsFinite(places[^1].LogChi)
                    ? new[] { $"at {places[^1].Place} the limit of infinite width has SNR^l/SNR^0 = {OnnxSurvey.Factor(-2 * places[^1].LogChi)}" }
                    : [],
            ];

    private IReadOnlyList<string> Changes =>
        theory is null
            ? []
            :
            [
                .. theory
                    .Verdicts.SelectMany(verdict => verdict.Suggestions)
                    .Select(suggestion => $"{suggestion.Change}: {suggestion.Prediction}{Source(suggestion.Law, suggestion.Scope)}")
                    .Distinct(),
            ];

    private IEnumerable<string> StageRemarks()
    {
        var lossy = _stages
            .Where(stage => stage.Gain is { } gain && 2 * gain.Value > Math.Log(2))
            .OrderByDescending(stage => stage.Gain!.Value.Value)
            .ToArray();
        foreach (var stage in lossy.Take(4))
        {
            var gain = stage.Gain!.Value;
            var interval = OnnxSurvey.IsTelling(gain) ? $" ({OnnxSurvey.Factor(2 * gain.Lower)} to {OnnxSurvey.Factor(2 * gain.Upper)}, 95 %)" : string.Empty;
            yield return $"SNR falls {OnnxSurvey.Factor(2 * gain.Value)}-fold in {stage.Name}{interval}.";
        }

        if (lossy.Length == 0 && _stages.Any(stage => stage.Gain is not null))
        {
            yield return "No stage halves the SNR.";
        }

        foreach (var (before, after) in _stages.Zip(_stages.Skip(1)).Where(pair => pair.First.Directions - 1 > 2 * (pair.Second.Directions - 1)))
        {
            var (from, to) = (DiagnosisAnswer.SpellDirections(before.Directions), DiagnosisAnswer.SpellDirections(after.Directions));
            if (from != to)
            {
                yield return $"Directions of variance fall from {from} to {to} in {after.Name}.";
            }
        }
    }

    private static string[] Cells(StageOutcome stage) =>
        [
            stage.Name,
            double.IsFinite(stage.Directions) ? stage.Directions.ToString(stage.Directions < 99.5 ? "F1" : "F0", CultureInfo.InvariantCulture) : "-",
            double.IsFinite(stage.LogSnr) ? OnnxSurvey.Factor(stage.LogSnr) : "-",
            stage.Gain is { } gain ? (gain.Value > 0 ? $"÷ {OnnxSurvey.Factor(2 * gain.Value)}" : $"× {OnnxSurvey.Factor(-2 * gain.Value)}") : "-",
            stage.Gain is { } change ? PerUnit(change.Per(stage.To - stage.From)) : "-",
        ];

    private static string PerUnit(Estimate gain) =>
        OnnxSurvey.IsTelling(gain) && Math.Abs(gain.Value) >= Least ? RateWords.PerCent(gain) : RateWords.PerCent(gain.Value);

    private IEnumerable<string> Provenance()
    {
        var batch = file.BatchSize is { } images ? $" of {Counted.Spell(images, "image")}" : string.Empty;
        var drawn = file.Options is { } options ? string.Create(CultureInfo.InvariantCulture, $" of {options.Dataset}, seed {options.Seed}") : string.Empty;
        yield return $"{Counted.Spell(file.Simulations, "mapping")}{batch}{drawn}.";
        if (file.MadeBy is { } program)
        {
            yield return $"The moments were made by {program}.";
        }
    }

    private static string Source(string law, string scope) => law.Length == 0 ? string.Empty : $" [{law}; {scope}]";

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
