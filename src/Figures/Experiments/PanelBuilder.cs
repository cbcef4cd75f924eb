using System.Globalization;
using MathNet.Numerics;
using Wellbehaved.Audit;

namespace Wellbehaved.Figures;

/// <summary>Adds curves of one or several recordings to a panel: one colour for each recording, and theory dashed in the same colour.</summary>
/// <param name="recordings">The recordings.</param>
internal sealed class PanelBuilder(IReadOnlyList<Recording> recordings)
{
    private static readonly double Ln10 = Math.Log(10);
    private readonly List<Curve> _curves = [];
    private readonly List<string> _missing = [];
    private int _colour;

    /// <summary>Whether the depth axis is logarithmic.</summary>
    public bool LogarithmicX { get; init; }

    /// <summary>Whether the vertical axis is logarithmic; values are then natural logarithms.</summary>
    public bool LogarithmicY { get; init; }

    /// <summary>Adds a quantity of every recording.</summary>
    /// <param name="label">Its label.</param>
    /// <param name="rows">Reads it (simulations × depths); returns null where the file does not hold it.</param>
    /// <param name="theory">The prediction, by depth from 1 on; null where there is none.</param>
    /// <param name="arrays">Arrays that the file may hold although the quantity cannot be read, such as ranks none of which was computed; null for
    /// none.</param>
    public void Add(
        string label,
        Func<Recording, IReadOnlyList<double[]>?> rows,
        Func<Recording, IEnumerable<double>?>? theory = null,
        Func<Recording, IEnumerable<string>>? arrays = null
    )
    {
        var missing = new List<(string Reason, string Name)>();
        foreach (var recording in recordings)
        {
            var values = rows(recording)?.Select(row => row.Select(Y).ToArray()).ToArray();
            if (Curve.Summarise(Named(label, recording), _colour, [.. recording.Depths.Select(X)], values) is { } curve)
            {
                _curves.Add(curve);
            }
            else
            {
                missing.Add(
                    (
                        Absence.Explain(recording.File, values is not null, recording.File.Depth[0], [.. arrays?.Invoke(recording) ?? []]),
                        Markup.Escape(recording.Name)
                    )
                );
            }

            if (
                theory?.Invoke(recording)?.ToArray() is { } predicted
                && Curve.Through(
                    Named("theory at infinite width", recording),
                    CurveKind.Theory,
                    _colour,
                    predicted.Select((_, i) => X(i + 1)),
                    predicted.Select(Y)
                )
                    is { } line
            )
            {
                _curves.Add(line);
            }

            _colour++;
        }

        _missing.AddRange(Absence.Say(label, missing, recordings.Count));
    }

    /// <summary>
    /// Adds a power law through the mean of a recording's χ from a quarter of the depth on: with the exponent that its diagnosis names, or with that of least
    /// squares where the diagnosis decides for no law. Where it names another law, there is no power to draw.
    /// </summary>
    public void AddFit(Recording recording, int colour)
    {
        var growth = Diagnosis.Diagnose(MomentTable.Read(recording.File)).ChiGrowth;
        var curve = _curves.FirstOrDefault(curve => curve.Kind == CurveKind.Measured && curve.Colour == colour);
        var points = curve is null ? [] : curve.X.Zip(curve.Y).Where(point => point.First >= curve.X[^1] - Math.Log10(4)).ToArray();
        if (points.Length < 3 || growth is { Law: Growth.Bounded or Growth.Exponential or Growth.Superexponential or Growth.Walk })
        {
            return;
        }

        var isNamed = growth is { Law: Growth.Power };
        var slope = isNamed ? growth!.Parameter : Fit.Line([.. points.Select(point => point.First)], [.. points.Select(point => point.Second)]).Item2;
        var intercept = points.Average(point => point.Second - (slope * point.First));
        var exponent = string.Create(CultureInfo.InvariantCulture, $"{slope:F3}{(isNamed ? $", 95 %: {growth!.Lower:F3} to {growth.Upper:F3}" : "")}");
        if (
            Curve.Through(
                $"{Named("power", recording)} {exponent}",
                CurveKind.Fit,
                recordings.Count + colour,
                curve!.X,
                curve.X.Select(x => intercept + (slope * x))
            ) is
            { } line
        )
        {
            _curves.Add(line);
        }
    }

    /// <summary>Builds the panel.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="xLabel">Label of the horizontal axis.</param>
    /// <param name="yLabel">Label of the vertical axis.</param>
    public Panel Build(string title, string xLabel, string yLabel) =>
        new(title, xLabel, yLabel, _curves)
        {
            XScale = LogarithmicX ? AxisScale.Logarithmic : AxisScale.Linear,
            YScale = LogarithmicY ? AxisScale.Logarithmic : AxisScale.Linear,
            Missing = _missing.Count == 0 ? null : string.Join("; ", _missing),
        };

    private string Named(string label, Recording recording) => recordings.Count == 1 ? label : $"{label}, {Markup.Escape(recording.Name)}";

    private double X(double depth) => LogarithmicX ? Math.Log10(depth) : depth;

    private double Y(double value) => LogarithmicY ? value / Ln10 : value;
}
