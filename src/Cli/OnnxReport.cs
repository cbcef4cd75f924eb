using System.Globalization;
using System.Text.Json.Nodes;
using Wellbehaved.Audit;
using Wellbehaved.Figures;
using Wellbehaved.Onnx;

namespace Wellbehaved.Cli;

/// <summary>A report on a network in an ONNX file: for a terminal, as JSON, and as a page.</summary>
/// <param name="result">What was recorded.</param>
/// <param name="diagnosis">The diagnosis of it.</param>
/// <param name="theory">The prediction for the same network.</param>
/// <param name="repeat">The command that repeats the diagnosis.</param>
internal sealed class OnnxReport(OnnxResult result, Diagnosis diagnosis, OnnxTheory theory, string repeat) : IReport
{
    /// <summary>Where there are more parameters, they are listed by kind; <c>--json</c> and <c>--report</c> list each.</summary>
    private const int MostParameters = 12;

    private const int Hanging = 2;

    private const string Explanation =
        "medians over the mappings, at the end of each stage; depth counts layers with weights on the longest path; "
        + "the gain of χ is a mean, intervals are of 95 % for all stages at once";

    /// <summary>Gains in a layer below this are shown as no gain.</summary>
    private const double Least = 5e-5;

    /// <summary>Columns that are left out in a narrow window, the least important first.</summary>
    private static readonly string[] Dispensable = ["channels", "points", "change of SNR", "theory", "depth"];

    private readonly OnnxSurvey _survey = new(result);

    private OnnxDescription Network => result.Network;

    /// <summary>The lines before the verdict: what was run, what was drawn, and the stages.</summary>
    /// <param name="width">Columns of the window; tables leave out some of their columns to fit. Null for no limit.</param>
    public IEnumerable<string> Lines(int? width = null)
    {
        yield return $"{Network.Name}: {Counted.Spell(result.Record.Mappings.Count, "mapping")} of {Inputs}; "
            + $"{Counted.Spell(Network.Places.Count, "place")} to depth {Network.Places.Max(place => place.Depth)}; SHA-256 {Network.Sha256[..12]}…";
        yield return "";
        foreach (var line in ParameterTable())
        {
            yield return line;
        }

        yield return "";
        var (header, rows, left) = Fitted(width);
        foreach (var line in Table(header, rows))
        {
            yield return line;
        }

        if (left.Count > 0)
        {
            yield return $"a wider window, --json and --report also show: {string.Join(", ", left)}";
        }

        foreach (var said in theory.Said)
        {
            yield return $"theory: {said}";
        }

        yield return Explanation;
        yield return "";
        foreach (var remark in _survey.Remarks())
        {
            yield return remark;
        }
    }

    /// <summary>Writes the lines.</summary>
    public void Print(Screen screen)
    {
        foreach (var line in Lines(screen.Width))
        {
            screen.Sentence(line, Hanging);
        }
    }

