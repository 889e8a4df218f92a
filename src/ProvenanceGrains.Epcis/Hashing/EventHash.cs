using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Epcis.Events;

namespace ProvenanceGrains.Epcis.Hashing;

/// <summary>The event hash id of CBV 2.0 (section 8.9): one id for one event, whatever its syntax and spelling.</summary>
public static class EventHash
{
    /// <summary>Levels of nesting that are read: more than any accepted event has.</summary>
    internal static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    /// <summary><c>ni:///sha-256;</c>, 64 hex digits, <c>?ver=CBV2.0</c> (RFC 6920).</summary>
    public static string Compute(EpcisEvent source)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(PreHashString(source)));
        return $"ni:///sha-256;{Convert.ToHexStringLower(digest)}?ver=CBV2.0";
    }

    /// <summary>What is hashed.</summary>
    public static string PreHashString(EpcisEvent source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var document = JsonDocument.Parse(source.Utf8, Deep);
        return new PreHash(source.Context).Write(document.RootElement);
    }
}
