using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Bundles;

/// <summary>Who said what one entry of a bundle's subject holds.</summary>
/// <param name="Sequence">Of the entry.</param>
/// <param name="Authorship">By the signature that its capture kept.</param>
public sealed record EntryAuthor(long Sequence, AuthorshipVerdict Authorship);

/// <summary>
/// Verifies the signatures of a bundle: each entry of the subject names the request that brought it; that request's own journal holds what
/// was signed, and the party's journal, which has to be whole, the key and whether it was revoked.
/// </summary>
internal sealed class BundleAuthors
{
    private const string Authorship = "authorship";

    private readonly Dictionary<EntityId, BundleJournal> _journals = [];
    private readonly Dictionary<EntityId, AuthorshipVerdict?> _known = [];
    private readonly IReadOnlySet<EntityId> _whole;
    private readonly VerdictBuilder _verdict;

    /// <param name="bundle">Its links are verified.</param>
    /// <param name="whole">The journals that the head map says are whole.</param>
    /// <param name="verdict">Takes what comes out.</param>
    public BundleAuthors(Bundle bundle, IReadOnlySet<EntityId> whole, VerdictBuilder verdict)
    {
        foreach (var journal in bundle.Journals)
        {
            _journals.TryAdd(journal.Entity, journal);
        }

        _whole = whole;
        _verdict = verdict;
    }

    public IReadOnlyList<EntryAuthor> Verify(BundleJournal subject)
    {
        var authors = new List<EntryAuthor>();
        for (var i = 0; i < subject.Entries.Count; i++)
        {
            if (AuthorOf(subject.Entries[i]) is { } author)
            {
                author = CheckTime(author, subject, i);
                authors.Add(new EntryAuthor(i, author));
                if (!author.IsValid)
                {
                    _verdict.Fail(Authorship, $"{subject.Entity}, link {i}: {author.Reason}");
                }
            }
        }

        var silent = subject.Entries.Count - authors.Count;
        if (authors.Count > 0)
        {
            var names = authors.Select(author => author.Authorship.Party?.Name).OfType<string>().Distinct().Order(StringComparer.Ordinal);
            _verdict.Close(Authorship, $"{authors.Count} entries are named by signed captures, of {string.Join(", ", names)}.");
            foreach (var key in authors.Select(author => author.Authorship).Where(one => one.RevokedLaterMs is not null).DistinctBy(one => one.KeyId))
            {
                _verdict.Skip(Authorship, $"The key {key.KeyId} was revoked later, at {PartyEntry.FormatTime(key.RevokedLaterMs!.Value)}: whoever had it by then could sign as well.");
            }
        }

        if (silent > 0)
        {
            _verdict.Skip(Authorship, $"{silent} entries come without a signature that could be checked here: who said it is the log's word.");
        }

        return authors;
    }

    /// <returns>Null if nothing was signed, or what is needed to check it is not shown.</returns>
    private AuthorshipVerdict? AuthorOf(BundleEntry entry)
    {
        if (Pair(entry, FieldGroup.Author) is not var (_, request)
            || !EntityId.TryCreate(SignedCapture.EntityKind, request, out var capture, out _)
            || !_journals.TryGetValue(capture, out var journal))
        {
            return null;
        }

        if (!_known.TryGetValue(capture, out var known))
        {
            _known[capture] = known = VerifyCapture(journal);
        }

        // The same request, but another key in the entry's own author group: the signature is not about this entry.
        var keyId = Pair(entry, FieldGroup.Author)!.Value.First;
        return known is { IsValid: true } && known.KeyId != keyId
            ? known with { IsValid = false, Reason = $"The entry names the key '{keyId}', its capture was signed with '{known.KeyId}'." }
            : known;
    }

    /// <summary>
    /// A log dates all entries of a unit alike, but none before the last one of its journal. An entry with another time came with another
    /// unit than the one that was signed.
    /// </summary>
    private static AuthorshipVerdict CheckTime(AuthorshipVerdict author, BundleJournal subject, int link)
    {
        var time = TimeOf(subject.Entries[link]);
        var before = link == 0 ? 0 : TimeOf(subject.Entries[link - 1]);
        return !author.IsValid || time == Math.Max(author.RecordedMs, before)
            ? author
            : Invalid($"It is of {PartyEntry.FormatTime(time)}, the capture that it names of {PartyEntry.FormatTime(author.RecordedMs)}.");
    }

    private static long TimeOf(BundleEntry entry) =>
        EntryHeader.TryParse(entry.Header.Span, out var header, out _) ? header.TimeMs : 0;

    private AuthorshipVerdict? VerifyCapture(BundleJournal capture)
    {
        if (capture.Entries is not [var entry]
            || Pair(entry, FieldGroup.Author) is not var (keyId, _)
            || entry.Groups[^1] is not { State: GroupState.Disclosed } content
            || !EntryHeader.TryParse(entry.Header.Span, out var header, out _))
        {
            return null;
        }

        if (!SignedCapture.TryParse(content.Content, out var kept, out var error))
        {
            return Invalid($"{capture.Entity} holds no signed request: {error}.");
        }

        if (!EntityId.TryCreate(PartyEntry.EntityKind, kept.Request.PartyId, out var party, out _)
            || !_journals.TryGetValue(party, out var partyJournal)
            || !_whole.Contains(party))
        {
            return null;
        }

        // Where a part of the party's journal is not shown, a revocation may be what it says: nothing can be said of the signature.
        var entries = partyJournal.Entries.Select(ToLogEntry).OfType<PartyLogEntry>().ToList();
        return entries.Count < partyJournal.Entries.Count
            ? null
            : AuthorshipVerifier.Verify(new SignedEntry(content.Content, keyId, header.TimeMs, entry.LeafIndex), entries);
    }

    private static PartyLogEntry? ToLogEntry(BundleEntry entry) =>
        Pair(entry, FieldGroup.Type) is var (type, _)
        && entry.Groups[^1] is { State: GroupState.Disclosed } content
        && EntryHeader.TryParse(entry.Header.Span, out var header, out _)
            ? new PartyLogEntry(type, content.Content, header.TimeMs, entry.LeafIndex)
            : null;

    private static (string First, string Second)? Pair(BundleEntry entry, FieldGroup group) =>
        entry.Groups[(int)group - 1] is { State: GroupState.Disclosed } shown
        && Payload.TryDecodePair(shown.Content.Span, out var first, out var second)
            ? (first, second)
            : null;

    private static AuthorshipVerdict Invalid(string reason) => new(false, reason, null, null, null, null, default);
}
