using System.Buffers;
using System.Text.Json;

namespace ProvenanceGrains.Query.Events;

/// <summary>Reads single members of an event as it is stored, and puts its record time in, without parsing the whole of it.</summary>
public static class StoredEvent
{
    /// <summary>The deepest nesting that is read; capture allows less.</summary>
    public const int MaxDepth = 128;

    // Beside what is no JSON, the reader throws an InvalidOperationException for a text that is no Unicode (half a surrogate pair).
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>The value of the top-level member <c>eventID</c>; null if there is none or this is not a JSON object.</summary>
    public static string? ReadEventId(ReadOnlySpan<byte> content)
    {
        try
        {
            var reader = new Utf8JsonReader(content, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals("eventID"u8);
                reader.Read();
                if (found)
                {
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }

                reader.Skip();
            }

            return null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// Writes the event with the engine's own <c>recordTime</c> as its last member, in place of the sender's, if it
    /// brought one; every other byte stays as it came.
    /// </summary>
    /// <exception cref="InvalidDataException">The content is no JSON object.</exception>
    public static void WriteWithRecordTime(IBufferWriter<byte> output, ReadOnlySpan<byte> content, long recordTimeMs)
    {
        var (start, end, alone) = FindRecordTime(content);
        var close = content.LastIndexOf((byte)'}');
        if (close < 1 || close < end)
        {
            throw new InvalidDataException("A stored event is no JSON object.");
        }

        output.Write(content[..start]);
        output.Write(content[end..close]);
        output.Write(alone ? "\"recordTime\":\""u8 : ",\"recordTime\":\""u8);
        Span<byte> time = stackalloc byte[32];
        var length = System.Text.Encoding.ASCII.GetBytes(Instants.ToText(recordTimeMs), time);
        output.Write(time[..length]);
        output.Write("\"}"u8);
    }

    /// <summary>The bytes of the sender's top-level <c>recordTime</c> with one comma; empty at 0 if there is none.</summary>
    /// <returns>Where it starts and ends, and whether nothing else is in the object.</returns>
    private static (int Start, int End, bool Alone) FindRecordTime(ReadOnlySpan<byte> content)
    {
        // The usual case: neither the word nor an escape that could spell it, so there is nothing to look for.
        if (content.IndexOf("\"recordTime\""u8) < 0 && !content.Contains((byte)'\\'))
        {
            return (0, 0, false);
        }

        try
        {
            var reader = new Utf8JsonReader(content, Options);
            reader.Read();
            var previousEnd = (int)reader.BytesConsumed;
            var first = true;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals("recordTime"u8);
                var start = (int)reader.TokenStartIndex;
                reader.Read();
                reader.Skip();
                var end = (int)reader.BytesConsumed;
                if (!found)
                {
                    (previousEnd, first) = (end, false);
                    continue;
                }

                if (!first)
                {
                    return (previousEnd, end, false);
                }

                var comma = content[end..].IndexOf((byte)',');
                var more = reader.Read() && reader.TokenType == JsonTokenType.PropertyName;
                return more ? (start, end + comma + 1, false) : (start, end, true);
            }

            return (0, 0, false);
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException("A stored event is no JSON object.", damaged);
        }
    }
}
