using System.Globalization;
using System.Text.Json;
using ProvenanceGrains.Web.Languages;

namespace ProvenanceGrains.Web.Stories;

/// <summary>
/// What a transformation made, for the page of one of its inputs. <c>shown.js</c> writes it again from the proven bytes.
/// </summary>
public static class MadeProducts
{
    // Of more, only their number is said; the captured event below has them all.
    private const int MaxShown = 3;

    private const string DigitalLinkHost = "https://id.gs1.org/";

    /// <summary>The outputs, each with the path of its page or null; of too many only how many they are.</summary>
    public static IReadOnlyList<(string Text, string? Path)> Of(JsonElement? captured, Texts text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var source = captured ?? default;
        string[] ids =
        [
            .. Items(source, "outputEPCList").Concat(Items(source, "outputQuantityList").Select(quantity =>
                    quantity.ValueKind == JsonValueKind.Object && quantity.TryGetProperty("epcClass", out var id) ? id : default))
                .Where(id => id.ValueKind == JsonValueKind.String)
                .Select(id => id.GetString()!)
                .Distinct(StringComparer.Ordinal),
        ];
        return ids.Length > MaxShown
            ? [(text.Format("madeCount", ids.Length.ToString(CultureInfo.InvariantCulture)), null)]
            : [.. ids.Select(Show)];
    }

    /// <summary>Their name as the event's master data, which are those of the outputs, give it; or null.</summary>
    public static string? NameOf(JsonElement? captured)
    {
        if (captured is not { ValueKind: JsonValueKind.Object } source
            || !source.TryGetProperty("ilmd", out var ilmd) || ilmd.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return ilmd.EnumerateObject()
            .Where(member => member.Value.ValueKind == JsonValueKind.String
                && member.Name[(member.Name.LastIndexOfAny([':', '/', '#']) + 1)..] == "descriptionShort")
            .Select(member => member.Value.GetString())
            .FirstOrDefault(name => !string.IsNullOrWhiteSpace(name));
    }

    private static (string Text, string? Path) Show(string id)
    {
        if (!id.StartsWith(DigitalLinkHost, StringComparison.Ordinal))
        {
            return (id, null);
        }

        var key = id[DigitalLinkHost.Length..];
        return (key, ShownAs.ProductPath(key));
    }

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray()
            : [];
}
