using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Identifiers;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Query.Lineages;
using ProvenanceGrains.Query.Proofs;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Query.Stories;

/// <summary>Tells the story of a traceable object: what it is, what happened to it, what it came from, and where its proofs are.</summary>
public sealed class ProductStories(IJournalReader journals, LogProofs proofs, Lineage lineage)
{
    /// <summary>The most events that a story shows: the last ones.</summary>
    public const int MaxEvents = 500;

    /// <summary>A story shows fewer events when these have this many bytes.</summary>
    public const int MaxEventBytes = 2 << 20;

    /// <summary>The most origins that a story lists, and how far they are looked for.</summary>
    public const int MaxOrigins = 50;

    private const int OriginDepth = 10;

    // What a thing is called is said when it comes into being.
    private const int NamingEvents = 8;
    private const int EntriesPerRead = 32;

    /// <summary>The story of an object as <c>provenancegrains-story/v1</c>, UTF-8 JSON.</summary>
    /// <param name="key">Its canonical key.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null if nothing was ever recorded about it.</returns>
    public async ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!TryIdentify(key, out var identifier))
        {
            return null;
        }

        // A place has a journal of its own for what happened there to nothing in particular.
        string[] kinds = identifier.Kind == EpcKind.Location ? [LotEntity.Kind, LotEntity.PlaceKind] : [LotEntity.Kind];
        foreach (var kind in kinds)
        {
            if (EntityId.TryCreate(kind, key, out var entity, out _)
                && await TellAsync(entity, identifier, cancellation) is { } story)
            {
                return story;
            }
        }

        return null;
    }

    private async ValueTask<byte[]?> TellAsync(EntityId entity, Epc identifier, CancellationToken cancellation)
    {
        // The snapshot first: an entry that is committed after it was taken is shown as not sealed yet, never the other way.
        var snapshot = await proofs.SnapshotAsync(cancellation);
        var extent = await JournalExtent.MeasureAsync(journals, entity, snapshot, cancellation);
        if (extent.Length == 0)
        {
            return null;
        }

        var shown = await ReadLastAsync(entity, extent.Length, cancellation);
        var first = extent.Length - shown.Count;
        var naming = await ReadFirstAsync(entity, (int)Math.Min(first, NamingEvents), cancellation);
        var events = new List<(EventShown, long?)>(shown.Count);
        foreach (var one in shown)
        {
            var leaf = snapshot is null ? null : await proofs.LeafOfAsync(snapshot, one.Entry.Ordinal, cancellation);
            events.Add((one, leaf));
        }

        var places = new Dictionary<string, PlaceFact>(StringComparer.Ordinal);
        shown.ForEach(one => PlaceFacts.Collect(one, places));
        List<EventShown> all = [.. naming, .. shown];
        var (origins, truncated) = await FindOriginsAsync(entity, cancellation);
        return StoryJson.Write(new StoryContent
        {
            Entity = entity,
            Identifier = identifier,
            Extent = extent,
            FirstShown = first,
            Events = events,
            Name = ProductFacts.NameOf(all),
            Ilmd = ProductFacts.Ilmd(all),
            State = StoryState.Of(identifier, all),
            Origins = origins,
            OriginsTruncated = truncated,
            Places = places,
        });
    }

    private static bool TryIdentify(string key, out Epc identifier)
    {
        if (DigitalLinkPath.TryParse("/" + key, out var path, out _))
        {
            identifier = path.Epc;
            return true;
        }

        return Epc.TryParse(key, out identifier, out _);
    }

    /// <summary>Reads backwards in small steps, so that a story of large events stops in time.</summary>
    private async ValueTask<List<EventShown>> ReadLastAsync(EntityId entity, long length, CancellationToken cancellation)
    {
        var events = new List<EventShown>();
        var bytes = 0L;
        var first = length;
        while (first > 0 && events.Count < MaxEvents && bytes < MaxEventBytes)
        {
            var count = (int)Math.Min(Math.Min(EntriesPerRead, MaxEvents - events.Count), first);
            first -= count;
            var page = await journals.ReadJournalAsync(entity, first, count, cancellation);
            events.InsertRange(0, page.Select(EventShown.Read));
            bytes += page.Sum(entry => (long)entry.Content.Bytes.Length);
        }

        return events;
    }

    private async ValueTask<List<EventShown>> ReadFirstAsync(EntityId entity, int count, CancellationToken cancellation) =>
        count == 0 ? [] : [.. (await journals.ReadJournalAsync(entity, 0, count, cancellation)).Select(EventShown.Read)];

    private async ValueTask<(List<OriginShown> Origins, bool Truncated)> FindOriginsAsync(
        EntityId entity, CancellationToken cancellation)
    {
        var trace = await lineage.TraceAsync(entity, TraceDirection.Up, OriginDepth, MaxOrigins + 1, cancellation);
        var relations = new Dictionary<EntityId, TraceRelation>();
        foreach (var edge in trace?.Edges ?? [])
        {
            relations.TryAdd(edge.From, edge.Relation);
        }

        var origins = new List<OriginShown>();
        foreach (var node in trace?.Nodes ?? [])
        {
            if (node.Depth > 0 && relations.TryGetValue(node.Entity, out var relation))
            {
                var naming = await ReadFirstAsync(node.Entity, NamingEvents, cancellation);
                var role = relation == TraceRelation.TransformedInto ? EventRoles.Input : EventRoles.Child;
                origins.Add(new OriginShown(node.Entity, role, node.Depth, ProductFacts.NameOf(naming)));
            }
        }

        return (origins, trace is { LimitsMet: not TraceLimit.None });
    }
}
