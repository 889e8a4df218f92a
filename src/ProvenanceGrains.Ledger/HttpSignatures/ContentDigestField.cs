using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ProvenanceGrains.Ledger.StructuredFields;

namespace ProvenanceGrains.Ledger.HttpSignatures;

/// <summary>The <c>Content-Digest</c> field (RFC 9530 section 2), with <c>sha-256</c> and <c>sha-512</c>.</summary>
public sealed class ContentDigestField
{
    private readonly IReadOnlyList<(string Algorithm, ReadOnlyMemory<byte> Digest)> _digests;

    private ContentDigestField(IReadOnlyList<(string, ReadOnlyMemory<byte>)> digests) => _digests = digests;

    /// <summary>The field's value for a body: <c>sha-256=:...:</c>.</summary>
    public static string Of(ReadOnlySpan<byte> body) => $"sha-256=:{Convert.ToBase64String(SHA256.HashData(body))}:";

    /// <summary>Reads the field. Algorithms that are not known are passed over (section 5); one of the two must be there.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out ContentDigestField? field, [NotNullWhen(false)] out string? error)
    {
        field = null;
        if (!StructuredField.TryParseDictionary(text, refuseRepeats: true, out var members, out error))
        {
            error = $"Content-Digest: {error}.";
            return false;
        }

        var digests = new List<(string, ReadOnlyMemory<byte>)>();
        foreach (var (algorithm, member) in members)
        {
            var size = algorithm switch { "sha-256" => 32, "sha-512" => 64, _ => 0 };
            if (size == 0)
            {
                continue;
            }

            if (member is not StructuredItem { Value: BareItem.BytesItem { Value: var digest } } || digest.Length != size)
            {
                error = $"Content-Digest: {algorithm} is {size} bytes in base64 between colons.";
                return false;
            }

            digests.Add((algorithm, digest));
        }

        error = digests.Count > 0 ? null : "Content-Digest: neither sha-256 nor sha-512 is there.";
        field = error is null ? new ContentDigestField(digests) : null;
        return error is null;
    }

    /// <summary>Whether every digest of a known algorithm is the body's.</summary>
    public bool Matches(ReadOnlySpan<byte> body)
    {
        foreach (var (algorithm, digest) in _digests)
        {
            var computed = algorithm == "sha-256" ? SHA256.HashData(body) : SHA512.HashData(body);
            if (!CryptographicOperations.FixedTimeEquals(computed, digest.Span))
            {
                return false;
            }
        }

        return true;
    }
}
