using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ProvenanceGrains.Api.Problems;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Query.Proofs;
using ProvenanceGrains.Query.Stories;

namespace ProvenanceGrains.Api.Reading;

/// <summary>What can be taken away and verified elsewhere: histories and receipts.</summary>
internal static class ProofEndpoints
{
    private const string Prefix = "/entities/";
    private const string JournalSuffix = "/journal";
    private const string BundleSuffix = "/bundle";

    public static void MapProofs(this IEndpointRouteBuilder app)
    {
        app.MapMethods(Prefix + "{kind}/{**key}", ReadEndpoints.Methods, ReadEntityAsync)
            .WithName("entity").WithTags("Proofs")
            .WithSummary("All about an entity, proven: GET /entities/{kind}/{key}/bundle, or its journal in parts: .../journal.")
            .WithDescription(
                "bundle: provenancegrains-bundle/v1 (docs/formats.md), the whole journal and the proof that it is the whole, or that the log holds "
                + "nothing about the entity; 'withhold' (entity, type, author, content, with commas between) leaves field groups out, and with them the "
                + "signed documents that hold them. journal: "
                + "provenancegrains-history/v1, every sealed entry with its payload and its proof, all against one "
                + "checkpoint. 'from' and 'limit' (1 to 1,000) select a part; 'total' says how many entries there are. The key of a lot is a "
                + "Digital Link path as it stands; any other key is percent-encoded. Kind 'chain' with the log's origin is the sealer's own.")
            .Produces<object>(StatusCodes.Status200OK, Negotiation.Json)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        app.MapMethods("/receipts/{leafIndex}", ReadEndpoints.Methods, ReadReceiptAsync)
            .WithName("receipt").WithTags("Proofs")
            .WithSummary("The receipt of a leaf, c2sp.org/tlog-proof@v1.")
            .WithDescription("Verifies offline with the log's verifier key alone. Its extra line is the entry's 113-byte header.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ReadEntityAsync(
        string kind, HttpContext http, Histories histories, Bundles bundles, ReadBudget budget)
    {
        var rest = RawPath.After(http.Request, Prefix);
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var suffix = rest.EndsWith(BundleSuffix, StringComparison.Ordinal) ? BundleSuffix : JournalSuffix;
        if (slash < 0 || !rest.EndsWith(suffix, StringComparison.Ordinal) || rest.Length - suffix.Length <= slash)
        {
            return Problem.NotFound("A bundle is at /entities/{kind}/{key}/bundle, a journal at /entities/{kind}/{key}/journal.");
        }

        if (!TryReadEntity(kind, rest[(slash + 1)..^suffix.Length], out var entity, out var refusal))
        {
            return refusal!;
        }

        return suffix == BundleSuffix
            ? await ReadBundleAsync(entity, http, bundles, budget)
            : await ReadJournalAsync(entity, rest, http, histories, budget);
    }

    private static async Task<IResult> ReadBundleAsync(EntityId entity, HttpContext http, Bundles bundles, ReadBudget budget)
    {
        if (!TryReadGroups(http.Request, out var withheld, out var refusal))
        {
            return refusal!;
        }

        http.Response.Headers.CacheControl = "no-cache";
        return await bundles.MakeAsync(entity, budget.Enter(http.Response), http.RequestAborted) switch
        {
            BundleOutcome.Made { Bundle: var bundle } => Sent(withheld.Count == 0 ? bundle : Redacted(bundle, withheld)),
            BundleOutcome.NoBlock => Problem.Unavailable("The log has no block yet; it will within a moment."),
            BundleOutcome.Busy => Busy(),
            BundleOutcome.TooLarge { Entries: var entries } => Problem.TooLarge(string.Create(
                CultureInfo.InvariantCulture,
                $"The journal of {entity} has {entries} entries: too much for one bundle ({Bundles.MaxEntries} entries, {Bundles.MaxPayloadBytes} bytes). Read it in parts at .../journal.")),
            var other => throw new InvalidOperationException($"No answer for {other.GetType().Name}."),
        };
    }

    private static IResult Busy() => Problem.Unavailable("Too many large histories are being read; try again in a moment.");

    private static StreamedJson Sent(Bundle bundle) => new(json => BundleJson.WriteInPieces(json, bundle));

    private static Bundle Redacted(Bundle bundle, HashSet<FieldGroup> withheld) =>
        BundleRedaction.TryRedact(bundle, withheld, GroupState.Withheld, null, out var redacted, out var error)
            ? redacted
            : throw new InvalidDataException($"The bundle of {bundle.Subject.Entity} cannot be redacted: {error}");

    private static bool TryReadGroups(HttpRequest request, out HashSet<FieldGroup> groups, out IResult? refusal)
    {
        groups = [];
        refusal = null;
        foreach (var name in request.Query["withhold"].SelectMany(value => (value ?? "").Split(',')))
        {
            FieldGroup? group = name.Trim() switch
            {
                "entity" => FieldGroup.Entity,
                "type" => FieldGroup.Type,
                "author" => FieldGroup.Author,
                "content" => FieldGroup.Content,
                _ => null,
            };
            if (group is not { } known)
            {
                refusal = Problem.Parameter("withhold", $"'{name}' is none of entity, type, author, content.");
                return false;
            }

            groups.Add(known);
        }

        return true;
    }

    private static async Task<IResult> ReadJournalAsync(
        EntityId entity, string rest, HttpContext http, Histories histories, ReadBudget budget)
    {
        if (!Parameters.TryRead(http.Request, "from", 0, 0, long.MaxValue, out var from, out var refusal)
            || !Parameters.TryRead(http.Request, "limit", Histories.MaxEntries, 1, Histories.MaxEntries, out var limit, out refusal))
        {
            return refusal!;
        }

        var part = await histories.ReadAsync(entity, from, (int)limit, budget.Enter(http.Response), http.RequestAborted);
        if (part is { IsBusy: true })
        {
            return Busy();
        }

        if (part is null)
        {
            return Problem.NotFound($"Nothing is recorded about {entity}.");
        }

        if (part.History is not { } history)
        {
            return Problem.Unavailable("The log has no block yet; it will within a moment.");
        }

        var next = from + history.Entries.Count;
        if (next < part.Extent.Sealed && history.Entries.Count > 0)
        {
            var path = $"{http.Request.PathBase.ToUriComponent()}{Prefix}{rest}";
            http.Response.Headers.Link = string.Create(
                CultureInfo.InvariantCulture, $"<{path}?from={next}&limit={limit}>; rel=\"next\"");
        }

        http.Response.Headers.CacheControl = "no-cache";
        return new StreamedJson(json => HistoryJson.WriteInPieces(json, history));
    }

    private static bool TryReadEntity(string kind, string encodedKey, out EntityId entity, out IResult? refusal)
    {
        entity = default;
        var key = Uri.UnescapeDataString(encodedKey);
        if (kind is LotEntity.Kind or LotEntity.PlaceKind && !KeyPaths.TryReadLotKey(encodedKey, out key, out var error))
        {
            refusal = Problem.Parameter("key", error!);
            return false;
        }

        var valid = EntityId.TryCreate(kind, key, out entity, out var wrong);
        var name = EntityId.TryCreate(kind, "any", out _, out _) ? "key" : "kind";
        refusal = valid ? null : Problem.Parameter(name, wrong!);
        return valid;
    }

    private static async Task<IResult> ReadReceiptAsync(string leafIndex, HttpContext http, LogProofs proofs)
    {
        if (!long.TryParse(leafIndex, NumberStyles.None, CultureInfo.InvariantCulture, out var leaf)
            || (leafIndex.Length > 1 && leafIndex[0] == '0'))
        {
            return Problem.Parameter("leafIndex", "A leaf index is a decimal number without leading zeroes, below 2^63.");
        }

        var receipt = await proofs.ReceiptAsync(leaf, http.RequestAborted);
        return receipt is null
            ? Problem.NotFound($"The published log has no leaf {leaf}.")
            : ReadAnswers.Changing(http, receipt.ToArray(), "text/plain; charset=utf-8");
    }
}
