using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.TestKit.Sealing;

namespace ProvenanceGrains.Grains.Tests.Sealing;

/// <summary>G5, the sealer's part: every block's root is that of the journals as they end there, whatever breaks, and no other is built upon.</summary>
public sealed class G5_BlocksHoldTheHeadMapTests
{
    private static readonly SignerKey Key =
        SignerKey.Create("log.example/test", NoteSignatureType.Ed25519, new byte[32]);

    private static readonly BlockIdentity Identity = BlockIdentity.Of(Key.Verifier);

    private readonly SealedEntries _journal = new();
    private readonly MemorySealStore _store = new();

    [Fact]
    public async Task The_root_of_the_last_block_proves_every_journals_length_and_that_there_is_no_other()
    {
        var sealer = NewSealer(_store);
        foreach (var count in (int[])[40, 1, 700, 256])
        {
            await _journal.WriteAsync(count);
            await sealer.SealAsync(default);
        }

        var root = await LastRootAsync();
        var map = await HeadMapReplay.RebuildAsync(_store, _store.BlockCount - 1, default);
        Assert.Equal(root, map.Root);
        foreach (var journal in _journal.Written.GroupBy(entry => entry.Index))
        {
            Assert.True(HeadMapVerifier.TryVerify(root, journal.Key, map.Prove(journal.Key), out var head, out var error), error);
            Assert.Equal(new EntityHead(journal.Count(), journal.Last().LeafHash()), head);
        }

        foreach (var absent in (EntityIndex[])[Identity.Index, HashedEntityIndex.Instance.Compute(EntityId.Create("lot", "none"))])
        {
            Assert.True(HeadMapVerifier.TryVerify(root, absent, map.Prove(absent), out var head, out var error), error);
            Assert.Null(head);
        }
    }

    /// <summary>Each write of a sealing × {failed, failed but persisted} × {the same process with its versions, a new one}.</summary>
    [Theory]
    [InlineData(FaultMode.Failed, true)]
    [InlineData(FaultMode.Failed, false)]
    [InlineData(FaultMode.FailedButPersisted, true)]
    [InlineData(FaultMode.FailedButPersisted, false)]
    public async Task After_a_crash_at_any_step_the_roots_are_those_of_the_entries(FaultMode mode, bool sameProcess)
    {
        var store = new FaultySealStore(_store);
        var checker = new LogChecker(Key.Verifier);
        var versions = new HeadMapVersions();
        for (var step = 0; step < 6; step++)
        {
            await _journal.WriteAsync(37 + step);
            store.Arm(step, mode);
            try
            {
                await NewSealer(store, versions).SealAsync(default);
            }
            catch (IOException)
            {
                versions = sameProcess ? versions : new HeadMapVersions();
            }

            store.Disarm();
            await NewSealer(store, versions).SealAsync(default);
            Assert.Equal(_journal.Written, await checker.CheckAsync(_store));
            Assert.Equal(await LastRootAsync(), versions.Find(_store.BlockCount - 1)?.Root);
        }
    }

    [Fact]
    public async Task A_head_map_in_memory_that_is_not_the_blocks_is_refused()
    {
        var versions = new HeadMapVersions();
        await SealAsync(20, versions);
        await SealAsync(20, versions);
        versions.Add(1, Tampered(versions.Find(1)!));
        await _journal.WriteAsync(1);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await NewSealer(_store, versions).SealAsync(default));

