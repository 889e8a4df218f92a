using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.HttpSignatures;

namespace ProvenanceGrains.Ledger.Authorship;

/// <summary>How far a signature's time may be from the time at which it arrives.</summary>
/// <param name="MaxAge">How old it may be.</param>
/// <param name="MaxAhead">How far the signer's clock may be ahead.</param>
public readonly record struct SignatureWindow(TimeSpan MaxAge, TimeSpan MaxAhead)
{
    /// <summary>Five minutes, and one.</summary>
    public static SignatureWindow Default { get; } = new(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));

    /// <summary>The widest that a deployment may choose, and what the offline verifier therefore takes.</summary>
    public static SignatureWindow Widest { get; } = new(TimeSpan.FromHours(1), TimeSpan.FromMinutes(5));
}

/// <summary>The checks of <see cref="SignedRequestVerifier"/>, each of which stops an attack of its own.</summary>
[Flags]
internal enum SignedRequestChecks
{
    None = 0,

    /// <summary>The named key is the named party's.</summary>
    KeyOfParty = 1,

    /// <summary>The key was valid when the signature was created.</summary>
    Validity = 2,

    /// <summary>The key is not revoked.</summary>
    Revocation = 4,

    /// <summary>The signature is neither old nor from the future.</summary>
    Window = 8,

    /// <summary>The signature is the key's over this request.</summary>
    Signature = 16,

    /// <summary>The body is the one whose digest was signed.</summary>
    Body = 32,
}

/// <summary>Decides whether a request was made by the party that it names.</summary>
/// <remarks>
/// The same code decides when the request arrives and, much later and offline, when a stranger asks who said what the log
/// holds. Nonces are not its business: that a request comes a second time cannot be seen in the request.
/// </remarks>
public sealed class SignedRequestVerifier
{
    private readonly SignatureWindow _window;
    private readonly SignedRequestChecks _omitted;

    public SignedRequestVerifier(SignatureWindow window)
        : this(window, SignedRequestChecks.None)
    {
    }

    /// <summary>A verifier that leaves checks out: for tests that show what each of them is for.</summary>
    internal SignedRequestVerifier(SignatureWindow window, SignedRequestChecks omitted)
    {
        _window = window;
        _omitted = omitted;
    }

    /// <summary>Checks everything but the body.</summary>
    /// <param name="request">Well-formed.</param>
    /// <param name="party">The party as the log knows it, or knew it at that time; null if it does not.</param>
    /// <param name="nowMs">When the request arrived: milliseconds since the epoch.</param>
    /// <param name="fault">What is wrong, when the answer is false.</param>
    public bool TryVerify(
        SignedRequest request, PartyRecord? party, long nowMs, [NotNullWhen(false)] out SignatureFault? fault)
    {
        ArgumentNullException.ThrowIfNull(request);
        fault = CheckKey(request, party) ?? CheckTime(request, nowMs) ?? CheckSignature(request, party!);
        return fault is null;
    }

    /// <summary>Checks that the body is the signed one.</summary>
    public bool TryVerifyBody(SignedRequest request, ReadOnlySpan<byte> body, [NotNullWhen(false)] out SignatureFault? fault)
    {
        ArgumentNullException.ThrowIfNull(request);
        var matches = Omits(SignedRequestChecks.Body)
            || (ContentDigestField.TryParse(request.ContentDigest, out var digest, out _) && digest.Matches(body));
        fault = matches ? null : new SignatureFault("content-digest", "The body is not the one that was signed: its digest is another.");
        return matches;
    }

    private SignatureFault? CheckKey(SignedRequest request, PartyRecord? party)
    {
        if (party is null)
        {
            return new SignatureFault(SignedRequest.PartyHeader, $"No party '{request.PartyId}' is registered.");
        }

        if (!Omits(SignedRequestChecks.KeyOfParty) && party.Id != request.PartyId)
        {
            return new SignatureFault(SignedRequest.PartyHeader, $"The request names '{request.PartyId}', not '{party.Id}'.");
        }

        if (party.FindKey(request.KeyId) is not { } key)
        {
            return new SignatureFault("keyid", $"The party '{party.Id}' has no key '{request.KeyId}'.");
        }

        if (!Omits(SignedRequestChecks.Revocation) && key.RevokedMs is { } revoked)
        {
            return new SignatureFault("keyid", $"The key was revoked at {PartyEntry.FormatTime(revoked)}.");
        }

        if (!Omits(SignedRequestChecks.Validity) && !key.IsValidAt(request.CreatedMs))
        {
            var until = key.ValidUntilMs is { } end ? $" until {PartyEntry.FormatTime(end)}" : "";
            return new SignatureFault("keyid", $"The key is valid from {PartyEntry.FormatTime(key.ValidFromMs)}{until}: not when the signature was created.");
        }

        return request.Signature.Algorithm is { } algorithm && algorithm != key.Key.Verifier.Algorithm.ToWire()
            ? new SignatureFault("alg", $"The key is for {key.Key.Verifier.Algorithm.ToWire()}, not for '{algorithm}'.")
            : null;
    }

    private SignatureFault? CheckTime(SignedRequest request, long nowMs)
    {
        if (Omits(SignedRequestChecks.Window))
        {
            return null;
        }

        // Created is in whole seconds: a signature of this very second is not from the future.
        var age = nowMs - request.CreatedMs;
        return age > (long)_window.MaxAge.TotalMilliseconds + 999
                ? new SignatureFault("created", $"The signature is {age / 1000} s old; at most {_window.MaxAge.TotalSeconds:F0} s are taken.")
            : -age > (long)_window.MaxAhead.TotalMilliseconds
                ? new SignatureFault("created", $"The signature is from {-age / 1000} s in the future.")
            : request.Signature.ExpiresSeconds is { } expires && expires <= nowMs / 1000
                ? new SignatureFault("expires", "The signature has expired.")
            : null;
    }

    private SignatureFault? CheckSignature(SignedRequest request, PartyRecord party)
    {
        if (!SignatureBase.TryCreate(request.Message, request.Signature.Covered, out var signatureBase, out var error))
        {
            return new SignatureFault("signature-input", error + ".");
        }

        return Omits(SignedRequestChecks.Signature)
            || party.FindKey(request.KeyId)!.Key.Verifier.Verify(signatureBase, request.Signature.Value.Span)
                ? null
                : new SignatureFault("signature", "The signature is not the named key's over this request.");
    }

    private bool Omits(SignedRequestChecks check) => (_omitted & check) != 0;
}
