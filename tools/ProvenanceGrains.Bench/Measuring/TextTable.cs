using System.Globalization;
using System.Text;

namespace ProvenanceGrains.Bench.Measuring;

/// <summary>A Markdown table whose columns are aligned, so that it is readable on a terminal too.</summary>
internal sealed class TextTable(params string[] columns)
{
    private readonly List<string[]> _rows = [columns];

    public void Add(params string[] cells)
    {
        if (cells.Length != columns.Length)
        {
            throw new ArgumentException($"A row has {columns.Length} cells, not {cells.Length}.", nameof(cells));
        }

        _rows.Add(cells);
    }

    /// <summary>A number with three significant digits or, from a thousand on, with none after the point.</summary>
    public static string Number(double value)
    {
        var size = Math.Abs(value);
        var format = size switch
        {
            >= 100 => "#,##0",
            >= 10 => "0.0",
            >= 1 => "0.00",
            _ => "0.000",
        };
        return double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";
    }

    public static string Times(double ratio) => double.IsFinite(ratio) ? Number(ratio) + "x" : "-";

    public override string ToString()
    {
        var widths = columns.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        for (var i = 0; i < _rows.Count; i++)
        {
            AppendLine(text, _rows[i].Select((cell, column) => cell.PadLeft(widths[column])));
            if (i == 0)
            {
                AppendLine(text, widths.Select(width => new string('-', width - 1) + ":"));
            }
        }

        return text.ToString();
    }

    private static void AppendLine(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
