using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.HttpSignatures;
using ProvenanceGrains.Ledger.StructuredFields;

namespace ProvenanceGrains.Ledger.Authorship;

/// <summary>What is wrong with a signed request.</summary>
/// <param name="Part">The part of the request: a covered component, a signature parameter or a header.</param>
/// <param name="Message">For a person.</param>
public sealed record SignatureFault(string Part, string Message);

/// <summary>A request of a party with the signature that says so (docs/formats.md, "Signed requests").</summary>
public sealed class SignedRequest
{
    /// <summary>The header that names the party.</summary>
    public const string PartyHeader = "provenance-party";

    /// <summary>The label that is looked for when a message has several signatures.</summary>
    public const string Label = "provenance";

    /// <summary>Fewest and most characters of a nonce.</summary>
    public const int MinNonceLength = 8;

    /// <summary>See <see cref="MinNonceLength"/>.</summary>
    public const int MaxNonceLength = 128;

    private SignedRequest(HttpMessageParts message, HttpSignature signature, string partyId, string contentDigest)
    {
        Message = message;
        Signature = signature;
        PartyId = partyId;
        ContentDigest = contentDigest;
    }

    public HttpMessageParts Message { get; }

    public HttpSignature Signature { get; }

    /// <summary>Who the sender says to be.</summary>
    public string PartyId { get; }

    /// <summary>The value of <c>Content-Digest</c>.</summary>
    public string ContentDigest { get; }

    /// <summary>The key that the signature names.</summary>
    public string KeyId => Signature.KeyId!;

    /// <summary>When it was signed: milliseconds since the epoch.</summary>
    public long CreatedMs => Signature.CreatedSeconds!.Value * 1000;

    /// <summary>The claim by which the log takes a key's nonce once and never again (docs/formats.md, "Claims").</summary>
    public Hash256 NonceClaim => Hash256.Sha256(
        [.. "provenancegrains/claim/nonce/v1\0"u8, .. System.Text.Encoding.UTF8.GetBytes(KeyId), 0, .. System.Text.Encoding.UTF8.GetBytes(Signature.Nonce!)]);

    /// <summary>What a request has to cover, the covering of its target aside.</summary>
    public static IReadOnlyList<string> RequiredComponents { get; } = ["@method", "content-digest", PartyHeader];

    /// <summary>Reads the signature of a request and checks its form: one signature, everything covered that must be, all parameters there.</summary>
    /// <remarks>Nothing is verified yet: that is <see cref="SignedRequestVerifier"/>.</remarks>
    public static bool TryRead(
        HttpMessageParts message, [NotNullWhen(true)] out SignedRequest? request, [NotNullWhen(false)] out SignatureFault? fault)
    {
        ArgumentNullException.ThrowIfNull(message);
        request = null;
        foreach (var field in (string[])["signature-input", "signature"])
        {
            if (Lines(message, field).Count == 0)
            {
                fault = new SignatureFault(field, $"The header {field} is missing.");
                return false;
            }
        }

        if (!HttpSignature.TryParse(Joined(message, "signature-input"), Joined(message, "signature"), out var signatures, out var error))
        {
            fault = new SignatureFault(error.StartsWith("Signature-Input", StringComparison.Ordinal) ? "signature-input" : "signature", error);
            return false;
        }

        var signature = signatures.Count == 1 ? signatures[0] : signatures.FirstOrDefault(one => one.Label == Label);
        if (signature is null)
        {
            fault = new SignatureFault("signature-input", $"Of several signatures the one that counts is labelled '{Label}'; there is none.");
            return false;
        }

        var party = Lines(message, PartyHeader);
        var digest = Joined(message, "content-digest");
        fault = CheckParameters(signature)
            ?? CheckCoverage(message, signature)
            ?? (party.Count != 1 || !PartyNames.IsId(party[0])
                ? new SignatureFault(PartyHeader, "The header names one party id.")
                : !ContentDigestField.TryParse(digest, out _, out error)
                ? new SignatureFault("content-digest", error)
                : null);
        request = fault is null ? new SignedRequest(message, signature, party[0], digest) : null;
        return fault is null;
    }

    private static SignatureFault? CheckParameters(HttpSignature signature) =>
        signature.CreatedSeconds is not { } created || created > 253_402_300_799
            ? new SignatureFault("created", "The signature says when it was created, in seconds since the epoch.")
        : signature.KeyId is not { Length: > 0 } ? new SignatureFault("keyid", "The signature names its key.")
        : signature.Nonce is not { Length: >= MinNonceLength and <= MaxNonceLength }
            ? new SignatureFault("nonce", $"The signature has a nonce of {MinNonceLength} to {MaxNonceLength} characters.")
        : null;

    private static SignatureFault? CheckCoverage(HttpMessageParts message, HttpSignature signature)
    {
        foreach (var component in RequiredComponents)
        {
            if (!signature.Covers(component))
            {
                return new SignatureFault(component, $"The signature does not cover \"{component}\".");
            }
        }

        var hasQuery = message.Target.Contains('?', StringComparison.Ordinal);
        var coversTarget = signature.Covers("@target-uri")
            || (signature.Covers("@authority") && (signature.Covers("@request-target")
                || (signature.Covers("@path") && (!hasQuery || signature.Covers("@query")))));
        if (!coversTarget)
        {
            return new SignatureFault(
                "@target-uri", "The signature covers neither \"@target-uri\" nor \"@authority\" with \"@path\" (and \"@query\" if there is one).");
        }

        // What is kept of the request must be enough to verify it later, and that is its fields but no trailers, and of its signatures one.
        return signature.Covered.Items.Any(item => item.Parameters.IsSet("tr"))
                ? new SignatureFault("signature-input", "The signature covers a trailer.")
            : signature.Covered.Items.Any(item => item.Value is BareItem.StringItem("signature" or "signature-input"))
                ? new SignatureFault("signature-input", "The signature covers a signature: of several the log keeps one alone.")
            : null;
    }

    private static string Joined(HttpMessageParts message, string name) => string.Join(", ", Lines(message, name));

    private static List<string> Lines(HttpMessageParts message, string name) =>
        [.. message.Fields.Where(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value.Trim(' ', '\t'))];

    /// <summary>The components and parameters by which this engine's own tools sign.</summary>
    /// <param name="keyId">The key.</param>
    /// <param name="createdSeconds">Now, in seconds since the epoch.</param>
    /// <param name="nonce">Never used before with that key.</param>
    public static InnerList Cover(string keyId, long createdSeconds, string nonce) => new(
        [.. new[] { "@method", "@target-uri", "content-type", "content-digest", PartyHeader }
            .Select(name => new StructuredItem(new BareItem.StringItem(name), Parameters.None))],
        Parameters.Of(
            new("created", new BareItem.IntegerItem(createdSeconds)),
            new("keyid", new BareItem.StringItem(keyId)),
            new("nonce", new BareItem.StringItem(nonce))));
}
