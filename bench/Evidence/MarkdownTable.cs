using System.Globalization;
using System.Text;

namespace Wellbehaved.Evidence;

/// <summary>A table in Markdown, formatted with the invariant culture.</summary>
internal sealed class MarkdownTable
{
    private readonly StringBuilder _text = new();
    private readonly int _columns;

    /// <summary>A table with titles and no rows.</summary>
    public MarkdownTable(params string[] titles)
    {
        _columns = titles.Length;
        Row([.. titles]);
        _text.Append('|').Insert(_text.Length, "---|", _columns).Append('\n');
    }

    /// <summary>Adds a row.</summary>
    /// <exception cref="ArgumentException">The row has more or fewer cells than the table has titles.</exception>
    public void Row(params object[] cells)
    {
        if (cells.Length != _columns)
        {
            throw new ArgumentException($"expected {_columns} cells, got {cells.Length}", nameof(cells));
        }

        _text.Append("| ").AppendJoin(" | ", cells.Select(cell => Convert.ToString(cell, CultureInfo.InvariantCulture))).Append(" |\n");
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
