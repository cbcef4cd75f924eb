using System.Globalization;
using Spectre.Console;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>
/// The verdicts as a table that fits the screen: values without a column there are printed on the lines below their row, so that nothing is cut off.
/// </summary>
internal sealed class VerdictRows
{
    private const int Gap = 2;

    /// <summary>Indentation of the lines below a row.</summary>
    private const int Below = 7;

    /// <summary>Least width of the words that name what was measured, where they stand beside the numbers.</summary>
    private const int LeastQuantityWidth = 30;

    private static readonly Column[] Columns =
    [
        new("claim", 5, IsNumber: false),
        new("architecture", 12, IsNumber: false),
        new("predicted", 10, IsNumber: true),
        new("measured", 10, IsNumber: true),
        new("apart by", 12, IsNumber: true),
        new("interval", 18, IsNumber: true),
        new("n", 9, IsNumber: true),
        new("alpha", 7, IsNumber: true),
        new("verdict", 13, IsNumber: false),
    ];

    /// <summary>Columns that move to the lines below a row, in this order, until the others fit.</summary>
    private static readonly string[] Dispensable = ["alpha", "n", "interval", "apart by", "measured", "predicted"];

    private readonly Screen _screen;
    private readonly Row[] _rows;
    private readonly int[] _widths;
    private readonly int[] _shown;
    private readonly bool _isQuantityBeside;

    /// <summary>Lays out the rows for a screen.</summary>
    public VerdictRows(IReadOnlyList<CheckOutcome> outcomes, Screen screen)
    {
        _screen = screen;
        _rows = [.. outcomes.Select(Row.Read)];
        _widths = [.. Columns.Select((column, i) => _rows.Select(row => row.Cells[i].Length).Append(column.Width).Max())];
        int[] all = [.. Enumerable.Range(0, Columns.Length)];
        _isQuantityBeside = screen.Width is not { } width || WidthOf(all) + Gap + LeastQuantityWidth <= width;
        _shown = all;
        for (var i = 0; i < Dispensable.Length && WidthOf(_shown) > (screen.Width ?? int.MaxValue); i++)
        {
            _shown = [.. _shown.Where(column => Columns[column].Title != Dispensable[i])];
        }
    }

    /// <summary>Prints the rows, and a legend of their abbreviations.</summary>
    public void Print(IReadOnlyList<string> legend)
    {
        _screen.Sentence(
            Line(i => Columns[i].Title, Columns.Length - 1)
                + (_isQuantityBeside ? new string(' ', Gap + _widths[^1] - Columns[^1].Title.Length) + "decided by" : "")
        );
        foreach (var row in _rows)
        {
            Print(row);
        }

        _screen.Sentence();
        foreach (var sentence in legend)
        {
            _screen.Sentence(sentence, 2);
        }
    }

    private void Print(Row row)
    {
        if (WidthOf(_shown) > (_screen.Width ?? int.MaxValue))
        {
            _screen.Sentence($"{string.Join(' ', row.Cells.Where(cell => cell.Length > 0))} {row.Words}", Below);
            return;
        }

        var before = Line(i => row.Cells[i], Columns.Length - 2);
        var verdict = row.Cells[^1];
        var margin = new string(' ', Gap);
        if (_isQuantityBeside)
        {
            var start = WidthOf(_shown) + Gap;
            string[] lines = [.. WordWrap.Lines(row.Words, _screen.Width - start)];
            _screen.Line((before + margin, null), (verdict, row.Colour), ($"{new string(' ', Gap + _widths[^1] - verdict.Length)}{lines[0]}".TrimEnd(), null));
            foreach (var line in lines.Skip(1))
            {
                _screen.Line((new string(' ', start) + line, null));
            }

            return;
        }

        _screen.Line((before + margin, null), (verdict, row.Colour));
        string[] facts =
        [
            .. Enumerable.Range(0, Columns.Length).Except(_shown).Where(i => row.Cells[i] is not ("" or "–")).Select(i => Columns[i].Spell(row.Cells[i])),
        ];
        _screen.Sentence($"{new string(' ', Below)}{string.Join("; ", new[] { row.Words, string.Join(", ", facts) }.Where(words => words.Length > 0))}");
    }

    private int WidthOf(int[] columns) => columns.Sum(i => _widths[i]) + (Gap * (columns.Length - 1));

    /// <summary>The text of the cells up to a column; the last cell is not padded if it is words.</summary>
    private string Line(Func<int, string> cell, int last) =>
        string.Join(
            new string(' ', Gap),
            _shown
                .Where(i => i <= last)
                .Select(i =>
                    Columns[i].IsNumber ? cell(i).PadLeft(_widths[i])
                    : i == Columns.Length - 1 ? cell(i)
                    : cell(i).PadRight(_widths[i])
                )
        );

    private sealed record Column(string Title, int Width, bool IsNumber)
    {
        /// <summary>A cell as it is written where no title stands above it.</summary>
        public string Spell(string cell) =>
            cell == Row.Exact ? cell
            : Title == "n" ? $"n = {cell}"
            : $"{Title} {cell}";
    }

    private sealed record Row(string[] Cells, string Words, Color? Colour)
    {
        /// <summary>The entry in the column of α for a check that has no α.</summary>
        public const string Exact = "exact";

        public static Row Read(CheckOutcome outcome)
        {
            var verdict = Word(outcome.Verdict) + (outcome.Decisive is not null && outcome.Declined.Count > 0 ? " in part" : "");
            Color? colour = outcome.Verdict switch
            {
                Verdict.Rejected => Color.Red,
                Verdict.Inconclusive => Color.Yellow,
                _ => null,
            };
            return outcome.Decisive is { } decisive
                ? new Row(
                    [
                        outcome.Check.ClaimId,
                        outcome.Check.Architecture,
                        MeasurementWords.Predicted(decisive, 5),
                        MeasurementWords.Measured(decisive),
                        MeasurementWords.Apart(decisive),
                        MeasurementWords.Interval(decisive),
                        decisive.Samples.ToString(CultureInfo.InvariantCulture),
                        MeasurementWords.Rate(decisive),
                        verdict,
                    ],
                    MeasurementWords.Quantity(decisive),
                    colour
                )
                : new Row([outcome.Check.ClaimId, outcome.Check.Architecture, "", "", "", "", "", "", verdict], outcome.Failure ?? "", colour);
        }

        private static string Word(Verdict verdict) =>
            verdict switch
            {
                Verdict.Holds => "holds",
                Verdict.Rejected => "REJECTED",
                Verdict.Declined => "declined",
                Verdict.Inconclusive => "INCONCLUSIVE",
                _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "expected a verdict"),
            };
    }
}
