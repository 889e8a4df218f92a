using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Query.Events;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Query.Lineages;

/// <summary>Follows goods through transformations and containments, level by level, one question to the index a level.</summary>
/// <remarks>
/// Every step is a fact of one event. A serialised item and the lot that its master data name are not joined: no event says so
/// unless one transforms or contains the one into the other.
/// </remarks>
public sealed class Lineage(IJournalReader journals, IMatterIndex index)
{
    /// <summary>The most steps that can be asked for.</summary>
    public const int MaxDepth = 50;

    /// <summary>The most entities in an answer.</summary>
    public const int MaxNodes = 5_000;

    /// <summary>The most edges in an answer.</summary>
    public const int MaxEdges = 20_000;

    /// <summary>Entities asked for in one call to the index.</summary>
    public const int EntitiesPerCall = 1_000;

    /// <summary>Rows taken from one call to the index.</summary>
    public const int MaxRowsPerCall = 50_000;

    /// <summary>Traces an entity.</summary>
    /// <param name="start">Where to begin.</param>
    /// <param name="direction">Up, down or both.</param>
    /// <param name="depth">Steps, 1 to <see cref="MaxDepth"/>.</param>
    /// <param name="maxNodes">The most entities, 1 to <see cref="MaxNodes"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null if the entity has no journal.</returns>
    public async ValueTask<Trace?> TraceAsync(
        EntityId start, TraceDirection direction, int depth, int maxNodes, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, MaxDepth);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNodes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxNodes, MaxNodes);
        if ((await journals.GetHeadAsync(start, cancellation)).Length == 0)
        {
            return null;
        }

        var walk = new TraceWalk(start, maxNodes, MaxEdges);
        foreach (var side in SidesOf(direction))
        {
            await WalkAsync(walk, start, side, depth, cancellation);
        }

        var edges = await NameEventsAsync(walk.Edges, cancellation);
        return new Trace(start, direction, depth, walk.Nodes, edges, walk.LimitsMet);
    }

    private static TraceDirection[] SidesOf(TraceDirection direction) => direction switch
    {
        TraceDirection.Up => [TraceDirection.Up],
        TraceDirection.Down => [TraceDirection.Down],
        TraceDirection.Both => [TraceDirection.Up, TraceDirection.Down],
    };

    private async ValueTask WalkAsync(
        TraceWalk walk, EntityId start, TraceDirection side, int depth, CancellationToken cancellation)
    {
        var visited = new HashSet<EntityId> { start };
        List<EntityId> level = [start];
        for (var step = 1; step <= depth && level.Count > 0; step++)
        {
            var members = level.ToHashSet();
            List<EntityId> next = [];
            foreach (var part in level.Chunk(EntitiesPerCall))
            {
                walk.Take(await AskAsync(walk, part, side, cancellation), members, side, step, visited, next);
            }

            level = next;
        }

        // One more question tells a complete answer from one that the depth cut off.
        var last = level.ToHashSet();
        foreach (var part in level.Chunk(EntitiesPerCall))
        {
            if ((walk.LimitsMet & TraceLimit.Depth) == 0
                && TraceWalk.LeadsOn(await AskAsync(walk, part, side, cancellation), last, side, visited))
            {
                walk.LimitsMet |= TraceLimit.Depth;
            }
        }
    }

    private async ValueTask<IReadOnlyList<Participation>> AskAsync(
        TraceWalk walk, EntityId[] part, TraceDirection side, CancellationToken cancellation)
    {
        var rows = await index.FindRelatedAsync(
            part, TraceWalk.OwnRoles(side), TraceWalk.OtherRoles(side), MaxRowsPerCall, cancellation);
        if (rows.Count > MaxRowsPerCall)
        {
            walk.LimitsMet |= TraceLimit.Rows;
        }

        return rows;
    }

    private async ValueTask<IReadOnlyList<TraceEdge>> NameEventsAsync(
        IReadOnlyList<TraceEdge> edges, CancellationToken cancellation)
    {
        var names = new Dictionary<long, string?>();
        var named = new List<TraceEdge>(edges.Count);
        foreach (var edge in edges)
        {
            if (!names.TryGetValue(edge.Matter, out var name))
            {
                var entry = await journals.ReadEntryAsync(edge.Matter, cancellation);
                name = entry is null ? null : StoredEvent.ReadEventId(entry.Content.Bytes.Span);
                names.Add(edge.Matter, name);
            }

            named.Add(edge with { EventId = name });
        }

        return named;
    }
}
