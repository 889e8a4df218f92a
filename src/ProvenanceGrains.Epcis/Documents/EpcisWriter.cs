using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Json;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>An event as it is kept, with the time at which it was recorded.</summary>
/// <param name="Content">What <see cref="EpcisEvent.ToStoredContent"/> wrote.</param>
/// <param name="RecordTimeMs">Milliseconds since 1970-01-01T00:00:00Z; becomes <c>recordTime</c>.</param>
public readonly record struct RecordedEvent(ReadOnlyMemory<byte> Content, long RecordTimeMs);

/// <summary>
/// Writes recorded events as EPCIS 2.0 JSON-LD. Members are copied as they stand; only <c>recordTime</c> is set, and an
/// <c>@context</c> that all events of a document share moves up to the document.
/// </summary>
/// <exception cref="JsonException">From every method: the content is not what <see cref="EpcisEvent.ToStoredContent"/>
/// writes.</exception>
public static class EpcisWriter
{
    /// <summary>One event by itself.</summary>
    public static void WriteEvent(IBufferWriter<byte> output, RecordedEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(output);
        WriteEvent(output, Parts.Of(recorded), withContext: true);
    }

    /// <summary>An <c>EPCISDocument</c>.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="events">In their order; may be none.</param>
    /// <param name="creationMs">Becomes <c>creationDate</c>: milliseconds since the epoch.</param>
    public static void WriteDocument(
        IBufferWriter<byte> output, IReadOnlyList<RecordedEvent> events, long creationMs)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(events);
        var parts = events.Select(Parts.Of).ToArray();
        var shared = WriteOpening(output, parts, "EPCISDocument", creationMs);
        output.Write("\"epcisBody\":{\"eventList\":"u8);
        WriteEvents(output, parts, withContext: !shared);
        output.Write("}}"u8);
    }

    /// <summary>An <c>EPCISQueryDocument</c>.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="events">In their order; may be none.</param>
    /// <param name="creationMs">Becomes <c>creationDate</c>: milliseconds since the epoch.</param>
    /// <param name="queryName">The query that they answer, e.g. <c>SimpleEventQuery</c>.</param>
    /// <param name="subscriptionId">The subscription that they answer, if it is one.</param>
    public static void WriteQueryDocument(
        IBufferWriter<byte> output,
        IReadOnlyList<RecordedEvent> events,
        long creationMs,
        string queryName,
        string? subscriptionId = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(queryName);
        var parts = events.Select(Parts.Of).ToArray();
        var shared = WriteOpening(output, parts, "EPCISQueryDocument", creationMs);
        output.Write("\"epcisBody\":{\"queryResults\":{"u8);
        if (subscriptionId is not null)
        {
            WriteMember(output, "subscriptionID", subscriptionId);
        }

        WriteMember(output, "queryName", queryName);
        output.Write("\"resultsBody\":{\"eventList\":"u8);
        WriteEvents(output, parts, withContext: !shared);
        output.Write("}}}}"u8);
    }

    private static bool WriteOpening(IBufferWriter<byte> output, Parts[] parts, string type, long creationMs)
    {
        var shared = parts.Length > 0 && Array.TrueForAll(
            parts, part => part.Context.Span.SequenceEqual(parts[0].Context.Span));
        output.Write("{\"@context\":"u8);
        output.Write((shared ? parts[0].Context : JsonLdContext.Epcis.Json).Span);
        output.Write(","u8);
        WriteMember(output, "type", type);
        WriteMember(output, "schemaVersion", "2.0");
        WriteMember(output, "creationDate", Instant(creationMs));
        return shared;
    }

    private static void WriteEvents(IBufferWriter<byte> output, Parts[] parts, bool withContext)
    {
        output.Write("["u8);
        for (var i = 0; i < parts.Length; i++)
        {
            output.Write(i == 0 ? ""u8 : ","u8);
            WriteEvent(output, parts[i], withContext);
        }

        output.Write("]"u8);
    }

    private static void WriteEvent(IBufferWriter<byte> output, Parts parts, bool withContext)
    {
        output.Write("{"u8);
        if (withContext)
        {
            output.Write("\"@context\":"u8);
            output.Write(parts.Context.Span);
            output.Write(","u8);
        }

        WriteMember(output, "recordTime", Instant(parts.RecordTimeMs));
        output.Write(parts.Members.Span[..parts.OldRecordTime.Start.Value]);
        output.Write(parts.Members.Span[parts.OldRecordTime.End.Value..]);
    }

    /// <summary>A member and the comma after it.</summary>
    private static void WriteMember(IBufferWriter<byte> output, string name, string value) =>
        output.Write(Encoding.UTF8.GetBytes($"\"{name}\":\"{JavaScriptEncoder.Default.Encode(value)}\","));

    private static string Instant(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A stored event taken apart.</summary>
    /// <param name="Context">The value of <c>@context</c>.</param>
    /// <param name="Members">What follows it, to the closing brace.</param>
    /// <param name="OldRecordTime">Where in that a <c>recordTime</c> stands; empty if there is none.</param>
    /// <param name="RecordTimeMs">The new one.</param>
    private readonly record struct Parts(
        ReadOnlyMemory<byte> Context, ReadOnlyMemory<byte> Members, Range OldRecordTime, long RecordTimeMs)
    {
        public static Parts Of(RecordedEvent recorded)
        {
            var text = recorded.Content;
            var reader = new Utf8JsonReader(text.Span, new JsonReaderOptions { MaxDepth = ParseLimits.Stored.MaxDepth });
            if (!text.Span.StartsWith(StoredContent.Opening))
            {
                Refuse();
            }

            reader.Read();
            reader.Read();
            reader.Read();
            var context = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            if (text.Span[end] != ',')
            {
                Refuse();
            }

            var members = text[(end + 1)..];
            return new Parts(text[context..end], members, FindRecordTime(ref reader, text.Span, end + 1), recorded.RecordTimeMs);
        }

        private static Range FindRecordTime(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, int from)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals("recordTime"u8);
                var nameStart = (int)reader.TokenStartIndex;
                reader.Skip();
                if (found)
                {
                    var range = MemberRange.Find(text, nameStart, (int)reader.BytesConsumed);
                    return (range.Start.Value - from)..(range.End.Value - from);
                }
            }

            return 0..0;
        }

        [DoesNotReturn]
        private static void Refuse() => throw new JsonException("Not the content of a stored event.");
    }
}
