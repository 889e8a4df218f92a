using System.Globalization;
using System.Text;

namespace ProvenanceGrains.Api.Operation;

/// <summary>Writes the Prometheus text exposition format, version 0.0.4.</summary>
public sealed class PrometheusText
{
    private readonly StringBuilder _text = new();
    private string _last = "";

    /// <summary>A figure that only grows. By convention the name ends in <c>_total</c>.</summary>
    public void Counter(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Write("counter", name, help, value, labels);

    /// <summary>A figure that goes up and down.</summary>
    public void Gauge(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Write("gauge", name, help, value, labels);

    public override string ToString() => _text.ToString();

    /// <remarks>The samples of one name stand together under one heading, so the help of the first is the one shown.</remarks>
    private void Write(
        string type, string name, string help, double value, ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (name != _last)
        {
            _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
            _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
            _last = name;
        }

        _text.Append(name);
        for (var i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        }

        _text.Append(labels.Length > 0 ? "} " : " ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
