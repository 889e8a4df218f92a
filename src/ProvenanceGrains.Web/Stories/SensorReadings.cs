using System.Globalization;
using System.Text.Json;
using ProvenanceGrains.Web.Languages;

namespace ProvenanceGrains.Web.Stories;

/// <summary>
/// The numbers in an event's sensor reports (EPCIS 2.0 section 7.3.7), a line each, e.g. <c>Temperature 14.5–17 °C</c>.
/// <c>facts.js</c> writes them again from the proven bytes and compares.
/// </summary>
public static class SensorReadings
{
    // A logger can report thousands of values; the captured event below has them all.
    private const int MaxShown = 6;

    // Inside these bounds .NET and JavaScript write a number with the same digits.
    private const double Smallest = 1e-4;
    private const double Largest = 1e15;

    public static IReadOnlyList<string> Of(JsonElement? captured, Texts text) =>
        [.. Items(captured ?? default, "sensorElementList")
            .SelectMany(element => Items(element, "sensorReport"))
            .Select(report => Show(report, text))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Take(MaxShown)];

    private static string? Show(JsonElement report, Texts text)
    {
        if (Word(report, "type") is not { } type || Amount(report) is not { } amount)
        {
            return null;
        }

        var unit = Word(report, "uom") is { } uom ? " " + text.Term("unit", uom) : "";
        return $"{text.Term("measure", type[(type.LastIndexOfAny([':', '/']) + 1)..])} {amount}{unit}".Trim();
    }

    private static string? Amount(JsonElement report) =>
        Number(report, "value")
        ?? (Number(report, "minValue") is { } low && Number(report, "maxValue") is { } high ? $"{low}–{high}" : Number(report, "meanValue"));

    private static string? Number(JsonElement report, string name) =>
        report.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number
        && member.TryGetDouble(out var value) && (value == 0 || Math.Abs(value) is >= Smallest and < Largest)
            ? (value == 0 ? 0 : value).ToString("R", CultureInfo.InvariantCulture)
            : null;

    private static string? Word(JsonElement report, string name) =>
        report.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)
            : [];
}
