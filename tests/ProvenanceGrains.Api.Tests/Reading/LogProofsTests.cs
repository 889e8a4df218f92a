using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Query.Proofs;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Api.Tests.Reading;

public sealed class LogProofsTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>Blocks of one entry give the even sizes; with one of two entries first, the odd ones from 3 on.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_leaf_of_every_size_up_to_600_is_proven(int firstBlock)
    {
        var log = new SmallLog();
        await log.AppendAsync([.. Enumerable.Range(0, firstBlock).Select(i => $"01/{i}")]);
        await log.SealAsync();
        var frontier = new List<Ledger.Hash256>();
        while (true)
        {
            var snapshot = (await log.Proofs.SnapshotAsync(None))!;
            var size = snapshot.Size;
            for (var leaf = frontier.Count; leaf < size; leaf++)
            {
                frontier.Add(MerkleHash.Leaf((await log.Proofs.ReceiptAsync(leaf, None))!.Extra!.Value.Span));
            }

            for (var leaf = 0; leaf < size; leaf++)
            {
                var proof = await log.Proofs.InclusionAsync(snapshot, leaf, None);
                var holds = MerkleVerifier.TryVerifyInclusion(
                    leaf, size, frontier[leaf], proof, snapshot.Checkpoint.Root, out var error);
                Assert.True(holds, error);
            }

            if (size >= 599)
            {
                break;
            }

            await log.AppendAsync("01/next");
            await log.SealAsync();
        }
    }

    [Fact]
    public async Task A_receipt_verifies_offline_with_the_key_alone()
    {
        var log = await LogOfBlocksAsync(3, 1, 300, 7);
        var size = (await log.Proofs.SnapshotAsync(None))!.Size;
        for (var leaf = 0L; leaf < size; leaf += 13)
        {
            var receipt = (await log.Proofs.ReceiptAsync(leaf, None))!;
            var verdict = OfflineVerifier.VerifyReceipt(receipt.ToArray(), log.Vkey);
            Assert.True(verdict.IsSound, verdict.ToString());
            Assert.Equal(leaf, receipt.Index);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    [InlineData(long.MaxValue)]
    public async Task A_leaf_outside_of_the_published_log_has_no_receipt(long leaf)
    {
        var log = await LogOfBlocksAsync(3);
        Assert.Null(await log.Proofs.ReceiptAsync(leaf, None));
    }

    [Fact]
    public async Task Before_the_first_block_there_is_nothing_to_prove()
    {
        var log = new SmallLog();
        await log.AppendAsync("01/a");
        Assert.Null(await log.Proofs.SnapshotAsync(None));
        Assert.Null(await log.Proofs.ReceiptAsync(0, None));
    }

    [Fact]
    public async Task An_ordinal_is_found_at_the_leaf_that_holds_its_header()
    {
        var log = await LogOfBlocksAsync(1, 2, 3, 200, 1, 50);
        var pending = await log.AppendAsync("01/pending");
        var snapshot = (await log.Proofs.SnapshotAsync(None))!;
        for (var ordinal = 0L; ordinal < pending; ordinal++)
        {
            var leaf = await log.Proofs.LeafOfAsync(snapshot, ordinal, None);
            var receipt = (await log.Proofs.ReceiptAsync(leaf!.Value, None))!;
            var entry = (await log.Store.ReadEntryAsync(ordinal, None))!;
            Assert.Equal(entry.Header.ToArray(), receipt.Extra!.Value.ToArray());
        }

        Assert.Null(await log.Proofs.LeafOfAsync(snapshot, pending, None));
        Assert.Equal(pending, snapshot.SealedEntries);
        Assert.Equal(6, snapshot.BlockCount);
    }

    [Fact]
    public async Task Proofs_come_out_of_full_tiles_where_the_partial_ones_are_gone()
    {
        var log = await LogOfBlocksAsync(100);
        var early = (await log.Proofs.SnapshotAsync(None))!;
        await log.AppendAsync([.. Enumerable.Range(0, 500).Select(i => $"01/later/{i}")]);
        await log.SealAsync();
        var proofs = new LogProofs(new WithoutSupersededPartials(log.Seals));
        var proof = await proofs.InclusionAsync(early, 42, None);
        var header = (await proofs.ReceiptAsync(42, None))!.Extra!.Value;
        Assert.True(MerkleVerifier.TryVerifyInclusion(
            42, early.Size, MerkleHash.Leaf(header.Span), proof, early.Checkpoint.Root, out var error), error);
    }

    [Fact]
    public async Task A_missing_tile_is_named()
    {
        var log = await LogOfBlocksAsync(100);
        var proofs = new LogProofs(new WithoutTiles(log.Seals));
        var damage = await Assert.ThrowsAsync<InvalidDataException>(async () => await proofs.ReceiptAsync(3, None));
        Assert.Contains("tile/", damage.Message, StringComparison.Ordinal);
    }

    private static async Task<SmallLog> LogOfBlocksAsync(params int[] sizes)
    {
        var log = new SmallLog();
        foreach (var size in sizes)
        {
            await log.AppendAsync([.. Enumerable.Range(0, size).Select(i => $"01/lot/{i % 5}")]);
            await log.SealAsync();
        }

        return log;
    }

    private class Forwarding(ILogReader inner) : ILogReader
    {
        public long BlockCount => inner.BlockCount;

        public ValueTask<byte[]?> ReadCheckpointAsync(CancellationToken cancellation) => inner.ReadCheckpointAsync(cancellation);

        public virtual ValueTask<byte[]?> ReadFileAsync(string path, CancellationToken cancellation) =>
            inner.ReadFileAsync(path, cancellation);

        public ValueTask<byte[]?> ReadBlockAsync(long height, CancellationToken cancellation) =>
            inner.ReadBlockAsync(height, cancellation);
    }

    /// <summary>As a log that has cleaned up (C2SP tlog-tiles, Partial Tiles).</summary>
    private sealed class WithoutSupersededPartials(ILogReader inner) : Forwarding(inner)
    {
        public override async ValueTask<byte[]?> ReadFileAsync(string path, CancellationToken cancellation)
        {
            Assert.True(TilePath.TryParse(path, out var tile, out var error), error);
            return tile.IsPartial && await base.ReadFileAsync(tile.Full.ToString(), cancellation) is not null
                ? null
                : await base.ReadFileAsync(path, cancellation);
        }
    }

    private sealed class WithoutTiles(ILogReader inner) : Forwarding(inner)
    {
        public override ValueTask<byte[]?> ReadFileAsync(string path, CancellationToken cancellation) =>
            ValueTask.FromResult<byte[]?>(null);
    }
}
