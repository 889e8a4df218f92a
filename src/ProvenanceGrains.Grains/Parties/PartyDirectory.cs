using System.Collections.Immutable;
using ProvenanceGrains.Grains.Capture;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Grains.Contracts.Parties;
using ProvenanceGrains.Grains.Journals;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Grains.Parties;

/// <summary>Folds the registry's journal into parties, and appends to it.</summary>
/// <remarks>
/// What is in memory is only ever what was read back from the journal, so a restart cannot know anything else. Each look
/// first asks for the journal's length, which is in memory: a change by another silo is seen at once.
/// </remarks>
public sealed class PartyDirectory(
    IJournalReader journal, UnitCommitter committer, IRequestIds ids, TimeProvider time) : IPartyDirectory, IDisposable
{
    private const int Page = 1_000;

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private Snapshot _snapshot = new(
        0, ImmutableSortedDictionary.Create<string, PartyRecord>(StringComparer.Ordinal), ImmutableDictionary<string, string>.Empty);

    public void Dispose()
    {
        _reading.Dispose();
        _writing.Dispose();
    }

    public async ValueTask<PartyRecord?> FindAsync(string partyId, CancellationToken cancellation) =>
        (await CurrentAsync(cancellation)).Parties.GetValueOrDefault(partyId);

    public async ValueTask<IReadOnlyList<PartyRecord>> ListAsync(CancellationToken cancellation) =>
        [.. (await CurrentAsync(cancellation)).Parties.Values];

    public async Task<PartyOutcome> ChangeAsync(PartyChange change, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        await _writing.WaitAsync(cancellation);
        try
        {
            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            var current = await CurrentAsync(cancellation);
            if (Refuse(change, current, nowMs) is { } reason)
            {
                return new PartyOutcome.Conflict(reason);
            }

            // Revocations pass one at a time: nothing can revoke this key before the change is committed.
            if (change.Signature is { } signature && await this.FindRevokedAsync(signature, cancellation))
            {
                return new PartyOutcome.KeyRevoked();
            }

            var id = ids.Next();
            var draft = DraftOf(change, id, nowMs);
            if (change.Signature is { Request.PartyId: var signer }
                && SignatureMatter.Foresee(draft.Matters[0], change.KeyId, nowMs, current.Parties.GetValueOrDefault(signer)) is { } fault)
            {
                return new PartyOutcome.Unsigned(fault);
            }

            var outcome = await committer.CommitAsync(draft, cancellation);
            if (outcome is not AppendOutcome.Committed)
            {
                return new PartyOutcome.NonceUsed();
            }

            var party = (await CurrentAsync(cancellation)).Parties[change.Entries[0].PartyId];
            return new PartyOutcome.Written(party, JobIds.Format(id));
        }
        catch (StoreBusyException busy)
        {
            return new PartyOutcome.Busy(busy.Message);
        }
        catch (StoreUnavailableException stopped)
        {
            return new PartyOutcome.Busy(stopped.Message);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Tries the entries on what is known; null if they fit.</summary>
    private static string? Refuse(PartyChange change, Snapshot current, long nowMs)
    {
        var party = current.Parties.GetValueOrDefault(change.Entries[0].PartyId);
        if (change.MustBeNew && party is not null)
        {
            return $"The party '{party.Id}' is registered already.";
        }

        foreach (var entry in change.Entries)
        {
            if (entry is PartyEntry.KeyAdded { Key.Id: var keyId, PartyId: var partyId }
                && current.KeyOwners.TryGetValue(keyId, out var owner) && owner != partyId)
            {
                return $"The key {keyId} is another party's.";
            }

            if (!PartyRecord.TryApply(party, entry, nowMs, out party, out var error))
            {
                return error;
            }
        }

        return null;
    }

    private static UnitDraft DraftOf(PartyChange change, UInt128 id, long nowMs)
    {
        // The signature comes first: a key may revoke itself, and has said so before it is revoked.
        var matters = new List<MatterDraft>();
        if (change.Signature is { } signature)
        {
            // First, so that the key by which somebody revokes that very key is not revoked yet where the signature stands.
            matters.Insert(0, SignatureMatter.Of(signature, id));
        }

        matters.AddRange(change.Entries.Select(entry => new MatterDraft(
            entry.EntryType,
            entry.ToJson(),
            null,
            [(PartyJournals.Of(entry.PartyId), ""), (PartyJournals.Registry, "")],
            null)));
        return new UnitDraft
        {
            Id = id,
            TimeMs = nowMs,
            Author = Payload.EncodeAuthor(change.KeyId, JobIds.Format(id)),
            Matters = matters,
            Note = new CaptureNote(CaptureErrorBehaviour.Rollback, [], []).ToJson(),

            // Whoever asks for a key behind a revocation must find it revoked.
            IsAlone = change.Entries.Any(entry => entry is PartyEntry.KeyRevoked),
        };
    }

    private async ValueTask<Snapshot> CurrentAsync(CancellationToken cancellation)
    {
        var head = await journal.GetHeadAsync(PartyJournals.Registry, cancellation);
        var known = Volatile.Read(ref _snapshot);
        return known.Length >= head.Length ? known : await ReadOnAsync(head.Length, cancellation);
    }

    private async ValueTask<Snapshot> ReadOnAsync(long length, CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            var snapshot = _snapshot;
            while (snapshot.Length < length)
            {
                var entries = await journal.ReadJournalAsync(PartyJournals.Registry, snapshot.Length, Page, cancellation);
                if (entries.Count == 0)
                {
                    throw new InvalidDataException($"The journal of {PartyJournals.Registry} ends at {snapshot.Length}, not at {length}.");
                }

                snapshot = entries.Aggregate(snapshot, Apply);
            }

            Volatile.Write(ref _snapshot, snapshot);
            return snapshot;
        }
        finally
        {
            _reading.Release();
        }
    }

    private static Snapshot Apply(Snapshot before, StoredEntry stored)
    {
        if (!PartyEntry.TryParse(stored.EntryType, stored.Content.Bytes, out var entry, out var error)
            || !PartyRecord.TryApply(
                before.Parties.GetValueOrDefault(entry.PartyId), entry, stored.Header.TimeMs, out var party, out error))
        {
            throw new InvalidDataException($"The registry's entry {stored.Header.Sequence} does not fit: {error}");
        }

        return new Snapshot(
            before.Length + 1,
            before.Parties.SetItem(party.Id, party),
            entry is PartyEntry.KeyAdded added ? before.KeyOwners.SetItem(added.Key.Id, party.Id) : before.KeyOwners);
    }

    /// <summary>The registry as of a length of its journal.</summary>
    private sealed record Snapshot(
        long Length, ImmutableSortedDictionary<string, PartyRecord> Parties, ImmutableDictionary<string, string> KeyOwners);
}
