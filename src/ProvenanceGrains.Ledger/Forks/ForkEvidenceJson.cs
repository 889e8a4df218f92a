using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Text;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Forks;

/// <summary>Reads and writes <c>provenancegrains-fork/v1</c> documents (docs/formats.md).</summary>
public static class ForkEvidenceJson
{
    private const int MaxDepth = 8;

    /// <summary>Reads a document; strict: unknown, missing and repeated members are refused.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out ForkEvidence? evidence, [NotNullWhen(false)] out string? error)
    {
        evidence = null;
        if (json.Length > ForkEvidence.MaxBytes)
        {
            error = $"Evidence of a fork has at most {ForkEvidence.MaxBytes} bytes, not {json.Length}.";
            return false;
        }

        var reader = new StrictJsonReader(json, "evidence", MaxDepth);
        evidence = reader.ReadDocument(static (ref StrictJsonReader document) => Read(ref document));
        error = reader.Error;
        return evidence is not null;
    }

    /// <summary>Writes a document: indented, members in the order of the specification.</summary>
    public static byte[] Write(ForkEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("format", ForkEvidence.Format);
            writer.WriteString("smaller", evidence.Smaller.ToString());
            writer.WriteString("larger", evidence.Larger.ToString());
            if (evidence.Root is { } root)
            {
                writer.WriteBase64String("root", root.AsSpan());
            }

            writer.WriteStartArray("proof");
            foreach (var hash in evidence.Proof)
            {
                writer.WriteBase64StringValue(hash.AsSpan());
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static ForkEvidence? Read(ref StrictJsonReader json)
    {
        string? format = null;
        SignedNote? smaller = null, larger = null;
        byte[]? root = null;
        List<Hash256>? proof = null;
        var seen = 0;
        json.Next(JsonTokenType.StartObject);
        while (json.NextMember(out var name))
        {
            json.Member = name;
            switch (name)
            {
                case "format" when StrictJsonReader.Once(ref seen, 0):
                    format = json.ReadString(64);
                    break;
                case "smaller" when StrictJsonReader.Once(ref seen, 1):
                    smaller = EntryJson.ReadNote(ref json);
                    break;
                case "larger" when StrictJsonReader.Once(ref seen, 2):
                    larger = EntryJson.ReadNote(ref json);
                    break;
                case "root" when StrictJsonReader.Once(ref seen, 3):
                    root = json.ReadBytes(Hash256.Size, Hash256.Size);
                    break;
                case "proof" when StrictJsonReader.Once(ref seen, 4):
                    proof = EntryJson.ReadHashes(ref json, ForkEvidence.MaxHashes);
                    break;
                default:
                    json.Fail("it is unknown or repeated");
                    break;
            }

            json.Member = null;
        }

        if (json.Error is null && format != ForkEvidence.Format)
        {
            json.Fail($"the format is not '{ForkEvidence.Format}'");
        }

        if (smaller is null || larger is null || proof is null)
        {
            json.Fail("a member is missing: smaller, larger or proof");
            return null;
        }

        return new ForkEvidence(smaller, larger, root is null ? null : new Hash256(root), proof);
    }
}
