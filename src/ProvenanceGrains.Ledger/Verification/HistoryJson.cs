using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProvenanceGrains.Ledger.Entries;

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

        return new HistoryJsonReader(json).TryRead(out history, out error);
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
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(history);
        writer.WriteStartObject();
        writer.WriteString("format", History.Format);
        if (history.VkeyHint is { } vkey)
        {
            writer.WriteString("vkey", vkey);
        }

        writer.WriteStartObject("entity");
        writer.WriteString("kind", history.Entity.Kind);
        writer.WriteString("key", history.Entity.Key);
        writer.WriteEndObject();
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
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, HistoryEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteNumber("leafIndex", entry.LeafIndex);
        writer.WriteBase64String("header", entry.Header.Span);
        writer.WriteStartArray("proof");
        foreach (var hash in entry.Proof)
        {
            writer.WriteBase64StringValue(hash.AsSpan());
        }

        writer.WriteEndArray();
        writer.WriteStartArray("groups");
        for (var i = 0; i < entry.Groups.Count; i++)
        {
            Write(writer, i + 1, entry.Groups[i]);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, int number, DisclosedGroup group)
    {
        writer.WriteStartObject();
        writer.WriteNumber("group", number);
        writer.WriteString("state", group.State switch
        {
            GroupState.Disclosed => "disclosed",
            GroupState.Withheld => "withheld",
            GroupState.Erased => "erased",
        });
        if (group.State == GroupState.Disclosed)
        {
            Span<byte> salt = stackalloc byte[Salt.Size];
            group.Salt.CopyTo(salt);
            writer.WriteBase64String("salt", salt);
            writer.WriteBase64String("content", group.Content.Span);
        }
        else
        {
            writer.WriteBase64String("digest", group.Digest.AsSpan());
        }

        writer.WriteEndObject();
    }
}
