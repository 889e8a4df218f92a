using System.Text.Json;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Identifiers;
using ProvenanceGrains.Query.Events;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Query.Stories;

/// <summary>One entry of a story with its event, read as far as it can be read.</summary>
/// <remarks>
/// The story says what the event itself says, with only these respellings, which the browser's verifier does again: a CBV
/// term becomes its bare word, and a place with a global location number becomes its Digital Link.
/// </remarks>
internal sealed class EventShown
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = StoredEvent.MaxDepth };

    private EventShown(StoredEntry entry, JsonElement raw, EpcisEvent? parsed)
    {
        Entry = entry;
        Raw = raw;
        Parsed = parsed;
    }

    public StoredEntry Entry { get; }

    /// <summary>The event object; undefined if the content is none.</summary>
    public JsonElement Raw { get; }

    /// <summary>Null if the content breaks the standard: damaged, or no EPCIS event at all.</summary>
    public EpcisEvent? Parsed { get; }

    public string? BizStep => Text("bizStep") is { } step ? BareTerm(step) : null;

    public string? Disposition => Text("disposition") is { } disposition ? BareTerm(disposition) : null;

    public string? ReadPoint => PlaceOf("readPoint", Parsed?.ReadPoint);

    public string? BizLocation => PlaceOf("bizLocation", Parsed?.BizLocation);

    public static EventShown Read(StoredEntry entry)
    {
        var content = entry.Content.Bytes;
        try
        {
            var raw = JsonElement.Parse(content.Span, Options);
            if (raw.ValueKind != JsonValueKind.Object)
            {
                return new EventShown(entry, default, null);
            }

            return new EventShown(
                entry, raw, EpcisDocumentParser.TryParseStored(content, out var parsed, out _) ? parsed : null);
        }
        catch (JsonException)
        {
            // Damaged in the store. The page shows the entry without its event, and its proof fails.
            return new EventShown(entry, default, null);
        }
    }

    /// <summary>A top-level member if it is a string.</summary>
    public string? Text(string name) => Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A top-level member; undefined if there is none.</summary>
    public JsonElement Member(string name) =>
        Raw.ValueKind == JsonValueKind.Object && Raw.TryGetProperty(name, out var value) ? value : default;

    /// <summary>The bare word of a CBV business step or disposition in any of its spellings; anything else as it stands.</summary>
    public static string BareTerm(string value)
    {
        foreach (var prefix in (ReadOnlySpan<string>)
            [
                "urn:epcglobal:cbv:bizstep:", "urn:epcglobal:cbv:disp:",
                "https://ref.gs1.org/cbv/BizStep-", "https://ref.gs1.org/cbv/Disp-",
                "http://ref.gs1.org/cbv/BizStep-", "http://ref.gs1.org/cbv/Disp-",
                "https://ns.gs1.org/cbv/BizStep-", "https://ns.gs1.org/cbv/Disp-",
                "http://ns.gs1.org/cbv/BizStep-", "http://ns.gs1.org/cbv/Disp-",
                "cbv:BizStep-", "cbv:Disp-",
            ])
        {
            if (value.Length > prefix.Length && value.StartsWith(prefix, StringComparison.Ordinal))
            {
                return value[prefix.Length..];
            }
        }

        return value;
    }

    /// <summary>How a story writes a place.</summary>
    public static string PlaceText(Epc place) =>
        place.CanonicalKey.StartsWith("414/", StringComparison.Ordinal) ? place.CanonicalUri : place.Original;

    private string? PlaceOf(string name, Epc? parsed)
    {
        if (parsed is { } place)
        {
            return PlaceText(place);
        }

        var value = Member(name);
        return value.ValueKind == JsonValueKind.Object
            && value.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
                ? id.GetString()
                : null;
    }
}
