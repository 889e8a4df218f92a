using Microsoft.AspNetCore.Http;
using ProvenanceGrains.Api.Problems;

namespace ProvenanceGrains.Api.Parties;

/// <summary>Lets a request through that carries a party's API key as a bearer token (RFC 6750 section 2.1).</summary>
internal sealed class ApiKeyGate(PartyRegistry parties) : IEndpointFilter
{
    private static readonly object PartyItem = new();

    /// <summary>The party that the gate let in.</summary>
    public static Party PartyOf(HttpContext context) => (Party)context.Items[PartyItem]!;

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var party = KeyOf(http.Request) is { } key ? parties.Authenticate(key) : null;
        if (party is null)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"provenancegrains\"";
            return ValueTask.FromResult<object?>(Problem.Unauthorized(
                http.Request.Headers.Authorization.Count == 0
                    ? "Writing needs a party's API key: send 'Authorization: Bearer KEY'."
                    : "The Authorization header holds no API key that is registered here."));
        }

        http.Items[PartyItem] = party;
        return next(context);
    }

    private static string? KeyOf(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }
}
