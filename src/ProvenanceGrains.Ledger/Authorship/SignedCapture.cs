using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProvenanceGrains.Ledger.HttpSignatures;
using ProvenanceGrains.Ledger.StructuredFields;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Authorship;

/// <summary>What the log keeps of a signed request, so that anybody can verify it later: the content of a <c>capture.signed</c> entry.</summary>
/// <remarks>The entity is of kind <c>capture</c>, its key the id of the job; docs/formats.md, "Signed requests".</remarks>
public sealed class SignedCapture
{
    /// <summary>The entry type.</summary>
    public const string EntryType = "capture.signed";

    /// <summary>The kind of the entity.</summary>
    public const string EntityKind = "capture";

    /// <summary>The value of the member <c>format</c>.</summary>
    public const string Format = "provenancegrains-signed-capture/v1";

    /// <summary>The longest body, in bytes: with base64 and the rest it must fit one matter of the log.</summary>
    public const int MaxBodyBytes = 11 * 1024 * 1024;

    private const int MaxContentBytes = 16 * 1024 * 1024;

    private const int MaxDepth = 8;

    private SignedCapture(SignedRequest request, ReadOnlyMemory<byte> body)
    {
        Request = request;
        Body = body;
    }

    public SignedRequest Request { get; }

    /// <summary>The body as it came.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The content: JSON, one line.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">At most <see cref="MaxBodyBytes"/>.</param>
    public static byte[] Write(SignedRequest request, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(request);
        var signature = request.Signature;
        var buffer = new ArrayBufferWriter<byte>((body.Length * 4 / 3) + 2048);
        using var writer = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartObject();
        writer.WriteString("format", Format);
        writer.WriteString("method", request.Message.Method);
        writer.WriteString("target", request.Message.TargetUri);
        writer.WriteString("party", request.PartyId);
        writer.WriteString("contentDigest", request.ContentDigest);
        writer.WriteStartArray("fields");
        foreach (var (name, value) in OtherFields(request))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(name);
            writer.WriteStringValue(value);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteString("signatureInput", $"{signature.Label}={StructuredField.Write(signature.Covered)}");
        writer.WriteString("signature", $"{signature.Label}=:{Convert.ToBase64String(signature.Value.Span)}:");
        writer.WriteBase64String("body", body);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a content; what it says is not verified yet.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> content, [NotNullWhen(true)] out SignedCapture? capture, [NotNullWhen(false)] out string? error)
    {
        capture = null;
        if (content.Length > MaxContentBytes)
        {
            error = $"it has {content.Length} bytes, at most {MaxContentBytes} are read";
            return false;
        }

        var json = new StrictJsonReader(content.Span, "signed request", MaxDepth);
        var read = json.ReadDocument(static (ref StrictJsonReader reader) => SignedCaptureReader.Read(ref reader));
        if (read is null)
        {
            error = json.Error!.TrimEnd('.');
            return false;
        }

        if (!TrySplit(read.Target, out var scheme, out var authority, out var target))
        {
            error = "target: it is no absolute http or https URI";
            return false;
        }

        var message = new HttpMessageParts
        {
            Method = read.Method,
            Scheme = scheme,
            Authority = authority,
            Target = target,
            Fields = read.Fields,
        };
        if (!SignedRequest.TryRead(message, out var request, out var fault))
        {
            error = $"{fault.Part}: {fault.Message}";
            return false;
        }

        capture = new SignedCapture(request, read.Body);
        error = null;
        return true;
    }

    /// <summary>The covered fields that have no member of their own, every line of them.</summary>
    private static IEnumerable<(string Name, string Value)> OtherFields(SignedRequest request)
    {
        var names = request.Signature.Covered.Items
            .Select(item => ((BareItem.StringItem)item.Value).Value)
            .Where(name => name is not ("content-digest" or SignedRequest.PartyHeader))
            .ToHashSet(StringComparer.Ordinal);
        return request.Message.Fields
            .Select(field => (Name: field.Key.ToLowerInvariant(), field.Value))
            .Where(field => names.Contains(field.Name));
    }

    /// <summary>Cuts a URI up without rewriting any of it: what was signed are its characters.</summary>
    private static bool TrySplit(string uri, out string scheme, out string authority, out string target)
    {
        (scheme, authority, target) = ("", "", "");
        var colon = uri.IndexOf("://", StringComparison.Ordinal);
        var slash = colon < 0 ? -1 : uri.IndexOf('/', colon + 3);
        if (slash < 0 || uri[..colon] is not ("http" or "https") || !Ascii.IsValid(uri))
        {
            return false;
        }

        (scheme, authority, target) = (uri[..colon], uri[(colon + 3)..slash], uri[slash..]);
        return true;
    }
}
