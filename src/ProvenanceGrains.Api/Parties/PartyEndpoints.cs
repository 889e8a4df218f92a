using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ProvenanceGrains.Api.Capture;
using ProvenanceGrains.Api.Problems;
using ProvenanceGrains.Grains.Contracts.Parties;
using ProvenanceGrains.Ledger.Authorship;

namespace ProvenanceGrains.Api.Parties;

/// <summary>Parties and their keys: read by anybody, changed by administrators, their own keys by the parties themselves.</summary>
internal static class PartyEndpoints
{
    private const int MaxBodyBytes = 64 * 1024;
    private const int MaxPage = 1_000;

    public static void MapPartyReading(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/parties").WithTags("Parties");
        group.MapGet("", ListAsync)
            .WithName("parties").WithSummary("The registered parties in the order of their ids; 'after' and 'limit' (1 to 1,000) page.")
            .Produces<IReadOnlyList<PartyView>>();
        group.MapGet("/{id}", FindAsync)
            .WithName("party").WithSummary("A party with its public keys, their validity and revocation.")
            .Produces<PartyView>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    public static void MapPartyChanges(this IEndpointRouteBuilder app)
    {
        var admin = app.MapGroup("/parties").WithTags("Parties").RequireRole(PartyRoles.Admin);
        admin.MapPost("", RegisterAsync)
            .WithName("registerParty").WithSummary("Register a party, with keys if it has some already.")
            .Accepts<object>("application/json").Produces<PartyView>(StatusCodes.Status201Created).ProducesPartyProblems();
        admin.MapPost("/{id}/api-keys", IssueAsync)
            .WithName("issueApiKey").WithSummary("Make a party an API key. It is told this once.")
            .Produces(StatusCodes.Status201Created).ProducesPartyProblems();

        var own = app.MapGroup("/parties/{id}/keys").WithTags("Parties").RequireRole(PartyRoles.None);
        own.MapPost("", AddKeyAsync)
            .WithName("addPartyKey").WithSummary("Add a public key; by the party itself or an administrator.")
            .Accepts<object>("application/json").Produces<PartyView>(StatusCodes.Status201Created).ProducesPartyProblems();
        own.MapPost("/{keyId}/revoke", RevokeAsync)
            .WithName("revokePartyKey").WithSummary("Revoke a key; what it signed before stays signed.")
            .Produces<PartyView>().ProducesPartyProblems();
    }

    private static async Task<IResult> ListAsync(IPartyDirectory parties, CancellationToken cancellation, string? after = null, int limit = 100)
    {
        if (limit is < 1 or > MaxPage)
        {
            return Problem.Parameter("limit", $"limit is 1 to {MaxPage}.");
        }

        var page = (await parties.ListAsync(cancellation))
            .Where(party => after is null || string.CompareOrdinal(party.Id, after) > 0)
            .Take(limit);
        return Results.Json(page.Select(PartyView.Of), PartyView.Json);
    }

    private static async Task<IResult> FindAsync(string id, IPartyDirectory parties, CancellationToken cancellation) =>
        await parties.FindAsync(id, cancellation) is { } party
            ? Results.Json(PartyView.Of(party), PartyView.Json)
            : Problem.NotFound($"No party '{id}' is registered.");

    private static Task<IResult> RegisterAsync(HttpContext http, ApiKeys apiKeys, TimeProvider time) =>
        ChangeAsync(http, StatusCodes.Status201Created, (json, entries) =>
        {
            var id = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("id", out var given) && given.ValueKind == JsonValueKind.String
                ? given.GetString()!
                : "";
            if (!PartyNames.IsId(id))
            {
                return "id: a party id has 1 to 64 characters of a-z, 0-9, '-', '_' and '.'";
            }

            if (apiKeys.Knows(id))
            {
                return $"id: '{id}' is a party of the operator's own";
            }

            var error = PartyEntryReader.CheckMembers(json, "id", "name", "gln", "roles", "glnPrefixes", "keys");
            if (error is null && PartyEntryReader.TryReadRegistered(id, json, out var registered, out error))
            {
                entries.Add(registered);
                error = AddKeys(id, json, ThisSecond(time), entries);
            }

            return error;
        });

    private static async Task<IResult> AddKeyAsync(string id, HttpContext http, IPartyDirectory parties, TimeProvider time)
    {
        // An API key is for a beginning: were it enough for later ones, whoever steals it could sign in the party's name.
        var caller = PartyGate.CallerOf(http);
        if (caller.Signed is null
            && caller.PartyId == id
            && !caller.Roles.HasFlag(PartyRoles.Admin)
            && await parties.FindAsync(id, http.RequestAborted) is { Keys.Count: > 0 })
        {
            return Problem.Forbidden(
                $"The party '{id}' has had a key: a further one needs a request signed by one of its valid keys, or an administrator's.");
        }

        return await OwnChangeAsync(id, http, StatusCodes.Status201Created, (json, entries) =>
        {
            var error = json.ValueKind != JsonValueKind.Object ? "jwk: a JSON object with the key is needed"
                : PartyEntryReader.CheckMembers(json, "jwk", "validFrom", "validUntil");
            if (error is null && PartyEntryReader.TryReadAdded(id, json, ThisSecond(time), out var added, out error))
            {
                entries.Add(added);
            }

            return error;
        });
    }

    private static Task<IResult> RevokeAsync(string id, string keyId, HttpContext http) => OwnChangeAsync(
        id, http, StatusCodes.Status200OK, (json, entries) =>
        {
            string? reason = null;
            if (json.ValueKind != JsonValueKind.Undefined)
            {
                if (json.ValueKind != JsonValueKind.Object)
                {
                    return "reason: a JSON object, or no body";
                }

                if (PartyEntryReader.CheckMembers(json, "reason") is { } unknown)
                {
                    return unknown;
                }

                if (json.TryGetProperty("reason", out var given) && given.ValueKind != JsonValueKind.Null)
                {
                    reason = given.ValueKind == JsonValueKind.String ? given.GetString() : "";
                    if (!PartyNames.IsText(reason))
                    {
                        return $"reason: 1 to {PartyNames.MaxTextLength} characters, or nothing";
                    }
                }
            }

            entries.Add(new PartyEntry.KeyRevoked(id, keyId, reason));
            return null;
        });

    private static async Task<IResult> IssueAsync(string id, HttpContext http, IPartyDirectory parties, ApiKeys apiKeys)
    {
        if (await parties.FindAsync(id, http.RequestAborted) is null)
        {
            return Problem.NotFound($"No party '{id}' is registered.");
        }

        var caller = PartyGate.CallerOf(http);
        var (_, refusal) = await ReadAsync(http, caller);
        if (refusal is not null)
        {
            return refusal;
        }

        // Nothing of this goes into the log, so no claim there stops a second one after a restart.
        if (caller.IsOlderThanSilo)
        {
            return Problem.BadSignature(new SignatureFault("created", "The request was signed before this server started: sign anew."));
        }

        var (apiKey, keyId) = apiKeys.Issue(id);
        return Results.Json(new { party = id, apiKey, keyId }, PartyView.Json, statusCode: StatusCodes.Status201Created);
    }

    /// <summary>A key that says nothing else is valid from the second of its registration: signatures are dated in whole seconds.</summary>
    private static long ThisSecond(TimeProvider time) => time.GetUtcNow().ToUnixTimeSeconds() * 1000;

    private static string? AddKeys(string id, JsonElement json, long fromMs, List<PartyEntry> entries)
    {
        if (!json.TryGetProperty("keys", out var keys) || keys.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (keys.ValueKind != JsonValueKind.Array || keys.GetArrayLength() > PartyRecord.MaxKeys)
        {
            return $"keys: an array of at most {PartyRecord.MaxKeys} keys is needed";
        }

        foreach (var (index, key) in keys.EnumerateArray().Index())
        {
            var error = key.ValueKind != JsonValueKind.Object ? "a JSON object is needed"
                : PartyEntryReader.CheckMembers(key, "jwk", "validFrom", "validUntil");
            if (error is not null || !PartyEntryReader.TryReadAdded(id, key, fromMs, out var added, out error))
            {
                return $"keys/{index}/{error}";
            }

            entries.Add(added);
        }

        return null;
    }

    private static async Task<IResult> OwnChangeAsync(
        string id, HttpContext http, int status, Func<JsonElement, List<PartyEntry>, string?> read)
    {
        var caller = PartyGate.CallerOf(http);
        if (caller.PartyId != id && !caller.Roles.HasFlag(PartyRoles.Admin))
        {
            return Problem.Forbidden($"The party '{caller.PartyId}' can change its own keys only, not those of '{id}'.");
        }

        return await http.RequestServices.GetRequiredService<IPartyDirectory>().FindAsync(id, http.RequestAborted) is null
            ? Problem.NotFound($"No party '{id}' is registered.")
            : await ChangeAsync(http, status, read);
    }

    /// <summary>Reads the body, makes entries of it, writes them.</summary>
    private static async Task<IResult> ChangeAsync(
        HttpContext http, int status, Func<JsonElement, List<PartyEntry>, string?> read)
    {
        var caller = PartyGate.CallerOf(http);
        var (body, refusal) = await ReadAsync(http, caller);
        if (refusal is not null)
        {
            return refusal;
        }

        var entries = new List<PartyEntry>();
        if (ReadEntries(body, entries, read) is { } error)
        {
            return Problem.Parameter(error[..Math.Max(0, error.IndexOf(':', StringComparison.Ordinal))], error + ".");
        }

        var change = new PartyChange(entries, caller.KeyId, caller.SignatureOver(body), MustBeNew: entries[0] is PartyEntry.Registered);
        var parties = http.RequestServices.GetRequiredService<IPartyDirectory>();
        return await parties.ChangeAsync(change, http.RequestAborted) switch
        {
            PartyOutcome.Written written => Answer(http, written, status),
            PartyOutcome.Conflict conflict => Problem.Misfit(conflict.Reason),
            PartyOutcome.NonceUsed => Problem.BadSignature(
                new SignatureFault("nonce", "A request with this nonce was taken before: sign anew.")),
            PartyOutcome.KeyRevoked => Problem.BadSignature(new SignatureFault("keyid", "The key was revoked meanwhile.")),
            PartyOutcome.Unsigned unsigned => Problem.BadSignature(unsigned.Fault),
            PartyOutcome.Busy busy => Problem.Unavailable(busy.Reason),
            var other => throw new InvalidOperationException($"No answer for {other.GetType().Name}."),
        };
    }

    private static IResult Answer(HttpContext http, PartyOutcome.Written written, int status)
    {
        http.Response.Headers.Location = $"/parties/{written.Party.Id}";
        return Results.Json(PartyView.Of(written.Party), PartyView.Json, statusCode: status);
    }

    private static string? ReadEntries(
        ReadOnlyMemory<byte> body, List<PartyEntry> entries, Func<JsonElement, List<PartyEntry>, string?> read)
    {
        try
        {
            using var document = body.IsEmpty ? null : JsonDocument.Parse(body, PartyEntryReader.Options);
            return read(document?.RootElement ?? default, entries);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return "body: it is not JSON";
        }
    }

    private static async Task<(ReadOnlyMemory<byte> Body, IResult? Refusal)> ReadAsync(HttpContext http, Caller caller)
    {
        var bodies = http.RequestServices.GetRequiredService<RequestBody>();
        switch (await bodies.ReadAsync(http.Request, MaxBodyBytes, http.RequestAborted))
        {
            case BodyOutcome.Whole whole:
                using (whole.Lease)
                {
                    var body = whole.Bytes.ToArray();
                    return (body, http.RequestServices.GetRequiredService<SignatureGate>().CheckBody(caller, body));
                }

            case BodyOutcome.TooLarge:
                return (default, Problem.TooLarge($"Such a request has at most {MaxBodyBytes} bytes."));
            default:
                return (default, Problem.Unavailable("Too many documents are under way; try again in a moment."));
        }
    }

    private static void ProducesPartyProblems(this RouteHandlerBuilder route)
    {
        foreach (var status in (int[])[400, 401, 403, 404, 409, 413, 429, 503])
        {
            route.ProducesProblem(status);
        }
    }
}
