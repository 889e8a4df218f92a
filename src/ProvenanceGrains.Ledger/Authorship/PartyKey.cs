using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Ledger.HttpSignatures;
using ProvenanceGrains.Ledger.Signatures;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Authorship;

/// <summary>What sort of key a party signs with.</summary>
public enum PartyKeyType
{
    /// <summary>ECDSA on P-256 with SHA-256: <c>ecdsa-p256-sha256</c>.</summary>
    Es256,

    /// <summary>Ed25519: <c>ed25519</c>.</summary>
    Ed25519,
}

/// <summary>The public half of a key that a party signs with; a JWK (RFC 7517, RFC 8037) outside.</summary>
public sealed class PartyKey
{
    /// <summary>Characters of a key id.</summary>
    public const int IdLength = 43;

    /// <summary>Encodings of the points of small order, sign bit aside: a signature under one of them binds nobody to a message.</summary>
    private static readonly string[] SmallOrder =
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];

    private readonly ReadOnlyMemory<byte> _bytes;

    private PartyKey(PartyKeyType type, ReadOnlyMemory<byte> bytes, HttpVerificationKey verifier)
    {
        Type = type;
        _bytes = bytes;
        Verifier = verifier;
        Id = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(ToJwk())));
    }

    /// <summary>The JWK's thumbprint (RFC 7638): 43 characters of base64url.</summary>
    public string Id { get; }

    public PartyKeyType Type { get; }

    /// <summary>Checks signatures; shared, thread-safe.</summary>
    public HttpVerificationKey Verifier { get; }

    /// <summary>Makes a key of its raw bytes: x and y of a P-256 point (64 bytes), or an Ed25519 key (32 bytes).</summary>
    public static bool TryCreate(
        PartyKeyType type, ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out PartyKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        if (type == PartyKeyType.Es256)
        {
            if (!HttpVerificationKey.TryOfP256(bytes, out var verifier, out error))
            {
                return false;
            }

            key = new PartyKey(type, bytes, verifier);
            return true;
        }

        error = bytes.Length != Ed25519.PublicKeySize ? "an Ed25519 key has 32 bytes"
            : !EdwardsArithmetic.IsCanonical(bytes.Span) || IsOfSmallOrder(bytes.Span) ? "this Ed25519 key binds nobody to what it signs"
            : null;
        key = error is null ? new PartyKey(type, bytes, HttpVerificationKey.OfEd25519(bytes)) : null;
        return key is not null;
    }

    /// <summary>Reads a public JWK: <c>{"kty":"EC","crv":"P-256","x":...,"y":...}</c> or <c>{"kty":"OKP","crv":"Ed25519","x":...}</c>.</summary>
    /// <remarks>Members that say nothing of the key itself (<c>kid</c>, <c>use</c>, <c>alg</c>) are passed over; a private one is refused.</remarks>
    public static bool TryParseJwk(
        JsonElement jwk, [NotNullWhen(true)] out PartyKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        if (jwk.ValueKind != JsonValueKind.Object)
        {
            error = "a key is a JWK object";
            return false;
        }

        if (jwk.TryGetProperty("d", out _))
        {
            error = "the JWK holds a private key ('d'): keep it, and send the public members only";
            return false;
        }

        switch (Text(jwk, "kty"), Text(jwk, "crv"))
        {
            case ("EC", "P-256"):
                if (TryDecode(jwk, "x", out var x) && TryDecode(jwk, "y", out var y))
                {
                    return TryCreate(PartyKeyType.Es256, (byte[])[.. x, .. y], out key, out error);
                }

                error = "x and y are 32 bytes each in base64url";
                return false;
            case ("OKP", "Ed25519"):
                if (TryDecode(jwk, "x", out var point))
                {
                    return TryCreate(PartyKeyType.Ed25519, point, out key, out error);
                }

                error = "x is 32 bytes in base64url";
                return false;
            default:
                error = "only kty EC with crv P-256 and kty OKP with crv Ed25519 are taken";
                return false;
        }
    }

    /// <summary>The public JWK, with its members in the order of RFC 7638.</summary>
    public string ToJwk() => Type == PartyKeyType.Es256
        ? $$"""{"crv":"P-256","kty":"EC","x":"{{Text(0)}}","y":"{{Text(32)}}"}"""
        : $$"""{"crv":"Ed25519","kty":"OKP","x":"{{Text(0)}}"}""";

    private string Text(int offset) => Base64Url.EncodeToString(_bytes.Span.Slice(offset, 32));

    private static bool IsOfSmallOrder(ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        copy[31] &= 0x7F;
        return SmallOrder.Contains(Convert.ToHexStringLower(copy));
    }

    private static string? Text(JsonElement jwk, string name) => JsonTexts.Read(jwk, name);

    private static bool TryDecode(JsonElement jwk, string name, out byte[] bytes)
    {
        bytes = [];
        var text = Text(jwk, name);
        if (text is not { Length: 43 } || !Base64Url.IsValid(text))
        {
            return false;
        }

        bytes = Base64Url.DecodeFromChars(text);
        return bytes.Length == 32;
    }
}
