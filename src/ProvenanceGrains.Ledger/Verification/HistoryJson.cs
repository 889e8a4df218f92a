using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Verification;

/// <summary>Reads and writes <c>provenancegrains-history/v1</c> documents (docs/formats.md).</summary>
public static class HistoryJson
{
    /// <summary>Reads a document; unknown, missing and repeated members are refused. No tree of it is built.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out History? history, [NotNullWhen(false)] out string? error)
    {
        history = null;
        if (json.Length > History.MaxBytes)
        {
            error = $"A history has at most {History.MaxBytes} bytes, not {json.Length}.";
            return false;
        }

        var reader = new StrictJsonReader(json, "history", HistoryJsonReader.MaxDepth);
        history = reader.ReadDocument(HistoryJsonReader.Read);
        error = reader.Error;
        return history is not null;
    }

    /// <summary>Writes a document: indented, members in the order of the specification.</summary>
    public static byte[] Write(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var buffer = new ArrayBufferWriter<byte>();
        // The relaxed encoder leaves '+' and other scripts as they are; the document is never embedded in HTML.
        using (var writer = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(writer, history);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the document into a writer, e.g. one over a response.</summary>
    public static void Write(Utf8JsonWriter writer, History history)
    {
        foreach (var _ in WriteInPieces(writer, history))
        {
        }
    }

    /// <summary>Writes the document piece by piece, a piece at each step: the caller may empty the writer in between.</summary>
    /// <returns>After each entry, how many bytes wait in the writer.</returns>
    public static IEnumerable<int> WriteInPieces(Utf8JsonWriter writer, History history)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(history);
        return Pieces(writer, history);
    }

    private static IEnumerable<int> Pieces(Utf8JsonWriter writer, History history)
    {
        writer.WriteStartObject();
        writer.WriteString("format", History.Format);
        if (history.VkeyHint is { } vkey)
        {
            writer.WriteString("vkey", vkey);
        }

        EntryJson.Write(writer, history.Entity);
        if (history.IndexProof is { } proof)
        {
            writer.WriteBase64String("indexProof", proof.Vrf.Span);
        }

        writer.WriteString("checkpoint", history.Checkpoint.ToString());
        if (history.Total is { } total)
        {
            writer.WriteNumber("total", total);
        }

        writer.WriteStartArray("entries");
        foreach (var entry in history.Entries)
        {
            Write(writer, entry);
            yield return writer.BytesPending;
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, HistoryEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteNumber("leafIndex", entry.LeafIndex);
        writer.WriteBase64String("header", entry.Header.Span);
        EntryJson.WriteHashes(writer, "proof", entry.Proof);
        EntryJson.WriteGroups(writer, entry.Groups);
        writer.WriteEndObject();
    }
}
