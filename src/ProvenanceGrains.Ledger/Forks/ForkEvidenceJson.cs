using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Forks;

/// <summary>Reads and writes <c>provenancegrains-fork/v1</c> documents (docs/formats.md).</summary>
public static class ForkEvidenceJson
{
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

        if (!Utf8.IsValid(json))
        {
            error = "The evidence is not UTF-8.";
            return false;
        }

        try
        {
            error = Read(json, out evidence);
        }
        catch (JsonException exception)
        {
            error = $"The evidence is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}.";
        }
        catch (InvalidOperationException)
        {
            // A string with an escaped lone surrogate has no value.
            error = "A string of the evidence is not well-formed Unicode.";
        }

        evidence = error is null ? evidence : null;
        return error is null;
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

    private static string? Read(ReadOnlySpan<byte> json, out ForkEvidence? evidence)
    {
        evidence = null;
        string? error = null;
        SignedNote? smaller = null, larger = null;
        Hash256? root = null;
        List<Hash256>? proof = null;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 2 });
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return "The evidence is no JSON object.";
        }

        while (error is null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan.Length <= 16 ? reader.GetString()! : "a long name";
            reader.Read();
            error = !seen.Add(name) ? $"Member '{name}' is repeated." : name switch
            {
                "format" => reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(ForkEvidence.Format)
                    ? null : $"The format is not '{ForkEvidence.Format}'.",
                "smaller" => ReadNote(ref reader, name, out smaller),
                "larger" => ReadNote(ref reader, name, out larger),
                "root" => ReadHash(ref reader, name, out root),
                "proof" => ReadProof(ref reader, out proof),
                _ => $"Member '{name}' is unknown.",
            };
        }

        error ??= !seen.Contains("format") || smaller is null || larger is null || proof is null
            ? "A member of the evidence is missing: format, smaller, larger or proof." : null;
        error ??= reader.Read() ? "Something follows the evidence." : null;
        evidence = error is null ? new ForkEvidence(smaller!, larger!, root, proof!) : null;
        return error;
    }

    private static string? ReadNote(ref Utf8JsonReader reader, string name, out SignedNote? note)
    {
        note = null;
        return reader.TokenType != JsonTokenType.String ? $"Member '{name}' is no string."
            : SignedNote.TryParse(Encoding.UTF8.GetBytes(reader.GetString()!), out note, out var error) ? null
            : $"Member '{name}': {error}";
    }

    private static string? ReadHash(ref Utf8JsonReader reader, string name, out Hash256? hash)
    {
        hash = null;
        if (reader.TokenType != JsonTokenType.String
            || reader.ValueIsEscaped
            || !StrictText.TryDecodeHash(reader.ValueSpan, canonical: true, out var value))
        {
            return $"Member '{name}' is not base64 of {Hash256.Size} bytes.";
        }

        hash = value;
        return null;
    }

    private static string? ReadProof(ref Utf8JsonReader reader, out List<Hash256>? proof)
    {
        proof = [];
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return "Member 'proof' is no array.";
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (proof.Count == ForkEvidence.MaxHashes)
            {
                return $"The proof has more than {ForkEvidence.MaxHashes} hashes.";
            }

            if (ReadHash(ref reader, "proof", out var hash) is { } error)
            {
                return error;
            }

            proof.Add(hash!.Value);
        }

        return null;
    }
}