        // The same at an earlier height: what follows from it does not lead to the block's root.
        var earlier = new HeadMapVersions();
        earlier.Add(0, Tampered(await HeadMapReplay.RebuildAsync(_store, 0, default)));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await NewSealer(_store, earlier).SealAsync(default));

        await NewSealer(_store).SealAsync(default);
        Assert.Equal(_journal.Written, await new LogChecker(Key.Verifier).CheckAsync(_store));
    }

    /// <summary>The check of every block must not be passed by an operator whose map leaves a journal out.</summary>
    [Fact]
    public async Task A_block_with_a_wrong_root_is_caught_by_the_checker_and_not_built_upon()
    {
        await SealAsync(30, new HeadMapVersions());
        var position = await SealRecovery.RunAsync(_store, new DirectPublication(_store), Identity, Key.Verifier, new HeadMapVersions(), default);
        await PlantAsync(position with { Heads = Tampered(position.Heads!) }, 5);
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(async () => await new LogChecker(Key.Verifier).CheckAsync(_store));
        await _journal.WriteAsync(1);
        var refused = await Assert.ThrowsAsync<InvalidDataException>(async () => await NewSealer(_store).SealAsync(default));
        Assert.Contains("head map root", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_without_roots_is_taken_over_and_the_next_root_covers_all_of_it()
    {
        var position = SealPosition.Empty with { Heads = null };
        foreach (var count in (int[])[3, 300])
        {
            position = await PlantAsync(position, count);
        }

        Assert.True((await LastRootAsync()).IsZero);
        await SealAsync(4, new HeadMapVersions());
        Assert.False((await LastRootAsync()).IsZero);
        var checker = new LogChecker(Key.Verifier) { FirstHeightWithMap = 2 };
        Assert.Equal(_journal.Written, await checker.CheckAsync(_store));
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(async () => await new LogChecker(Key.Verifier).CheckAsync(_store));
    }

    [Fact]
    public async Task A_log_without_roots_whose_entries_were_changed_is_not_taken_over()
    {
        await PlantAsync(SealPosition.Empty with { Heads = null }, 300);
        var bundle = _store.Files["tile/entries/000"];
        bundle[200] ^= 1;
        await _journal.WriteAsync(1);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await NewSealer(_store).SealAsync(default));
        bundle[200] ^= 1;
        await NewSealer(_store).SealAsync(default);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(100)]
    public async Task A_changed_entry_is_not_replayed(int at)
    {
        await SealAsync(300, new HeadMapVersions());
        _store.Files["tile/entries/000"][(115 * 77) + at] ^= 1;
        await Assert.ThrowsAsync<InvalidDataException>(async () => await HeadMapReplay.RebuildAsync(_store, 0, default));
    }

    [Fact]
    public async Task Versions_are_replayed_from_any_height_to_any_later_one()
    {
        var versions = new HeadMapVersions(100);
        for (var i = 0; i < 12; i++)
        {
            await SealAsync(1 + (i * 53), versions);
        }

        for (var from = -1; from < 12; from++)
        {
            for (var to = Math.Max(from, 0); to < 12; to++)
            {
                var start = versions.Find(from) ?? HeadMap.Empty;
                Assert.Equal(versions.Find(to)!.Root, (await HeadMapReplay.AdvanceAsync(_store, start, from, to, default)).Root);
            }
        }
    }

    [Fact]
    public void The_oldest_versions_go_first()
    {
        var versions = new HeadMapVersions(2);
        Assert.Null(versions.FindAtOrBelow(9));
        foreach (var height in (long[])[4, 7, 5])
        {
            versions.Add(height, HeadMap.Empty);
        }

        Assert.Null(versions.Find(4));
        Assert.NotNull(versions.Find(5));
        Assert.Equal(5, versions.FindAtOrBelow(6)?.Height);
        Assert.Equal(7, versions.FindAtOrBelow(8)?.Height);
        Assert.Null(versions.FindAtOrBelow(4));
    }

    private static HeadMap Tampered(HeadMap map) =>
        map.Update([new(new EntityIndex(Hash256.Sha256("hidden"u8)), new EntityHead(1, Hash256.Zero))]);

    private ChainSealer NewSealer(ISealStore store, HeadMapVersions? versions = null) =>
        new(_journal.Store, store, Key, HashedEntityIndex.Instance, _journal.Time, versions: versions);

    private async Task SealAsync(int count, HeadMapVersions versions)
    {
        await _journal.WriteAsync(count);
        await NewSealer(_store, versions).SealAsync(default);
    }

    /// <summary>Seals a block from a position that no sealer would come to.</summary>
    private async Task<SealPosition> PlantAsync(SealPosition position, int count)
    {
        await _journal.WriteAsync(count);
        var entries = await _journal.Store.ReadHeadersAsync(position.NextOrdinal, ChainSealer.MaxEntriesPerBlock, default);
        var (bundle, next) = SealPlan.Make(position, entries, _journal.Time.Now.ToUnixTimeMilliseconds(), Identity, Key);
        await _store.StageAsync(bundle, default);
        Assert.True(await _store.CompareAndSwapAsync(position.Committed, bundle.Checkpoint, default));
        await _store.ApplyAsync(bundle, default);
        await _store.PublishAsync(bundle.Checkpoint, default);
        await _store.DropStageAsync(default);
        return next;
    }

    private async Task<Hash256> LastRootAsync()
    {
        var bytes = await _store.ReadBlockAsync(_store.BlockCount - 1, default);
        Assert.True(BlockRecord.TryParse(bytes, out var record, out var error), error);
        return record.Content.HeadMapRoot;
    }
}
