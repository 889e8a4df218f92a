using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.TestKit.Sealing;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>Planted bugs of the seal store as a process sees it.</summary>
internal sealed class CarelessSealStore(
    MemorySealStore durable, SimulatedProcess process, SeededRandom random, Func<bool> fails, PlantedBug bug)
    : SimulatedSealStore(durable, process, random, fails)
{
    public static bool Replaces(PlantedBug bug) =>
        bug is PlantedBug.ForgetsCommittedStage or PlantedBug.PublishesBeforeApplying;

    public override ValueTask<SealBundle?> ReadStageAsync(CancellationToken cancellation) =>
        bug == PlantedBug.ForgetsCommittedStage
            ? ValueTask.FromResult<SealBundle?>(null)
            : base.ReadStageAsync(cancellation);

    public override async ValueTask<bool> CompareAndSwapAsync(
        ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> next, CancellationToken cancellation)
    {
        var swapped = await base.CompareAndSwapAsync(expected, next, cancellation);
        if (swapped && bug == PlantedBug.PublishesBeforeApplying)
        {
            await Durable.PublishAsync(next, cancellation);
            await Task.Yield();
        }

        return swapped;
    }
}

/// <summary>Planted bugs of the sealer: the production plan and recovery, with one mistake between the two.</summary>
internal sealed class CarelessSealer(IJournalReader journal, ISealStore store, SignerKey key, TimeProvider time, PlantedBug bug)
{
    private readonly BlockIdentity _identity = BlockIdentity.Of(key.Verifier);

    public static bool Replaces(PlantedBug bug) =>
        bug is PlantedBug.NamesWrongPreviousBlock or PlantedBug.ForgetsHeadMapUpdate;

    public async Task SealAsync()
    {
        var position = await SealRecovery.RunAsync(
            store, new DirectPublication(store), _identity, key.Verifier, new HeadMapVersions(), CancellationToken.None);
        var entries = await journal.ReadHeadersAsync(position.NextOrdinal, ChainSealer.MaxEntriesPerBlock, CancellationToken.None);
        if (entries.Count == 0)
        {
            return;
        }

        var wrong = bug == PlantedBug.ForgetsHeadMapUpdate ? position with { Heads = HeadMap.Empty }
            : position.Block is { } head ? position with { Block = head with { LeafHash = Hash256.Sha256("another block"u8) } }
            : position;
        var (bundle, _) = SealPlan.Make(wrong, entries, time.GetUtcNow().ToUnixTimeMilliseconds(), _identity, key);
        await store.StageAsync(bundle, CancellationToken.None);
        await store.CompareAndSwapAsync(position.Committed, bundle.Checkpoint, CancellationToken.None);
        await store.ApplyAsync(bundle, CancellationToken.None);
        await store.PublishAsync(bundle.Checkpoint, CancellationToken.None);
        await store.DropStageAsync(CancellationToken.None);
    }
}

/// <summary>Planted bugs of what queries read: one wrong hash in a tile.</summary>
internal sealed class CarelessLogReader(ILogReader log) : ILogReader
{
    public long BlockCount => log.BlockCount;

    public ValueTask<byte[]?> ReadCheckpointAsync(CancellationToken cancellation) => log.ReadCheckpointAsync(cancellation);

    public async ValueTask<byte[]?> ReadFileAsync(string path, CancellationToken cancellation)
    {
        var content = await log.ReadFileAsync(path, cancellation);
        if (content is null || !path.StartsWith("tile/0/", StringComparison.Ordinal))
        {
            return content;
        }

        content = (byte[])content.Clone();
        content[content.Length / 2] ^= 1;
        return content;
    }

    public ValueTask<byte[]?> ReadBlockAsync(long height, CancellationToken cancellation) => log.ReadBlockAsync(height, cancellation);
}

/// <summary>Planted bug of what queries read: every journal seems to be one entry shorter than it is.</summary>
internal sealed class StaleHeadReader(SimulatedIndex index) : IJournalReader
{
    public long Committed => index.Committed;

    public Task WaitForCommitAsync(long ordinal, CancellationToken cancellation) => index.WaitForCommitAsync(ordinal, cancellation);

    public async ValueTask<JournalHead> GetHeadAsync(EntityId entity, CancellationToken cancellation)
    {
        var head = await index.GetHeadAsync(entity, cancellation);
        return head with { Length = Math.Max(0, head.Length - 1) };
    }

    public ValueTask<IReadOnlyList<EntryHeader>> ReadHeadersAsync(long first, int max, CancellationToken cancellation) =>
        index.ReadHeadersAsync(first, max, cancellation);

    public ValueTask<StoredEntry?> ReadEntryAsync(long ordinal, CancellationToken cancellation) =>
        index.ReadEntryAsync(ordinal, cancellation);

    public ValueTask<IReadOnlyList<StoredEntry>> ReadEntriesAsync(long first, int count, CancellationToken cancellation) =>
        index.ReadEntriesAsync(first, count, cancellation);

    public ValueTask<IReadOnlyList<StoredEntry>> ReadJournalAsync(
        EntityId entity, long fromSequence, int max, CancellationToken cancellation) =>
        index.ReadJournalAsync(entity, fromSequence, max, cancellation);

    public ValueTask<StoredUnit?> FindUnitAsync(UInt128 id, CancellationToken cancellation) => index.FindUnitAsync(id, cancellation);
}
