using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Events;

namespace ProvenanceGrains.Epcis.Hashing;

/// <summary>
/// Decides whether two events of the same identity have the same content: SHA-256 over a canonical JSON text (RFC 8785)
/// in which names outside the standard are expanded, so that white space, the order of members, escapes and the choice of
/// prefixes do not matter. All fields count except <c>recordTime</c>, which is the recorder's, and <c>eventID</c>, which
/// is the same or was computed.
/// </summary>
/// <remarks>Needed only when an identity is seen for the second time; some ten microseconds.</remarks>
public static class ContentDigest
{
    /// <summary>Of a parsed event, however it came.</summary>
    /// <returns>32 bytes.</returns>
    public static byte[] Of(EpcisEvent source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var document = JsonDocument.Parse(source.Utf8, EventHash.Deep);
        var output = new ArrayBufferWriter<byte>(source.Utf8.Length);
        CanonicalJson.Write(output, document.RootElement, exactNumbers: true, name => Name(source.Context, name), LeftOut);
        return SHA256.HashData(output.WrittenSpan);
    }

    /// <summary>Of what <see cref="EpcisEvent.ToStoredContent"/> wrote.</summary>
    /// <returns>32 bytes; null if the bytes are no event.</returns>
    public static byte[]? OfStored(ReadOnlyMemory<byte> content) =>
        EpcisDocumentParser.TryParseStored(content, out var stored, out _) ? Of(stored) : null;

    private static bool LeftOut(string name) => name is "@context" or "recordTime" or "eventID";

    private static string Name(JsonLdContext context, string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && context.TryExpand(Encoding.UTF8.GetBytes(name), colon, out var expanded) ? expanded : name;
    }
}
