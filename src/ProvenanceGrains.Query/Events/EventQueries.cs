using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Query.Events;

/// <summary>Answers queries over events, page by page, in the order of recording.</summary>
/// <remarks>
/// A query sees what was recorded when its first page was read, so that pages neither shift nor repeat while more comes in.
/// The index decides one <c>MATCH_...</c> parameter; if there are more, the others are checked against the entries of what it
/// finds, within a budget: a page can then be shorter than asked for and still name a next one.
/// </remarks>
public sealed class EventQueries(IJournalReader journals, IMatterIndex index)
{
    /// <summary>A page ends early when its events have this many bytes.</summary>
    public const int MaxPageBytes = 16 << 20;

    /// <summary>Entries looked at for a page by conditions that the index does not decide.</summary>
    public const int MaxEntriesChecked = 50_000;

    private const int MattersPerRead = 128;

    /// <summary>The event that bears an id; null if none does.</summary>
    public async ValueTask<StoredMatter?> FindAsync(string eventId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(eventId);
        foreach (var name in EventClaim.Candidates(eventId))
        {
            if (await index.FindByClaimAsync(name, cancellation) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Reads the page that a query names: the first one, or the one of its token.</summary>
    public async ValueTask<EventPage> ReadAsync(EventQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        var below = query.Token?.Below ?? journals.Committed;
        var after = query.Token?.After ?? -1;
        if (query.Matches.Any(match => match.Entities.Count == 0))
        {
            return new EventPage([], null);
        }

        var page = new Page(query.PerPage);
        var source = query.EventIds is null
            ? ByIndexAsync(query, after, below, cancellation)
            : ByIdAsync(query, query.EventIds, after, below, cancellation);
        await foreach (var matter in source.WithCancellation(cancellation))
        {
            if (page.IsFull)
            {
                return page.ToEventPage(below, query.Fingerprint);
            }

            await TakeAsync(page, query, matter, cancellation);
        }

        return page.ToEventPage(below: null, query.Fingerprint);
    }

    /// <summary>The conditions that the index decides by itself.</summary>
    private static MatterQuery Decided(EventQuery query) => query.Matches.Count == 0
        ? query.Conditions
        : query.Conditions with { Entities = query.Matches[0].Entities, Roles = query.Matches[0].Roles };

    private async IAsyncEnumerable<StoredMatter> ByIndexAsync(
        EventQuery query,
        long after,
        long below,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var limit = Math.Min(MattersPerRead, query.PerPage + 1);
        while (true)
        {
            var batch = await index.QueryAsync(
                Decided(query) with { After = after, Below = below, Limit = limit }, cancellation);
            foreach (var matter in batch)
            {
                yield return matter;
            }

            if (batch.Count < limit)
            {
                yield break;
            }

            after = batch[^1].FirstOrdinal;
        }
    }

    /// <summary>Few events, each found by its id; the index then says of each whether the other conditions hold.</summary>
    private async IAsyncEnumerable<StoredMatter> ByIdAsync(
        EventQuery query,
        IReadOnlyList<string> eventIds,
        long after,
        long below,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var found = await index.FindClaimsAsync([.. eventIds.SelectMany(EventClaim.Candidates)], cancellation);
        foreach (var ordinal in found.Values.Distinct().Order().Where(ordinal => ordinal > after && ordinal < below))
        {
            var one = await index.QueryAsync(
                Decided(query) with { After = ordinal - 1, Below = ordinal + 1, Limit = 1 }, cancellation);
            if (one.Count > 0)
            {
                yield return one[0];
            }
        }
    }

    private async ValueTask TakeAsync(Page page, EventQuery query, StoredMatter matter, CancellationToken cancellation)
    {
        for (var i = 1; i < query.Matches.Count; i++)
        {
            page.EntriesChecked += matter.EntryCount;
            if (!await SatisfiesAsync(query.Matches[i], matter, cancellation))
            {
                page.Skip(matter);
                return;
            }
        }

        page.Add(matter);
    }

    private async ValueTask<bool> SatisfiesAsync(EntityCondition condition, StoredMatter matter, CancellationToken cancellation)
    {
        var entries = await journals.ReadEntriesAsync(matter.FirstOrdinal, matter.EntryCount, cancellation);
        return entries.Any(entry => condition.Roles.Contains(entry.Role) && condition.Entities.Contains(entry.Entity));
    }

    /// <summary>What a page has so far, and up to where everything was looked at.</summary>
    private sealed class Page(int size)
    {
        private readonly List<StoredMatter> _events = [];
        private long _last = -1;
        private long _bytes;

        public long EntriesChecked { get; set; }

        public bool IsFull => _events.Count >= size || _bytes >= MaxPageBytes || EntriesChecked >= MaxEntriesChecked;

        public void Add(StoredMatter matter)
        {
            _events.Add(matter);
            _bytes += matter.Content.Length;
            Skip(matter);
        }

        public void Skip(StoredMatter matter) => _last = matter.FirstOrdinal;

        /// <param name="below">Of the query's snapshot; null if this is the last page.</param>
        /// <param name="fingerprint">Of the query.</param>
        public EventPage ToEventPage(long? below, ulong fingerprint) =>
            new(_events, below is { } limit ? new PageToken(_last, limit, fingerprint).ToString() : null);
    }
}
