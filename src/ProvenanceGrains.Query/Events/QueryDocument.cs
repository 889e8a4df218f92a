using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Query.Events;

/// <summary>Writes events as EPCIS 2.0 JSON: each exactly as it was captured, with the engine's own <c>recordTime</c>.</summary>
/// <remarks>
/// Each event carries the contexts that were in force for it, so events of different senders stand side by side
/// without their prefixes being mixed up (JSON-LD 1.1 section 4.1, an object's own context adds to the one around it).
/// </remarks>
public static class QueryDocument
{
    private const int FlushBytes = 64 << 10;

    /// <summary>Writes an <c>EPCISQueryDocument</c> (EPCIS 2.0 JSON schema), flushing as it goes.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="events">The events of the page.</param>
    /// <param name="createdMs">Creation date: milliseconds since the epoch.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async ValueTask WriteAsync(
        PipeWriter output, IReadOnlyList<StoredMatter> events, long createdMs, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(events);
        output.Write(Encoding.UTF8.GetBytes(
            $$"""
            {"@context":["{{JsonLdContext.EpcisContextUrl}}"],"type":"EPCISQueryDocument","schemaVersion":"2.0",
            """));
        output.Write(Encoding.UTF8.GetBytes($"\"creationDate\":\"{Instants.ToText(createdMs)}\","));
        output.Write(
            "\"epcisBody\":{\"queryResults\":{\"queryName\":\"SimpleEventQuery\",\"resultsBody\":{\"eventList\":["u8);
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            StoredEvent.WriteWithRecordTime(output, events[i].Content.Span, events[i].RecordTimeMs);
            if (output.UnflushedBytes > FlushBytes)
            {
                await output.FlushAsync(cancellation);
            }
        }

        output.Write("]}}}}"u8);
        await output.FlushAsync(cancellation);
    }

    /// <summary>One event as a JSON object that stands alone.</summary>
    public static byte[] WriteEvent(StoredMatter matter)
    {
        ArgumentNullException.ThrowIfNull(matter);
        var buffer = new ArrayBufferWriter<byte>(matter.Content.Length + 64);
        StoredEvent.WriteWithRecordTime(buffer, matter.Content.Span, matter.RecordTimeMs);
        return buffer.WrittenSpan.ToArray();
    }
}
