using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Query.Proofs;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Api.Tests.Reading;

/// <summary>G5, the query's part: what is answered holds against the root in the snapshot's last block, with a sealer beside or without.</summary>
public sealed class G5_HeadProofsTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly SmallLog _log = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_journal_is_proven_at_its_length_and_any_other_absent_in_every_snapshot(bool restarted)
    {
        var heads = NewProofs(new HeadMapVersions());
        for (var round = 1; round <= 5; round++)
        {
            await _log.AppendAsync([.. Enumerable.Range(0, 10 * round).Select(i => $"01/{i}")]);
            await _log.SealAsync();
            var snapshot = (await _log.Proofs.SnapshotAsync(None))!;
            heads = restarted ? NewProofs(new HeadMapVersions()) : heads;
            for (var i = 0; i < 60; i++)
            {
                var expected = Enumerable.Range(1, round).Count(r => i < 10 * r);
                Assert.Equal(expected, await VerifiedLengthAsync(heads, snapshot, $"01/{i}"));
            }
        }
    }

    [Fact]
    public async Task A_snapshot_that_newer_blocks_have_passed_is_proven_as_it_was()
    {
        await AppendAndSealAsync("01/a");
        var early = (await _log.Proofs.SnapshotAsync(None))!;
        var heads = NewProofs(new HeadMapVersions());
        for (var i = 0; i < 10; i++)
        {
            await AppendAndSealAsync("01/a", "01/b");
            Assert.Equal(i + 2, await VerifiedLengthAsync(heads, (await _log.Proofs.SnapshotAsync(None))!, "01/a"));
        }

        Assert.Equal(1, await VerifiedLengthAsync(heads, early, "01/a"));
        Assert.Equal(0, await VerifiedLengthAsync(heads, early, "01/b"));
    }

    [Fact]
    public async Task The_sealers_versions_are_taken_and_nothing_is_read()
    {
        await AppendAndSealAsync("01/a", "01/b");
        var versions = new HeadMapVersions();
        versions.Add(0, await HeadMapReplay.RebuildAsync(_log.Seals, 0, None));
        var reads = new Counting(_log.Seals);
        var heads = new HeadProofs(reads, _log.Proofs, versions);
        Assert.Equal(1, await VerifiedLengthAsync(heads, (await _log.Proofs.SnapshotAsync(None))!, "01/a"));
        Assert.Empty(reads.Paths);
    }

    [Fact]
    public async Task Without_a_sealer_only_the_bundles_since_the_last_answer_are_read()
    {
        await AppendAndSealAsync([.. Enumerable.Range(0, 700).Select(i => $"01/{i}")]);
        var reads = new Counting(_log.Seals);
        var heads = new HeadProofs(reads, _log.Proofs, new HeadMapVersions());
        await VerifiedLengthAsync(heads, (await _log.Proofs.SnapshotAsync(None))!, "01/3");
        Assert.Equal(3, reads.Paths.Count);
        await AppendAndSealAsync("01/3");
        Assert.Equal(2, await VerifiedLengthAsync(heads, (await _log.Proofs.SnapshotAsync(None))!, "01/3"));
        Assert.Equal(4, reads.Paths.Count);
        Assert.StartsWith("tile/entries/002.p/", reads.Paths[^1], StringComparison.Ordinal);
        await VerifiedLengthAsync(heads, (await _log.Proofs.SnapshotAsync(None))!, "01/4");
        Assert.Equal(4, reads.Paths.Count);
    }

    [Fact]
    public async Task Bundles_that_were_changed_prove_nothing()
    {
        await AppendAndSealAsync([.. Enumerable.Range(0, 300).Select(i => $"01/{i}")]);
        _log.Seals.Files["tile/entries/000"][60] ^= 1;
        var snapshot = (await _log.Proofs.SnapshotAsync(None))!;
        await Assert.ThrowsAsync<InvalidDataException>(async () => await NewProofs(new HeadMapVersions()).MapAsync(snapshot, None));
    }

    /// <summary>A shared version that leaves a journal out, as a faulty or dishonest sealer would hand it over.</summary>
    [Fact]
    public async Task A_version_that_is_not_the_blocks_is_not_proven_from()
    {
        await AppendAndSealAsync("01/a", "01/b");
        var versions = new HeadMapVersions();
        versions.Add(0, HeadMap.Empty.Update([new(IndexOf("01/a"), new EntityHead(1, Ledger.Hash256.Zero))]));
        var snapshot = (await _log.Proofs.SnapshotAsync(None))!;
        await Assert.ThrowsAsync<InvalidDataException>(async () => await NewProofs(versions).MapAsync(snapshot, None));
    }

    private static EntityIndex IndexOf(string lot) => HashedEntityIndex.Instance.Compute(SmallLog.Lot(lot));

    private HeadProofs NewProofs(HeadMapVersions versions) => new(_log.Seals, _log.Proofs, versions);

    private async Task AppendAndSealAsync(params string[] lots)
    {
        await _log.AppendAsync(lots);
        await _log.SealAsync();
    }

    /// <summary>The length that a stranger with the block's root is convinced of; 0 for proven absence.</summary>
    private async Task<long> VerifiedLengthAsync(HeadProofs heads, LogSnapshot snapshot, string lot)
    {
        var bytes = await _log.Seals.ReadBlockAsync(snapshot.BlockCount - 1, None);
        Assert.True(BlockRecord.TryParse(bytes, out var block, out var error), error);
        var index = IndexOf(lot);
        var map = await heads.MapAsync(snapshot, None);
        Assert.True(HeadMapVerifier.TryVerify(block.Content.HeadMapRoot, index, map!.Prove(index), out var head, out error), error);
        return head?.Length ?? 0;
    }

    /// <summary>Keeps the paths of the entry bundles that are read.</summary>
    private sealed class Counting(ILogReader inner) : ILogReader
    {
        public List<string> Paths { get; } = [];

        public long BlockCount => inner.BlockCount;

        public ValueTask<byte[]?> ReadCheckpointAsync(CancellationToken cancellation) => inner.ReadCheckpointAsync(cancellation);

        public ValueTask<byte[]?> ReadFileAsync(string path, CancellationToken cancellation)
        {
            Assert.True(TilePath.TryParse(path, out var tile, out var error), error);
            if (tile.IsEntryBundle)
            {
                Paths.Add(path);
            }

            return inner.ReadFileAsync(path, cancellation);
        }

        public ValueTask<byte[]?> ReadBlockAsync(long height, CancellationToken cancellation) =>
            inner.ReadBlockAsync(height, cancellation);
    }
}
