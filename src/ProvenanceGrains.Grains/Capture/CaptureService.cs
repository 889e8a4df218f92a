using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Grains.Contracts.Parties;
using ProvenanceGrains.Grains.Journals;
using ProvenanceGrains.Grains.Parties;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Grains.Capture;

/// <summary>Takes documents in: reads and checks the whole of one, tells new events from known ones, commits the new ones.</summary>
/// <remarks>
/// One document is one unit: its events commit together or not at all. Steps of <see cref="CaptureAsync"/>:
/// <list type="number">
/// <item>Read and validate. Nothing is written before the whole document is known to be in order.</item>
/// <item>Give each event its identity, and fold events that the document holds twice.</item>
/// <item>Look for events that the log has already: same content is a repetition, other content a conflict.</item>
/// <item>Commit the rest, and with it the signature if there is one, whose nonce is claimed and whose key is not revoked before it in the log. If somebody committed one of them meanwhile, go back to step 3.</item>
/// </list>
/// </remarks>
public sealed class CaptureService(
    UnitCommitter committer, IMatterIndex index, IPartyDirectory parties, IRequestIds ids, TimeProvider time, ParseLimits limits) : ICaptureService
{
    /// <summary>How often step 3 is done anew before the sender is told to come back.</summary>
    private const int MaxRounds = 4;

    public async Task<CaptureOutcome> CaptureAsync(CaptureCommand command, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(command);
        try
        {
            return await RunAsync(command, cancellation);
        }
        catch (StoreBusyException busy)
        {
            return new CaptureOutcome.Busy(busy.Message);
        }
        catch (UnitTooLargeException large)
        {
            return new CaptureOutcome.TooLarge([new CaptureError(
                EpcisErrorCodes.LimitExceeded, "", null, "", $"The document is too large to be one unit of the log: {large.Message}")]);
        }
        catch (Exception stopped) when (stopped is StoreUnavailableException or IOException or InvalidDataException)
        {
            // Stopped, unreadable or damaged: /health/ready and the server's log say more.
            return new CaptureOutcome.Unavailable(stopped.Message);
        }
    }

    private async Task<CaptureOutcome> RunAsync(CaptureCommand command, CancellationToken cancellation)
    {
        // 1. Read and validate.
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var parsed = EpcisDocumentParser.Parse(command.Document, limits, nowMs);
        if (Refuse(command, parsed) is { } refusal)
        {
            return refusal;
        }

        // 2. Identity.
        var batch = new CaptureBatch(parsed.Document!, command.PartyId);
        var errors = parsed.Errors.Select(Translate).Concat(batch.Conflicts).ToList();
        if (batch.Conflicts.Count > 0 && command.ErrorBehaviour == CaptureErrorBehaviour.Rollback)
        {
            return new CaptureOutcome.Conflict(batch.Conflicts);
        }

        var outside = batch.Events.Select(e => e.OutOfScope(command.GlnPrefixes)).OfType<CaptureError>().ToList();
        if (outside.Count > 0)
        {
            return new CaptureOutcome.Forbidden(outside);
        }

        for (var round = 0; round < MaxRounds; round++)
        {
            // 3. What is known already.
            if (await IsReplayAsync(command, cancellation))
            {
                return new CaptureOutcome.Replayed("nonce", "A request with this nonce was taken before: sign anew.");
            }

            var known = await KnownEvents.FindAsync(index, batch.Events, cancellation);
            if (known.Conflicts.Count > 0 && command.ErrorBehaviour == CaptureErrorBehaviour.Rollback)
            {
                return new CaptureOutcome.Conflict(known.Conflicts);
            }

            var allErrors = errors.Concat(known.Conflicts).ToList();
            var fresh = known.Fresh;
            if (fresh.Count == 0)
            {
                // Nothing is written, so no claim would stop this request from coming again after a restart.
                return command.Signature is { IsOlderThanSilo: true }
                    ? new CaptureOutcome.Replayed("created", "The request was signed before this server started: sign anew.")
                    : Repeated(batch, known, allErrors);
            }

            // 4. Commit.
            var id = ids.Next();
            var note = new CaptureNote(command.ErrorBehaviour, [.. known.Repeated.Select(e => e.EventId)], allErrors);
            var draft = new UnitDraft
            {
                Id = id,
                TimeMs = nowMs,
                Author = Payload.EncodeAuthor(command.KeyId, JobIds.Format(id)),
                Matters = MattersOf(fresh, command.Signature, id),
                Note = note.ToJson(),
                Condition = command.Signature is { } signature
                    ? async asked => !await parties.FindRevokedAsync(signature, asked)
                    : null,
            };
            if (command.Signature is { Request.PartyId: var signer }
                && SignatureMatter.Foresee(draft.Matters[^1], command.KeyId, nowMs, await parties.FindAsync(signer, cancellation)) is { } fault)
            {
                return new CaptureOutcome.Unsigned(fault);
            }

            var outcome = await committer.CommitAsync(draft, cancellation);
            if (outcome is null)
            {
                return new CaptureOutcome.KeyRevoked();
            }

            if (outcome is AppendOutcome.Committed)
            {
                return new CaptureOutcome.Captured(new CaptureReceipt(
                    JobIds.Format(id), known.IdsInOrder(batch.Events), allErrors, Replayed: false));
            }
        }

        throw new StoreBusyException("Others keep sending the same events; try again in a moment.");
    }

    private async ValueTask<bool> IsReplayAsync(CaptureCommand command, CancellationToken cancellation) =>
        command.Signature is { } signature
        && (await index.FindClaimsAsync([signature.Request.NonceClaim], cancellation)).Count > 0;

    private static List<MatterDraft> MattersOf(List<CapturedEvent> fresh, RequestSignature? signature, UInt128 id)
    {
        var matters = fresh.ConvertAll(e => e.ToMatter());
        if (signature is not null)
        {
            matters.Add(SignatureMatter.Of(signature, id));
        }

        return matters;
    }

    private static CaptureOutcome? Refuse(CaptureCommand command, ParseResult parsed)
    {
        var errors = parsed.Errors.Select(Translate).ToList();
        if (parsed.Document is null || (!parsed.IsValid && command.ErrorBehaviour == CaptureErrorBehaviour.Rollback))
        {
            return parsed.Errors.Any(IsDocumentLimit)
                ? new CaptureOutcome.TooLarge(errors)
                : new CaptureOutcome.Invalid(errors);
        }

        var isBare = parsed.Document.Kind == DocumentKind.BareEvent;
        if (isBare != command.SingleEvent)
        {
            return new CaptureOutcome.Invalid([new CaptureError(
                "wrong-type", "/type", null, "type",
                isBare ? "This takes an EPCISDocument; send a single event to POST /events."
                    : "This takes a single event; send documents to POST /capture.")]);
        }

        // With 'proceed' and nothing in order there is nothing to proceed with. An empty list is refused alike: it would
        // leave a job that says nothing.
        return parsed.Document.Events.Count > 0 ? null
            : errors.Count > 0 ? new CaptureOutcome.Invalid(errors)
            : new CaptureOutcome.Invalid([new CaptureError(
                "missing-field", "/epcisBody/eventList", null, "eventList", "The document holds no event.")]);
    }

    /// <summary>Too many events is a matter of size (413), as too many bytes are; any other limit is a matter of content (400).</summary>
    private static bool IsDocumentLimit(EpcisError error) =>
        error.Code == EpcisErrorCodes.LimitExceeded && error.EventIndex is null && error.Field == "eventList";

    private static CaptureError Translate(EpcisError error) =>
        new(error.Code, error.JsonPointer, error.EventIndex, error.Field, error.Message);

    /// <summary>Nothing was new: the answer names the job that recorded the first of the events.</summary>
    private static CaptureOutcome Repeated(CaptureBatch batch, KnownEvents known, IReadOnlyList<CaptureError> errors) =>
        known.Repeated.Count == 0
            ? new CaptureOutcome.Conflict(errors)
            : new CaptureOutcome.Captured(new CaptureReceipt(
                JobIds.Format(known.FirstUnit), known.IdsInOrder(batch.Events), errors, Replayed: true));
}
