using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ProvenanceGrains.Api.Problems;
using ProvenanceGrains.Api.Reading;
using ProvenanceGrains.Grains.Contracts.Parties;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.HttpSignatures;

namespace ProvenanceGrains.Api.Parties;

/// <summary>Verifies the signature of a request (RFC 9421) against the keys that the log knows of its party.</summary>
internal sealed class SignatureGate(
    IPartyDirectory parties, AccessRules rules, NonceMemory nonces, PublicAddress address, TimeProvider time)
{
    private readonly SignedRequestVerifier _verifier = new(rules.Window);

    public static bool IsSigned(HttpRequest request) =>
        request.Headers.ContainsKey("Signature-Input") || request.Headers.ContainsKey("Signature");

    /// <summary>
    /// The caller, or the refusal. The body is not looked at yet: <see cref="CheckBody"/>. The nonce is not used up yet, but a used one is
    /// refused: <see cref="UseNonce"/>.
    /// </summary>
    public async ValueTask<(Caller? Caller, IResult? Refusal)> VerifyAsync(HttpRequest request, CancellationToken cancellation)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        SignatureFault? fault = null;
        foreach (var message in Readings(request))
        {
            if (!SignedRequest.TryRead(message, out var signed, out fault))
            {
                return (null, Problem.BadSignature(fault));
            }

            var party = await parties.FindAsync(signed.PartyId, cancellation);
            if (_verifier.TryVerify(signed, party, nowMs, out fault))
            {
                // A replay must not cost the party anything of its share.
                return nonces.IsUsed(signed.NonceClaim, nowMs)
                    ? (null, UsedBefore())
                    : (new Caller(party!.Id, signed.KeyId, party.Roles, party.GlnPrefixes, signed, nonces.IsOlder(signed.CreatedMs)), null);
            }
        }

        return (null, Problem.BadSignature(fault!));
    }

    /// <summary>Uses up the nonce of a caller that signed, after its share was taken; null if it is the first use, or nothing was signed.</summary>
    public IResult? UseNonce(Caller caller) => caller.Signed is null ? null
        : nonces.Use(caller.PartyId, caller.Signed.NonceClaim, time.GetUtcNow().ToUnixTimeMilliseconds()) switch
        {
            NonceUse.First => null,
            NonceUse.Again => UsedBefore(),
            NonceUse.Full => Problem.Unavailable("Too many signed requests within the replay window; try again in a moment."),
        };

    /// <summary>Null if the body is the signed one, or nothing was signed.</summary>
    public IResult? CheckBody(Caller caller, ReadOnlySpan<byte> body) =>
        caller.Signed is null || _verifier.TryVerifyBody(caller.Signed, body, out var fault) ? null : Problem.BadSignature(fault);

    private static IResult UsedBefore() =>
        Problem.BadSignature(new SignatureFault("nonce", "A request with this nonce was taken before: sign anew."));

    /// <summary>
    /// The request as it came; where it is known how the world reaches this silo, as the world sees it, and as it came only if it came
    /// directly: what was signed for another server is not meant for this one, whatever its Host says.
    /// </summary>
    private IEnumerable<HttpMessageParts> Readings(HttpRequest request)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var target = raw.StartsWith('/')
            ? raw
            : request.PathBase.ToUriComponent() + request.Path.ToUriComponent() + request.QueryString.ToUriComponent();
        var seen = new HttpMessageParts
        {
            Method = request.Method,
            Scheme = request.Scheme,
            Authority = request.Host.Value ?? "",
            Target = target,
            Fields = [.. request.Headers.SelectMany(
                header => header.Value, (header, value) => new KeyValuePair<string, string>(header.Key, value ?? ""))],
        };
        if (!address.IsFixed || IsAddressedDirectly(request))
        {
            yield return seen;
        }

        if (address.IsFixed)
        {
            var known = new Uri(address.For(request));
            yield return seen with
            {
                Scheme = known.Scheme,
                Authority = known.Authority,
                Target = known.AbsolutePath.TrimEnd('/') + target,
            };
        }
    }

    /// <summary>Whether the Host is the very address and port that the connection came in by.</summary>
    private static bool IsAddressedDirectly(HttpRequest request)
    {
        var connection = request.HttpContext.Connection;
        var port = request.Host.Port ?? (request.IsHttps ? 443 : 80);
        return connection.LocalIpAddress is { } local
            && port == connection.LocalPort
            && (IPAddress.TryParse(request.Host.Host, out var named)
                ? named.MapToIPv6().Equals(local.MapToIPv6())
                : IPAddress.IsLoopback(local) && request.Host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase));
    }
}
