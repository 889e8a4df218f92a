using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>What one process sees of the durable entries: every question takes time, so that others get in between.</summary>
/// <remarks>Three planted bugs of readers live here.</remarks>
internal sealed class SimulatedReader(SimulatedIndex index, SimulatedProcess process, SeededRandom random, PlantedBug bug)
    : IJournalReader, IMatterIndex
{
    public long Committed => index.Committed;

    public Task WaitForCommitAsync(long ordinal, CancellationToken cancellation) =>
        index.WaitForCommitAsync(ordinal, cancellation);

    public async ValueTask<JournalHead> GetHeadAsync(EntityId entity, CancellationToken cancellation)
    {
        await EnterAsync();
        var head = await index.GetHeadAsync(entity, cancellation);
        return bug switch
        {
            PlantedBug.LetsTimeGoBack => head with { LastTimeMs = 0 },
            _ => head,
        };
    }

    public async ValueTask<IReadOnlyList<EntryHeader>> ReadHeadersAsync(long first, int max, CancellationToken cancellation)
    {
        await EnterAsync();
        var headers = await index.ReadHeadersAsync(first, max, cancellation);
        if (bug == PlantedBug.ReordersEntries && headers.Count > 1)
        {
            var at = random.Next(headers.Count - 1);
            return [.. headers.Take(at), headers[at + 1], headers[at], .. headers.Skip(at + 2)];
        }

        return headers;
    }

    public async ValueTask<StoredEntry?> ReadEntryAsync(long ordinal, CancellationToken cancellation)
    {
        await EnterAsync();
        return await index.ReadEntryAsync(ordinal, cancellation);
    }

    public async ValueTask<IReadOnlyList<StoredEntry>> ReadEntriesAsync(long first, int count, CancellationToken cancellation)
    {
        await EnterAsync();
        return await index.ReadEntriesAsync(first, count, cancellation);
    }

    public async ValueTask<IReadOnlyList<StoredEntry>> ReadJournalAsync(
        EntityId entity, long fromSequence, int max, CancellationToken cancellation)
    {
        await EnterAsync();
        return await index.ReadJournalAsync(entity, fromSequence, max, cancellation);
    }

    public async ValueTask<StoredUnit?> FindUnitAsync(UInt128 id, CancellationToken cancellation)
    {
        await EnterAsync();
        return await index.FindUnitAsync(id, cancellation);
    }

    public async ValueTask<StoredMatter?> FindByClaimAsync(Hash256 name, CancellationToken cancellation)
    {
        await EnterAsync();
        return await index.FindByClaimAsync(name, cancellation);
    }

    public async ValueTask<IReadOnlyDictionary<Hash256, long>> FindClaimsAsync(
        IReadOnlyCollection<Hash256> names, CancellationToken cancellation)
    {
        await EnterAsync();
        return await index.FindClaimsAsync(names, cancellation);
    }

    public ValueTask<IReadOnlyList<StoredMatter>> QueryAsync(MatterQuery query, CancellationToken cancellation) =>
        index.QueryAsync(query, cancellation);

    public ValueTask<IReadOnlyList<Participation>> FindRelatedAsync(
        IReadOnlyCollection<EntityId> entities,
        IReadOnlyCollection<string> ownRoles,
        IReadOnlyCollection<string> otherRoles,
        int limit,
        CancellationToken cancellation) => index.FindRelatedAsync(entities, ownRoles, otherRoles, limit, cancellation);

    private async ValueTask EnterAsync()
    {
        process.CheckThread();
        await Task.Yield();
    }
}
