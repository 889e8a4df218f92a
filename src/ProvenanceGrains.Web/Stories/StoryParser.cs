using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace ProvenanceGrains.Web.Stories;

/// <summary>Reads <c>provenancegrains-story/v1</c>. A member that is absent or of another type is shown as absent.</summary>
public static class StoryParser
{
    /// <summary>The only format there is.</summary>
    public const string Format = "provenancegrains-story/v1";

    /// <summary>The deepest nesting that is read; captured events can nest far.</summary>
    public const int MaxDepth = 128;

    /// <summary>Events, origins and other lists are read up to this many elements.</summary>
    public const int MaxItems = 2_000;

    /// <summary>Reads a story; false with a reason when it is not JSON, of another format, or about no entity.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> json, [NotNullWhen(true)] out Story? story, [NotNullWhen(false)] out string? error)
    {
        story = null;
        JsonElement root;
        if (!IsUnicode(json.Span))
        {
            error = "The story holds a text that is no Unicode.";
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            root = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            error = $"The story is not JSON: {e.Message}";
            return false;
        }

        var entity = Member(root, "entity");
        var kind = Text(entity, "kind");
        var key = Text(entity, "key");
        error = Text(root, "format") != Format ? $"The story's format is not {Format}."
            : kind is null || key is null ? "The story names no entity."
            : null;
        if (error is not null)
        {
            return false;
        }

        story = Read(root, kind!, key!);
        return true;
    }

    /// <summary>
    /// Whether every text can be read: parsing looks at neither UTF-8 nor escapes, so that half of a surrogate pair would throw when the page
    /// is made. True for what is no JSON, which parsing tells.
    /// </summary>
    private static bool IsUnicode(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0)
        {
            return true;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    reader.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    private static Story Read(JsonElement root, string kind, string key)
    {
        var journal = Member(root, "journal");
        var events = Items(root, "events").Select(ReadEvent).OrderBy(e => e.Sequence).ToArray();
        return new Story
        {
            Kind = kind,
            Key = key,
            Uri = Text(root, "uri"),
            Level = Text(root, "level"),
            Identifiers = [.. Items(root, "identifiers").Select(ReadIdentifier)],
            Name = Text(root, "name"),
            Ilmd = [.. Members(root, "ilmd")],
            State = ReadState(Member(root, "state")),
            JournalLength = Integer(journal, "length") ?? events.Length,
            JournalSealed = Integer(journal, "sealed") ?? events.Count(e => e.LeafIndex is not null),
            FirstShown = Integer(journal, "firstShown") ?? 0,
            Events = events,
            Origins = [.. Items(root, "origins").Select(ReadOrigin).Where(o => o.Key.Length > 0)],
            OriginsTruncated = Member(root, "originsTruncated").ValueKind == JsonValueKind.True,
            Places = ReadPlaces(root),
            Links = ReadLinks(Member(root, "links")),
        };
    }

    private static StoryState ReadState(JsonElement state) => new(
        Text(state, "bizStep"),
        Text(state, "disposition"),
        Instant(state, "lastSeen"),
        Text(state, "location"),
        Text(Member(state, "parent"), "key"),
        Member(state, "active").ValueKind != JsonValueKind.False);

    private static StoryEvent ReadEvent(JsonElement e) => new()
    {
        Sequence = Integer(e, "sequence") ?? 0,
        LeafIndex = Integer(e, "leafIndex"),
        Role = Text(e, "role"),
        EventId = Text(e, "eventID"),
        Type = Text(e, "type"),
        EventTime = Instant(e, "eventTime"),
        Offset = Offset(Text(e, "eventTimeZoneOffset")),
        RecordTime = Instant(e, "recordTime"),
        Action = Text(e, "action"),
        BizStep = Text(e, "bizStep"),
        Disposition = Text(e, "disposition"),
        ReadPoint = Text(e, "readPoint"),
        BizLocation = Text(e, "bizLocation"),
        Event = Member(e, "event") is { ValueKind: JsonValueKind.Object } captured ? captured : null,
    };

    private static Identifier ReadIdentifier(JsonElement e) =>
        new(Text(e, "ai") ?? "", Text(e, "title") ?? "", Text(e, "value") ?? "");

    private static Origin ReadOrigin(JsonElement e) =>
        new(Text(e, "key") ?? "", Text(e, "relation"), Integer(e, "depth") ?? 1, Text(e, "name"));

    private static Dictionary<string, Place> ReadPlaces(JsonElement root)
    {
        var places = new Dictionary<string, Place>(StringComparer.Ordinal);
        foreach (var (id, value) in Members(root, "places"))
        {
            places[id] = new Place(Text(value, "name"), Degrees(value, "latitude", 90), Degrees(value, "longitude", 180));
        }

        return places;
    }

    private static StoryLinks ReadLinks(JsonElement links) => new(
        LocalPath(links, "bundle"),
        LocalPath(links, "history"),
        LocalPath(links, "trace"),
        LocalPath(links, "qr"),
        LocalPath(links, "checkpoint"),
        LocalPath(links, "vkey"),
        LocalPath(links, "policy"));

    // "//host" and "/\host" lead to another origin although they begin with a slash.
    private static string? LocalPath(JsonElement links, string name) =>
        Text(links, name) is { } path
        && path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal)
        && !path.Any(char.IsControl)
            ? path
            : null;

    private static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray().Take(MaxItems) : [];

    private static IEnumerable<KeyValuePair<string, JsonElement>> Members(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Object } members
            ? members.EnumerateObject().Take(MaxItems).Select(p => KeyValuePair.Create(p.Name, p.Value))
            : [];

    private static string? Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } value ? value : null;

    private static long? Integer(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) && value >= 0
            ? value
            : null;

    private static double? Degrees(JsonElement parent, string name, double limit) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var value)
        && Math.Abs(value) <= limit
            ? value
            : null;

    private static DateTimeOffset? Instant(JsonElement parent, string name) =>
        DateTimeOffset.TryParse(
            Text(parent, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : null;

    private static TimeSpan Offset(string? text)
    {
        // RFC 3339 section 5.6: "Z" or "+hh:mm"; DateTimeOffset itself allows up to 14 hours.
        if (text is not { Length: 6 } || text[0] is not ('+' or '-')
            || !TimeSpan.TryParseExact(text[1..], @"hh\:mm", CultureInfo.InvariantCulture, out var offset)
            || offset > TimeSpan.FromHours(14))
        {
            return TimeSpan.Zero;
        }

        return text[0] == '-' ? -offset : offset;
    }
}
