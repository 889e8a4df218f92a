using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Text;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Bundles;

/// <summary>Reads and writes <c>provenancegrains-bundle/v1</c> documents (docs/formats.md).</summary>
public static class BundleJson
{
    // As it is written: the relaxed encoder leaves '+' and other scripts alone; the document is never embedded in HTML.
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads a document; unknown, missing and repeated members are refused. No tree of it is built.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out Bundle? bundle, [NotNullWhen(false)] out string? error)
    {
        bundle = null;
        if (json.Length > Bundle.MaxBytes)
        {
            error = $"A bundle has at most {Bundle.MaxBytes} bytes, not {json.Length}.";
            return false;
        }

        var reader = new StrictJsonReader(json, "bundle", BundleJsonReader.MaxDepth);
        bundle = reader.ReadDocument(BundleJsonReader.Read);
        error = reader.Error;
        return bundle is not null;
    }

    /// <summary>Writes a document: indented, members in the order of the specification.</summary>
    public static byte[] Write(Bundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            Write(writer, bundle);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the document into a writer, e.g. one over a response.</summary>
    public static void Write(Utf8JsonWriter writer, Bundle bundle)
    {
        foreach (var _ in WriteInPieces(writer, bundle))
        {
        }
    }

    /// <summary>Writes the document piece by piece, a piece at each step: the caller may empty the writer in between.</summary>
    /// <returns>After each entry and each hash, how many bytes wait in the writer.</returns>
    public static IEnumerable<int> WriteInPieces(Utf8JsonWriter writer, Bundle bundle)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(bundle);
        return Pieces(writer, bundle);
    }

    private static IEnumerable<int> Pieces(Utf8JsonWriter writer, Bundle bundle)
    {
        writer.WriteStartObject();
        writer.WriteString("format", Bundle.Format);
        if (bundle.VkeyHint is { } vkey)
        {
            writer.WriteString("vkey", vkey);
        }

        writer.WriteString("checkpoint", bundle.Checkpoint.ToString());
        Write(writer, "firstBlock", bundle.FirstBlock);
        Write(writer, "block", bundle.Block);
        writer.WriteStartArray("journals");
        foreach (var journal in bundle.Journals)
        {
            foreach (var piece in Pieces(writer, journal))
            {
                yield return piece;
            }
        }

        writer.WriteEndArray();
        writer.WriteStartArray("nodes");
        foreach (var node in bundle.Nodes)
        {
            writer.WriteBase64StringValue(node.AsSpan());
            yield return writer.BytesPending;
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, BundleBlock block)
    {
        writer.WriteStartObject(name);
        writer.WriteBase64String("header", block.Header.Span);
        writer.WriteBase64String("content", block.Content.Span);
        writer.WriteEndObject();
    }

    private static IEnumerable<int> Pieces(Utf8JsonWriter writer, BundleJournal journal)
    {
        writer.WriteStartObject();
        EntryJson.Write(writer, journal.Entity);
        if (journal.IndexProof is { } index)
        {
            writer.WriteBase64String("indexProof", index.Vrf.Span);
        }

        if (journal.Head is { } head)
        {
            Write(writer, head);
        }

        writer.WriteStartArray("entries");
        foreach (var entry in journal.Entries)
        {
            writer.WriteStartObject();
            writer.WriteNumber("leafIndex", entry.LeafIndex);
            writer.WriteBase64String("header", entry.Header.Span);
            EntryJson.WriteGroups(writer, entry.Groups);
            writer.WriteEndObject();
            yield return writer.BytesPending;
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, HeadMapProof head)
    {
        writer.WriteStartObject("head");
        EntryJson.WriteHashes(writer, "siblings", head.Siblings);
        if (head.Leaf is { } leaf)
        {
            writer.WriteStartObject("leaf");
            writer.WriteBase64String("index", leaf.Index.Value.AsSpan());
            writer.WriteNumber("length", leaf.Head.Length);
            writer.WriteBase64String("last", leaf.Head.LastLeafHash.AsSpan());
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
