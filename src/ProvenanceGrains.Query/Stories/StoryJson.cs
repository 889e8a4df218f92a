using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProvenanceGrains.Epcis.Identifiers;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Query.Events;

namespace ProvenanceGrains.Query.Stories;

/// <summary>Writes <c>provenancegrains-story/v1</c> (docs/api.md).</summary>
internal static class StoryJson
{
    public const string Format = "provenancegrains-story/v1";

    // Never embedded in HTML: the page is rendered from it and encodes for itself.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(StoryContent story)
    {
        var buffer = new ArrayBufferWriter<byte>(16 << 10);
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteString("format", Format);
        WriteEntity(json, "entity", story.Entity);
        WriteProduct(json, story);
        WriteState(json, story.State);
        json.WriteStartObject("journal");
        json.WriteNumber("length", story.Extent.Length);
        json.WriteNumber("sealed", story.Extent.Sealed);
        json.WriteNumber("firstShown", story.FirstShown);
        json.WriteEndObject();
        json.WriteStartArray("events");
        foreach (var (shown, leaf) in story.Events)
        {
            WriteEvent(json, shown, leaf);
        }

        json.WriteEndArray();
        WriteSurroundings(json, story);
        WriteLinks(json, story.Entity);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteProduct(Utf8JsonWriter json, StoryContent story)
    {
        json.WriteString("uri", story.Identifier.CanonicalUri);
        json.WriteString("level", LevelOf(story.Identifier.Kind));
        json.WriteStartArray("identifiers");
        foreach (var (ai, title, value) in IdentifierParts.Of(story.Identifier))
        {
            json.WriteStartObject();
            json.WriteString("ai", ai);
            json.WriteString("title", title);
            json.WriteString("value", value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("name", story.Name);
        json.WriteStartObject("ilmd");
        foreach (var member in story.Ilmd)
        {
            member.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static string LevelOf(EpcKind kind) => kind switch
    {
        EpcKind.InstanceItem => "item",
        EpcKind.LogisticUnit => "logistic-unit",
        EpcKind.Lot => "lot",
        EpcKind.Class => "class",
        EpcKind.Location => "location",
        EpcKind.Party => "party",
        EpcKind.Document => "document",
        EpcKind.ServiceRelation => "service-relation",
        EpcKind.Shipment => "shipment",
        EpcKind.Other => "other",
    };

    private static void WriteState(Utf8JsonWriter json, StoryState state)
    {
        json.WriteStartObject("state");
        json.WriteString("bizStep", state.BizStep);
        json.WriteString("disposition", state.Disposition);
        json.WriteString("lastSeen", state.LastSeenMs is { } seen ? Instants.ToText(seen) : null);
        json.WriteString("location", state.Location);
        if (state.Parent is { } parent)
        {
            WriteEntity(json, "parent", parent);
        }
        else
        {
            json.WriteNull("parent");
        }

        json.WriteBoolean("active", state.Active);
        json.WriteEndObject();
    }

    private static void WriteEvent(Utf8JsonWriter json, EventShown shown, long? leaf)
    {
        var header = shown.Entry.Header;
        json.WriteStartObject();
        json.WriteNumber("sequence", header.Sequence);
        if (leaf is { } index)
        {
            json.WriteNumber("leafIndex", index);
        }
        else
        {
            json.WriteNull("leafIndex");
        }

        json.WriteString("role", shown.Entry.Role);
        json.WriteString("eventID", shown.Text("eventID"));
        json.WriteString("type", shown.Text("type"));
        json.WriteString("eventTime", shown.Parsed is { } parsed ? Instants.ToText(parsed.EventTimeMs) : shown.Text("eventTime"));
        json.WriteString("eventTimeZoneOffset", shown.Text("eventTimeZoneOffset"));
        json.WriteString("recordTime", Instants.ToText(header.TimeMs));
        json.WriteString("action", shown.Text("action"));
        json.WriteString("bizStep", shown.BizStep);
        json.WriteString("disposition", shown.Disposition);
        json.WriteString("readPoint", shown.ReadPoint);
        json.WriteString("bizLocation", shown.BizLocation);
        json.WritePropertyName("event");
        if (shown.Raw.ValueKind == JsonValueKind.Object)
        {
            json.WriteRawValue(shown.Entry.Content.Bytes.Span, skipInputValidation: true);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
    }

    private static void WriteSurroundings(Utf8JsonWriter json, StoryContent story)
    {
        json.WriteStartArray("origins");
        foreach (var origin in story.Origins)
        {
            json.WriteStartObject();
            json.WriteString("key", origin.Entity.Key);
            json.WriteString("relation", origin.Relation);
            json.WriteNumber("depth", origin.Depth);
            json.WriteString("name", origin.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("originsTruncated", story.OriginsTruncated);
        json.WriteStartObject("places");
        foreach (var (id, place) in story.Places)
        {
            json.WriteStartObject(id);
            json.WriteString("name", place.Name);
            WriteDegrees(json, "latitude", place.Latitude);
            WriteDegrees(json, "longitude", place.Longitude);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteDegrees(Utf8JsonWriter json, string name, double? degrees)
    {
        if (degrees is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteLinks(Utf8JsonWriter json, EntityId entity)
    {
        var path = KeyPaths.Of(entity.Key);
        json.WriteStartObject("links");
        json.WriteString("bundle", $"/entities/{entity.Kind}/{path}/bundle");
        json.WriteString("history", $"/entities/{entity.Kind}/{path}/journal");
        json.WriteString("trace", $"/trace/{path}?direction=both");
        json.WriteString("qr", KeyPaths.IsDigitalLink(entity.Key) ? $"/qr/{path}.svg" : null);
        json.WriteString("checkpoint", "/log/checkpoint");
        json.WriteString("vkey", "/log/vkey");
        json.WriteString("policy", "/log/policy");
        json.WriteEndObject();
    }

    private static void WriteEntity(Utf8JsonWriter json, string name, EntityId entity)
    {
        json.WriteStartObject(name);
        json.WriteString("kind", entity.Kind);
        json.WriteString("key", entity.Key);
        json.WriteEndObject();
    }
}
