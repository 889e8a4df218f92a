using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ProvenanceGrains.Api.Problems;
using ProvenanceGrains.Grains.Contracts.Parties;
using ProvenanceGrains.Ledger.Authorship;

namespace ProvenanceGrains.Api.Parties;

/// <summary>Lets a request through that is signed by a party's registered key, or carries its API key as a bearer token (RFC 6750 section 2.1).</summary>
/// <remarks>
/// In this order: who is it, has it share left, is its nonce new, may it do that, must it sign for that. What is refused later costs its share too. A party that the operator alone knows (by
/// <c>--api-key</c> or <c>--demo</c>) has every role; one that the log knows has those that were registered.
/// </remarks>
internal sealed class PartyGate(
    ApiKeys apiKeys, IPartyDirectory parties, SignatureGate signatures, AccessRules rules, PartyRates rates)
{
    private static readonly object CallerItem = new();

    /// <summary>Whom the gate let in.</summary>
    public static Caller CallerOf(HttpContext context) => (Caller)context.Items[CallerItem]!;

    public async ValueTask<object?> AdmitAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next, PartyRoles role)
    {
        var http = context.HttpContext;
        var (caller, refusal) = await IdentifyAsync(http.Request, http.RequestAborted);
        refusal ??= TakeShare(caller!) ?? signatures.UseNonce(caller!) ?? Check(caller!, role);
        if (refusal is not null)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"provenancegrains\"";
            return refusal;
        }

        http.Items[CallerItem] = caller;
        return await next(context);
    }

    private async ValueTask<(Caller? Caller, IResult? Refusal)> IdentifyAsync(HttpRequest request, CancellationToken cancellation)
    {
        Caller? byKey = null;
        if (request.Headers.Authorization.Count > 0)
        {
            if (KeyOf(request) is not { } key || apiKeys.Authenticate(key) is not { } known)
            {
                return (null, Problem.Unauthorized("The Authorization header holds no API key that is registered here."));
            }

            var party = await parties.FindAsync(known.Id, cancellation);
            byKey = new Caller(known.Id, known.KeyId, party?.Roles ?? PartyRoles.All, party?.GlnPrefixes ?? [], null, false);
        }

        if (!SignatureGate.IsSigned(request))
        {
            return byKey is not null ? (byKey, null) : (null, Problem.Unauthorized(
                "Writing needs a party's API key, 'Authorization: Bearer KEY', or its signature (Signature-Input, Signature)."));
        }

        var (caller, refusal) = await signatures.VerifyAsync(request, cancellation);
        return caller is not null && byKey is not null && byKey.PartyId != caller.PartyId
            ? (null, Problem.BadSignature(new SignatureFault(
                SignedRequest.PartyHeader, $"The API key is of '{byKey.PartyId}', the signature of '{caller.PartyId}'.")))
            : (caller, refusal);
    }

    private IResult? TakeShare(Caller caller) => rates.TryTake(caller.PartyId)
        ? null
        : Problem.TooMany($"The party '{caller.PartyId}' has sent its {rules.RequestsPerSecond} requests of this second.");

    private IResult? Check(Caller caller, PartyRoles role)
    {
        if (!caller.Roles.HasFlag(role))
        {
            return Problem.Forbidden($"The party '{caller.PartyId}' has not the role {string.Join(", ", PartyNames.OfRoles(role))}.");
        }

        // A route of no role is a party's care for its own keys: with a stolen API key alone nobody should get a signing key.
        var mustSign = role == PartyRoles.None ? rules.SignedRoles != PartyRoles.None : (rules.SignedRoles & role) != 0;
        return caller.Signed is null && mustSign
            ? Problem.BadSignature(new SignatureFault("signature", "This deployment takes such requests only with a signature."))
            : null;
    }

    private static string? KeyOf(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }
}

/// <summary>Puts the gate before endpoints.</summary>
internal static class PartyGateRoutes
{
    public static void AddPartyGate(this IServiceCollection services, AccessRules rules)
    {
        services.AddSingleton(rules);
        services.AddSingleton(new NonceMemory(rules.Window, rules.StartedAt));
        services.AddSingleton<PartyRates>();
        services.AddSingleton<SignatureGate>();
        services.AddSingleton<PartyGate>();
    }

    /// <summary>Only callers with a role get through; <see cref="PartyRoles.None"/>: any party.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder routes, PartyRoles role)
        where TBuilder : IEndpointConventionBuilder =>
        routes.AddEndpointFilter(new RoleFilter(role));

    private sealed class RoleFilter(PartyRoles role) : IEndpointFilter
    {
        public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
            context.HttpContext.RequestServices.GetRequiredService<PartyGate>().AdmitAsync(context, next, role);
    }
}
