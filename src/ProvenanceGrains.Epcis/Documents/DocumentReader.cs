using System.Text.Json;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Json;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>
/// Reads what is around the events. Members may stand in any order: the document's type and context are looked up first,
/// which costs nothing where they stand first, as they do in practice.
/// </summary>
internal sealed class DocumentReader(ReadOnlyMemory<byte> body, ParseLimits limits, ErrorList errors, long? latestMs)
{
    private readonly ValueReader _values = new(body, limits, errors);
    private readonly List<EpcisEvent> _events = [];
    private JsonLdContext _context = JsonLdContext.Epcis;
    private EventReader? _eventReader;
    private long? _contextStart;
    private int _eventCount;
    private bool _documentIsWrong;

    /// <summary>Reads the document.</summary>
    /// <returns>Null if the document as such is wrong.</returns>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public EpcisDocument? Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            errors.Add(EpcisErrorCodes.WrongType, 0, "", "The document must be a JSON object.");
            reader.Skip();
            reader.Read();
            return null;
        }

        _eventReader = new EventReader(body, _values, latestMs);
        if (FindKind(reader) is not { } kind)
        {
            return null;
        }

        if (kind == DocumentKind.BareEvent)
        {
            errors.EventIndex = 0;
            if (_eventReader.Read(ref reader, 0, outer: null) is { } single)
            {
                _context = single.Context;
                _events.Add(single);
            }

            _eventCount = 1;
        }
        else
        {
            ReadDocument(ref reader, kind);
        }

        // There is nothing after the document but space.
        reader.Read();
        return _documentIsWrong ? null : new EpcisDocument(kind, _context, _eventCount, _events);
    }

    /// <summary>Looks at a copy of the reader for <c>type</c> and <c>@context</c>.</summary>
    private DocumentKind? FindKind(Utf8JsonReader reader)
    {
        DocumentKind? kind = null;
        var hasContext = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName && (kind is null || !hasContext))
        {
            if (kind is null && Is(ref reader, "type"u8))
            {
                reader.Read();
                kind = reader.TokenType != JsonTokenType.String ? DocumentKind.BareEvent
                    : Is(ref reader, "EPCISDocument"u8) ? DocumentKind.Document
                    : Is(ref reader, "EPCISQueryDocument"u8) ? DocumentKind.QueryDocument
                    : DocumentKind.BareEvent;
                hasContext |= kind == DocumentKind.BareEvent;
            }
            else if (!hasContext && Is(ref reader, "@context"u8))
            {
                hasContext = true;
                reader.Read();
                _contextStart = reader.TokenStartIndex;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        if (kind is null)
        {
            errors.Add(
                EpcisErrorCodes.MissingField, 0, "type",
                "The document must have 'type': EPCISDocument, EPCISQueryDocument or an event type.", missing: true);
        }

        return kind;
    }

    /// <summary>Whether the text is that one. Half a surrogate pair, which the reader cannot unescape, is never.</summary>
    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> text) =>
        !(reader.ValueIsEscaped && Utf8Text.HasLoneSurrogateEscape(reader.ValueSpan)) && reader.ValueTextEquals(text);

    private void ReadDocument(ref Utf8JsonReader reader, DocumentKind kind)
    {
        ReadContext(reader);
        var present = new HashSet<string>(StringComparer.Ordinal);
        _values.Names.Open();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!_values.TryUnescape(ref reader, "document", out var name))
            {
                reader.Skip();
                _documentIsWrong = true;
                continue;
            }

            if (!_values.Names.Add(name))
            {
                _values.DuplicateName(ref reader, name);
                reader.Skip();
                _documentIsWrong = true;
                continue;
            }

            if (KnownName(name, kind) is not { } known)
            {
                Extension(ref reader, name, kind.ToString());
                continue;
            }

            present.Add(known);
            reader.Read();
            ReadMember(ref reader, known, kind);
        }

        _values.Names.Close();
        string[] required = kind == DocumentKind.Document
            ? ["@context", "type", "schemaVersion", "creationDate", "epcisBody"]
            : ["@context", "type", "epcisBody"];
        foreach (var name in required.Where(name => !present.Contains(name)))
        {
            Wrong(EpcisErrorCodes.MissingField, 0, name, $"The document must have '{name}'.", missing: true);
        }
    }

    private void ReadContext(Utf8JsonReader reader)
    {
        while (_contextStart is { } start && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            if (reader.TokenStartIndex != start)
            {
                reader.Skip();
                continue;
            }

            var before = errors.Count;
            if (ContextReader.Read(ref reader, body, _values, null) is { } context)
            {
                _context = context;
                if (!context.HasEpcis)
                {
                    errors.Add(
                        EpcisErrorCodes.InvalidValue, start, "@context",
                        $"The @context must name the EPCIS context, {JsonLdContext.EpcisContextUrl}.");
                }
            }

            _documentIsWrong |= errors.Count != before;
            return;
        }
    }

    private static string? KnownName(ReadOnlySpan<byte> name, DocumentKind kind) =>
        name.SequenceEqual("@context"u8) ? "@context"
        : name.SequenceEqual("type"u8) ? "type"
        : name.SequenceEqual("id"u8) ? "id"
        : name.SequenceEqual("schemaVersion"u8) ? "schemaVersion"
        : name.SequenceEqual("creationDate"u8) ? "creationDate"
        : name.SequenceEqual("epcisBody"u8) ? "epcisBody"
        : kind == DocumentKind.QueryDocument ? null
        : name.SequenceEqual("instanceIdentifier"u8) ? "instanceIdentifier"
        : name.SequenceEqual("sender"u8) ? "sender"
        : name.SequenceEqual("receiver"u8) ? "receiver"
        : name.SequenceEqual("epcisHeader"u8) ? "epcisHeader"
        : null;

    private void ReadMember(ref Utf8JsonReader reader, string name, DocumentKind kind)
    {
        if (name == "epcisBody")
        {
            ReadBody(ref reader, kind);
            return;
        }

        var before = errors.Count;
        var shapes = new ShapeReader(_values);
        switch (name)
        {
            case "@context":
            case "type":
                reader.Skip();
                break;
            case "id":
                _values.TryUri(ref reader, name, out _);
                break;
            case "schemaVersion":
                shapes.ReadValue(ref reader, name, ValueRule.Version);
                break;
            case "creationDate":
                _values.TryInstant(ref reader, name, out _);
                break;
            case "epcisHeader":
                shapes.Read(ref reader, name, ObjectShape.Header);
                break;
            default:
                _values.TryText(ref reader, name, out _);
                break;
        }

        _documentIsWrong |= errors.Count != before;
    }

    /// <summary>The path from <c>epcisBody</c> to the events: one level in a document, three in a query document.</summary>
    private void ReadBody(ref Utf8JsonReader reader, DocumentKind kind)
    {
        if (kind == DocumentKind.Document)
        {
            ReadContainer(ref reader, "epcisBody", ["eventList"], allowAny: true);
        }
        else
        {
            ReadContainer(ref reader, "epcisBody", ["queryResults"], allowAny: false);
        }
    }

    private void ReadContainer(ref Utf8JsonReader reader, string where, scoped ReadOnlySpan<string> required, bool allowAny)
    {
        if (!_values.TryObject(ref reader, where))
        {
            _documentIsWrong = true;
            return;
        }

        var start = reader.TokenStartIndex;
        var found = new HashSet<string>(StringComparer.Ordinal);
        _values.Names.Open();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!_values.TryUnescape(ref reader, where, out var name))
            {
                reader.Skip();
                _documentIsWrong = true;
            }
            else if (!_values.Names.Add(name))
            {
                _values.DuplicateName(ref reader, name);
                reader.Skip();
                _documentIsWrong = true;
            }
            else if (!TryReadContained(ref reader, where, name, found))
            {
                if (allowAny)
                {
                    Any(ref reader, where);
                }
                else
                {
                    Extension(ref reader, name, where);
                }
            }
        }

        _values.Names.Close();
        foreach (var name in required)
        {
            if (!found.Contains(name))
            {
                Wrong(EpcisErrorCodes.MissingField, start, name, $"{where} must have '{name}'.", missing: true);
            }
        }
    }

    private bool TryReadContained(
        ref Utf8JsonReader reader, string where, scoped ReadOnlySpan<byte> name, HashSet<string> found)
    {
        switch (where)
        {
            case "epcisBody" or "resultsBody" when name.SequenceEqual("eventList"u8):
                found.Add("eventList");
                reader.Read();
                ReadEvents(ref reader);
                return true;
            case "epcisBody" when name.SequenceEqual("queryResults"u8):
                found.Add("queryResults");
                reader.Read();
                ReadContainer(ref reader, "queryResults", ["queryName", "resultsBody"], allowAny: false);
                return true;
            case "queryResults" when name.SequenceEqual("resultsBody"u8):
                found.Add("resultsBody");
                reader.Read();
                ReadContainer(ref reader, "resultsBody", ["eventList"], allowAny: false);
                return true;
            case "queryResults" when name.SequenceEqual("queryName"u8) || name.SequenceEqual("subscriptionID"u8):
                var text = name.SequenceEqual("queryName"u8) ? "queryName" : "subscriptionID";
                found.Add(text);
                reader.Read();
                _documentIsWrong |= !_values.TryText(ref reader, text, out _);
                return true;
            case "resultsBody" when name.SequenceEqual("vocabularyList"u8):
                reader.Read();
                var before = errors.Count;
                new ShapeReader(_values).ReadList(ref reader, "vocabularyList", ObjectShape.Vocabulary);
                _documentIsWrong |= errors.Count != before;
                return true;
            default:
                return false;
        }
    }

    private void ReadEvents(ref Utf8JsonReader reader)
    {
        if (!_values.TryArray(ref reader, "eventList"))
        {
            _documentIsWrong = true;
            return;
        }

        var start = reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (_eventCount == limits.MaxEventsPerDocument)
            {
                reader.Skip();
                if (!_documentIsWrong)
                {
                    Wrong(
                        EpcisErrorCodes.LimitExceeded, start, "eventList",
                        $"The document has more than {limits.MaxEventsPerDocument} events.");
                }

                continue;
            }

            errors.EventIndex = _eventCount;
            if (_eventReader!.Read(ref reader, _eventCount, _context) is { } read)
            {
                _events.Add(read);
            }

            _eventCount++;
            errors.EventIndex = null;
        }
    }

    private void Extension(ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> name, string where)
    {
        var before = errors.Count;
        if (!Utf8Text.IsUri(name))
        {
            _values.UnknownName(ref reader, name, where);
        }

        _documentIsWrong |= errors.Count != before;
        Any(ref reader, where);
    }

    private void Any(ref Utf8JsonReader reader, string where)
    {
        var before = errors.Count;
        reader.Read();
        _values.Walk(ref reader, where);
        _documentIsWrong |= errors.Count != before;
    }

    private void Wrong(string code, long offset, string field, string message, bool missing = false)
    {
        errors.Add(code, offset, field, message, missing);
        _documentIsWrong = true;
    }
}
