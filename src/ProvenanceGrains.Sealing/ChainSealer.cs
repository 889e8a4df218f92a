using ProvenanceGrains.Grains.Contracts.Sealing;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Sealing;

/// <summary>Seals blocks, one call at a time: its owner sees to it that calls do not overlap.</summary>
/// <remarks>
/// The steps of one block, and what a crash after each leaves behind (<see cref="SealRecovery"/> repairs it with the same calls):
/// <list type="number">
/// <item>Plan: nothing.</item>
/// <item>Stage: a stage that no checkpoint names. Dropped.</item>
/// <item>Swap the committed checkpoint - the commit point -: a stage that the checkpoint names. Applied.</item>
/// <item>Apply tiles, bundles and block record: the same; applying again gives the same bytes.</item>
/// <item>Publish, or hand over to be cosigned and published: the same.</item>
/// <item>Drop the stage: nothing.</item>
/// </list>
/// A failure anywhere throws the position away: the next call starts with recovery, as a new process would.
/// </remarks>
public sealed class ChainSealer(
    IJournalReader journal,
    ISealStore store,
    SignerKey key,
    IEntityIndexFunction indexes,
    TimeProvider time,
    ICheckpointPublication? publication = null,
    HeadMapVersions? versions = null)
{
    /// <summary>The most entries that one block seals.</summary>
    public const int MaxEntriesPerBlock = 65_536;

    private readonly BlockIdentity _identity = new(key.Verifier.Name, key.Verifier.NameAndId, indexes.Rule);
    private readonly ICheckpointPublication _publication = publication ?? new DirectPublication(store);
    private readonly HeadMapVersions _versions = versions ?? new HeadMapVersions();
    private SealPosition? _position;

    /// <summary>Seals one block with what waits; nothing if nothing waits.</summary>
    /// <exception cref="InvalidDataException">The store contradicts itself, or has lost entries that are sealed.</exception>
    /// <exception cref="InvalidOperationException">Another sealer has committed a checkpoint in between.</exception>
    public async Task<SealReport> SealAsync(CancellationToken cancellation)
    {
        var position = _position ?? await SealRecovery.RunAsync(store, _publication, _identity, key.Verifier, _versions, cancellation);
        _position = null;
        if (journal.Committed < position.NextOrdinal)
        {
            throw new InvalidDataException(
                $"The journal ends at entry {journal.Committed}, but {position.NextOrdinal} entries are sealed.");
        }

        // 1. Plan.
        var entries = await journal.ReadHeadersAsync(position.NextOrdinal, MaxEntriesPerBlock, cancellation);
        if (entries.Count == 0)
        {
            _position = position;
            return Report(position, 0);
        }

        var (bundle, next) = SealPlan.Make(position, entries, time.GetUtcNow().ToUnixTimeMilliseconds(), _identity, key);

        // 2. Stage.
        await store.StageAsync(bundle, cancellation);

        // 3. Commit.
        if (!await store.CompareAndSwapAsync(position.Committed, bundle.Checkpoint, cancellation))
        {
            throw new InvalidOperationException("Another sealer has committed a checkpoint: this one stands back.");
        }

        if (next.Block is { } head && next.Heads is { } heads)
        {
            _versions.Add(head.Content.Height, heads);
        }

        // 4. Apply.
        await store.ApplyAsync(bundle, cancellation);

        // 5. Publish.
        await _publication.OfferAsync(new CommittedCheckpoint(bundle.Checkpoint, next.Blocks, next.NextOrdinal), cancellation);

        // 6. Drop.
        await store.DropStageAsync(cancellation);
        _position = next;
        return Report(next, entries.Count);
    }

    /// <remarks>What came while the block was being sealed is the next one's, at its pace: only a full block leaves a backlog.</remarks>
    private SealReport Report(SealPosition position, long count) => new(
        position.Edge.Size,
        position.Blocks,
        position.NextOrdinal,
        count,
        More: count == MaxEntriesPerBlock && journal.Committed > position.NextOrdinal);
}
