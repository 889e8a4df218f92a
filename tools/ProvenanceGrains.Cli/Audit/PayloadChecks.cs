using System.Globalization;
using ProvenanceGrains.Cli.Authorship;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Incarnations;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>
/// What a data folder's payloads say that the headers do not: that an index is its entity's, who signed a capture, and which logs this one
/// goes on from.
/// </summary>
/// <param name="key">The log's key.</param>
/// <param name="indexes">Made the entries' indexes; null for one that is not known, then they are not checked.</param>
/// <param name="parties">Parties and their keys so far.</param>
/// <param name="findings">Where failures go.</param>
internal sealed class PayloadChecks(VerifierKey key, IEntityIndexFunction? indexes, PartyJournals parties, Findings findings)
{
    private const string EventType = "epcis.event";

    private readonly List<IncarnationLink> _incarnations = [];

    /// <summary>Signed captures whose author was verified.</summary>
    public long Signed { get; private set; }

    /// <summary>The links to earlier logs, in the order of their entries.</summary>
    public IReadOnlyList<IncarnationLink> Incarnations => _incarnations;

    /// <summary>Takes a unit whose commitments have been checked.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="firstOrdinal">Of its first entry.</param>
    /// <param name="place">Where it is.</param>
    public void Follow(CommitUnit unit, long firstOrdinal, Finding place)
    {
        if (CheckJob(unit) is { } wrong)
        {
            findings.Fail(place with { Message = wrong, Ordinal = firstOrdinal });
        }

        for (var i = 0; i < unit.Entries.Count; i++)
        {
            var entry = unit.Entries[i];
            var error = CheckIndex(entry) ?? entry.Entity.Kind switch
            {
                IncarnationLink.EntityKind when entry.EntryType == IncarnationLink.EntryType => CheckIncarnation(unit, entry),
                SignedCapture.EntityKind when entry.EntryType == SignedCapture.EntryType => CheckAuthor(unit, entry, firstOrdinal + i),
                _ => null,
            };
            if (PartyEntry.IsPartyType(entry.EntryType) && entry.Entity.Kind == PartyEntry.EntityKind)
            {
                parties.Add(entry.Entity.Key, new PartyLogEntry(
                    entry.EntryType, unit.Matters[entry.Matter].Bytes.ToArray(), entry.Header.TimeMs, firstOrdinal + i));
            }

            if (error is not null)
            {
                findings.Fail(place with { Message = error, Ordinal = firstOrdinal + i });
            }
        }
    }

    private string? CheckIndex(in UnitEntry entry) =>
        indexes is null || indexes.Compute(entry.Entity) == entry.Header.Index ? null : $"The header's index is not that of {entry.Entity}.";

    /// <summary>
    /// An author group names a key and a job. The job is the unit's own, or what was signed once would count for what came later; and
    /// what names a party's signing key comes with a signature.
    /// </summary>
    private string? CheckJob(CommitUnit unit)
    {
        const int JobLength = 32;
        if (!Payload.TryDecodePair(unit.Author.Bytes.Span, out var keyId, out var job))
        {
            return null;
        }

        if (job.Length == JobLength && job != unit.Id.ToString("x32", CultureInfo.InvariantCulture))
        {
            return $"The unit names the job {job}, which is another unit's.";
        }

        return parties.HasKey(keyId) && !unit.Entries.Any(entry => entry.Entity.Kind == SignedCapture.EntityKind && entry.Entity.Key == job)
            ? $"The unit names the signing key {keyId}, but holds no signed request of its job {job}."
            : null;
    }

    /// <summary>The party's journal as far as it came before: by ordinals, which stand in the order of the leaves.</summary>
    private string? CheckAuthor(CommitUnit unit, in UnitEntry entry, long ordinal)
    {
        var content = unit.Matters[entry.Matter].Bytes;
        if (!SignedCapture.TryParse(content, out var capture, out var error))
        {
            return $"{entry.Entity}: it holds no signed request: {error}.";
        }

        if (!Payload.TryDecodePair(unit.Author.Bytes.Span, out var author, out var job))
        {
            return $"{entry.Entity}: its author group is no pair.";
        }

        if (entry.Entity.Key != job || entry.Header.Sequence != 0)
        {
            return $"{entry.Entity}: a signed request is the only entry of its unit's job, which is {job}.";
        }

        var verdict = AuthorshipVerifier.Verify(
            new SignedEntry(content, author, entry.Header.TimeMs, ordinal), parties.Of(capture.Request.PartyId));
        if (!verdict.IsValid)
        {
            return $"{entry.Entity} was not signed by party '{capture.Request.PartyId}': {verdict.Reason}";
        }

        Signed++;
        var signed = AuthoredEvents.Of(verdict.Body, unit.TimeMs);
        var other = unit.Entries.FirstOrDefault(one => one.EntryType == EventType
            && !signed.Name(unit.Matters[one.Matter].Bytes.Span, new Participant(one.Entity.Kind, one.Entity.Key, one.Role), capture.Request.PartyId));
        return other.EntryType is null ? null
            : $"{entry.Entity}: sequence {other.Header.Sequence} of {other.Entity} is no event of what party '{capture.Request.PartyId}' signed.";
    }

    private string? CheckIncarnation(CommitUnit unit, in UnitEntry entry)
    {
        var note = unit.Matters[entry.Matter].Bytes.Span;
        if (!NoteKeyName.IsValid(entry.Entity.Key))
        {
            return $"{entry.Entity} is no log's name.";
        }

        var named = VerifierKey.Create(entry.Entity.Key, key.Type, key.PublicKey);
        if (!IncarnationLink.TryOpen(note, named, out var link, out var error) || link.NewOrigin != entry.Entity.Key)
        {
            return $"{entry.Entity}: {error ?? "the link is another log's."}";
        }

        _incarnations.Add(link);
        return null;
    }
}