    /// <summary>The diagnosis and all facts about the network as JSON.</summary>
    public JsonObject ToJson()
    {
        var json = DiagnosisReport.ToJson(diagnosis);
        json["answer"] = Short;
        json["repeat"] = repeat;
        json["network"] = new JsonObject
        {
            ["name"] = Network.Name,
            ["model_sha256"] = Network.Sha256,
            ["inputs"] = new JsonArray([
                .. Network.Inputs.Select(input =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["name"] = input.Name,
                            ["shape"] = Array(input.Shape),
                            ["tokens"] = input.Tokens,
                        }
                ),
            ]),
            ["remarks"] = new JsonArray([.. Network.Remarks.Select(remark => (JsonNode)remark)]),
            ["parameters"] = new JsonArray([
                .. Network.Parameters.Select(parameter =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["name"] = parameter.Name,
                            ["tensor"] = parameter.Tensor,
                            ["shape"] = Array(parameter.Shape),
                            ["role"] = Word(parameter.Role),
                            ["drawn"] = parameter.Law,
                        }
                ),
            ]),
        };
        json["stages"] = new JsonArray([
            .. _survey.Rows.Select(row =>
                (JsonNode)
                    new JsonObject
                    {
                        ["stage"] = row.Stage.Name,
                        ["from_depth"] = row.Stage.From,
                        ["to_depth"] = row.Place.Depth,
                        ["place"] = row.Place.Name,
                        ["channels"] = row.Place.Channels,
                        ["points"] = row.Place.Points,
                        ["reff_signal_median"] = Json.Number(row.Directions),
                        ["log_snr_ratio_median"] = Json.Number(row.LogSnr),
                        ["log_chi_gain"] = row.Gain is { } gain
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
        json["theory"] = new JsonObject
        {
            ["said"] = new JsonArray([.. theory.Said.Select(said => (JsonNode)said)]),
            ["network"] = Network.Composition.Network is { } text ? Json.Parse(text) : null,
        };
        json["where"] = new JsonArray([.. _survey.Remarks().Select(remark => (JsonNode)remark)]);
        var sequence = result.Sequence.ToHashSet();
        json["places"] = new JsonArray([
            .. Network.Places.Select(
                (place, i) =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["name"] = place.Name,
                            ["operator"] = place.Operator,
                            ["kind"] = Word(place.Kind),
                            ["depth"] = place.Depth,
                            ["shape"] = Array(place.Shape),
                            ["channel_axis"] = place.ChannelAxis,
                            ["on_trunk"] = place.IsOnTrunk,
                            ["judged"] = sequence.Contains(i),
                            ["log_chi_median"] = Json.Number(
                                MedianAt(i, (mapping, moments) => place.Points > 1 ? moments.LogChi(mapping.Mu2InputSignal) : double.NaN)
                            ),
                            ["reff_signal_median"] = Json.Number(MedianAt(i, (_, moments) => moments.ReffSignal < 1 ? double.NaN : moments.ReffSignal)),
                            ["mu2_signal_median"] = Json.Number(MedianAt(i, (_, moments) => moments.Mu2Signal)),
                            ["log_chi_theory"] = theory.AtPlaces.TryGetValue(i, out var predicted) ? Json.Number(predicted.LogChi) : null,
                            ["reff_signal_theory"] = predicted is null ? null : Json.Number(predicted.ReffSignal),
                            ["mu2_noise_median"] = Json.Number(MedianAt(i, (_, moments) => moments.Mu2Noise)),
                        }
            ),
        ]);
        return json;
    }

    /// <inheritdoc/>
    public string Title => Network.Name;

    /// <inheritdoc/>
    public IReadOnlyList<string> Answer => [.. new[] { Short }.OfType<string>(), diagnosis.Sentence, .. _survey.Remarks()];

    /// <inheritdoc/>
    public IReadOnlyList<string> Figures => ReportFigures.Divide(NetworkFigure.Draw([(Network.Name, result.File)]));

    /// <inheritdoc/>
    public string? Drawing => null;

    /// <inheritdoc/>
    public string Caption => ReportFigures.Caption(NetworkFigure.Draw([(Network.Name, result.File)]));

    /// <summary>The answer in one sentence; null where the diagnosis is undecided.</summary>
    public string? Short =>
        DiagnosisAnswer.Write(
            diagnosis,
            Network.Places.Max(place => place.Depth),
            "layer",
            diagnosis.LeftOut > 0
                ? [] // The stages are means over all mappings, and the diagnosis is not.
                : [.. _survey.Rows.Select(row => new StageOutcome(row.Stage.Name, row.Stage.From, row.Place.Depth, row.Directions, row.LogSnr, row.Gain))]
        );

    /// <inheritdoc/>
    public string Mood => ConditionStyle.Find(diagnosis.Condition);

    /// <inheritdoc/>
    public IEnumerable<ReportSection> Sections()
    {
        string[] none = [];
        yield return new(
            "Evidence",
            [
                .. DiagnosisLines.Write(diagnosis).Skip(1).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))),
                .. theory.Said.Select(said => $"theory: {said}"),
                .. Network.Remarks,
            ],
            none,
            []
        );
        yield return new("How to repeat it", [repeat], none, []);
        yield return new("What was run", none, ["", ""], [.. result.Said().Select(pair => new[] { pair.Name, pair.Value })]);
        yield return new("Stages", [Explanation], Header, [.. StageRows()]);
        yield return new("Parameters", none, ["name", "shape", "role", "drawn"], [.. Network.Parameters.Select(parameter => Cells(parameter, '×'))]);
        yield return new(
            "Places",
            none,
            ["place", "operator", "after", "depth", "channels", "points", "ln χ", "directions"],
            [
                .. Network.Places.Select(
                    (place, i) =>
                        new[]
                        {
                            place.Name,
                            place.Operator,
                            Word(place.Kind),
                            $"{place.Depth}",
                            $"{place.Channels}",
                            $"{place.Points}",
                            Fixed(MedianAt(i, (mapping, moments) => place.Points > 1 ? moments.LogChi(mapping.Mu2InputSignal) : double.NaN), "F3"),
                            Fixed(MedianAt(i, (_, moments) => moments.ReffSignal < 1 ? double.NaN : moments.ReffSignal), "F2"),
                        }
                ),
            ]
        );
    }

    private string Inputs => string.Join(", ", Network.Inputs.Select(input => $"{input.Name} {string.Join('x', input.Shape)}"));

    private string[] Header =>
        theory.AtPlaces.Count == 0
            ? ["stage", "depth", "channels", "points", "directions", "SNR^l/SNR^0", "change of SNR", "growth of χ a layer"]
            : ["stage", "depth", "channels", "points", "directions", "theory", "SNR^l/SNR^0", "theory", "change of SNR", "growth of χ a layer"];

    private static JsonArray Array(IReadOnlyList<long> numbers) => new([.. numbers.Select(number => (JsonNode)number)]);

    private static string Word(Enum value) => $"{value}".ToLowerInvariant();

    /// <summary>A number with fixed digits; a number that rounds to 0 has no sign.</summary>
    private static string Fixed(double value, string format) =>
        !double.IsFinite(value) ? "-"
        : value.ToString(format, CultureInfo.InvariantCulture) is var text && text.All(sign => sign is '-' or '0' or '.') ? text.TrimStart('-')
        : text;

    /// <summary>The table of stages without the columns that do not fit, and the names of these columns.</summary>
    private (IReadOnlyList<string> Header, IReadOnlyList<string[]> Rows, IReadOnlyList<string> Left) Fitted(int? width)
    {
        var (header, rows, left) = (Header, StageRows().ToArray(), new List<string>());
        foreach (var name in Dispensable.Where(header.Contains))
        {
            if (width is not { } columns || Table(header, rows).Max(line => line.Length) <= columns)
            {
                break;
            }

            bool[] stays = [.. header.Select(title => title != name)];
            string[] Kept(string[] row) => [.. row.Where((_, column) => stays[column])];
            (header, rows) = (Kept(header), [.. rows.Select(Kept)]);
            left.Add(name);
        }

        return (header, rows, left);
    }

    private IEnumerable<string[]> StageRows() =>
        _survey.Rows.Select(row =>
            (string[])
                [
                    row.Stage.Name,
                    row.Stage.From + 1 < row.Place.Depth ? $"{row.Stage.From + 1}-{row.Place.Depth}" : $"{row.Place.Depth}",
                    $"{row.Place.Channels}",
                    $"{row.Place.Points}",
                    Directions(row.Directions),
                    .. Predicted(row, place => Directions(place.ReffSignal)),
                    Snr(row.LogSnr),
                    .. Predicted(row, place => Snr(-2 * place.LogChi)),
                    row.Gain is { } gain ? (gain.Value > 0 ? $"÷ {OnnxSurvey.Factor(2 * gain.Value)}" : $"× {OnnxSurvey.Factor(-2 * gain.Value)}") : "-",
                    row is { Gain: { } change, Layers: > 0 } ? PerLayer(change.Per(row.Layers)) : "-",
                ]
        );

    private static string Directions(double directions) => Fixed(directions, directions < 99.5 ? "F1" : "F0");

    private static string Snr(double logarithm) => double.IsFinite(logarithm) ? OnnxSurvey.Factor(logarithm) : "-";

    /// <summary>A cell of theory; no cell where there is no prediction for the network.</summary>
    private IEnumerable<string> Predicted(OnnxStageRow row, Func<Theory.PredictedPlace, string> cell) =>
        theory.AtPlaces.Count == 0 ? [] : [theory.AtPlaces.TryGetValue(row.Stage.End, out var place) ? cell(place) : "-"];

    /// <summary>A gain of ln χ in each layer; without its interval where there are so few mappings that the interval says nothing.</summary>
    private static string PerLayer(Estimate gain) =>
        OnnxSurvey.IsTelling(gain) && Math.Abs(gain.Value) >= Least ? RateWords.PerCent(gain) : RateWords.PerCent(gain.Value);

    private IEnumerable<string> ParameterTable() =>
        Network.Parameters.Count <= MostParameters
            ? Table(["parameter", "shape", "role", "drawn"], Network.Parameters.Select(parameter => Cells(parameter, 'x')))
            : Table(
                ["parameters", "role", "drawn"],
                Network
                    .Parameters.GroupBy(parameter => (parameter.Role, Kind: Kind(parameter.Law)))
                    .Select(group =>
                        (string[])[$"{group.Count()}", Word(group.Key.Role), Extent(group.Key.Kind, [.. group.Select(parameter => parameter.Law)])]
                    )
            );

    private static string[] Cells(OnnxParameter parameter, char times) =>
        [parameter.Name, string.Join(times, parameter.Shape), Word(parameter.Role), parameter.Law];

    /// <summary>The first word of a law, or a constant's whole text.</summary>
    private static string Kind(string law) => law.StartsWith("constant", StringComparison.Ordinal) ? law : law.Split(',')[0];

    /// <summary>The range of the laws of one kind: their least and greatest standard deviation.</summary>
    private static string Extent(string kind, string[] laws)
    {
        const string Deviation = "deviation ";
        double[] deviations =
        [
            .. laws.Select(law => law.Split(Deviation)).Where(parts => parts.Length == 2).Select(parts => double.Parse(parts[1], CultureInfo.InvariantCulture)),
        ];
        return deviations.Length == 0 ? kind
            : deviations.Min() == deviations.Max() ? $"{kind}, deviation {Spelled(deviations[0])}"
            : $"{kind}, deviations {Spelled(deviations.Min())} to {Spelled(deviations.Max())}";

        static string Spelled(double value) => value.ToString(value is < 0.01 or >= 999.5 ? "0.##e0" : "G3", CultureInfo.InvariantCulture);
    }

    private static IEnumerable<string> Table(IReadOnlyList<string> header, IEnumerable<string[]> rows)
    {
        string[][] all =
        [
            [.. header],
            .. rows,
        ];
        int[] widths = [.. header.Select((_, column) => all.Max(row => row[column].Length))];
        foreach (var row in all)
        {
            yield return string.Join(
                "  ",
                row.Select(
                    (cell, column) =>
                        column == row.Length - 1 ? cell
                        : IsNumeric(all, column) ? cell.PadLeft(widths[column])
                        : cell.PadRight(widths[column])
                )
            );
        }
    }

    /// <summary>Whether a column holds numbers, which are aligned to the right.</summary>
    private static bool IsNumeric(string[][] rows, int column) =>
        rows.Skip(1)
            .All(row =>
                row[column] is ['-', ..] or ['÷', ..] or ['×', ..]
                || (row[column] is [>= '0' and <= '9', ..] && !row[column].Contains('x', StringComparison.Ordinal))
            );

    private double MedianAt(int place, Func<OnnxMapping, Model.MomentSet, double> moment)
    {
        double[] values =
        [
            .. result.Record.Mappings.Select(mapping => mapping.Moments[place] is { } moments ? moment(mapping, moments) : double.NaN).Where(double.IsFinite),
        ];
        return values.Length == 0 ? double.NaN : MathNet.Numerics.Statistics.Statistics.Median(values);
    }
}
