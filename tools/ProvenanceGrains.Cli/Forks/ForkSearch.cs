using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Forks;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Forks;

/// <summary>A checkpoint whose signature has been verified, and the note that it came in.</summary>
internal sealed record SignedCheckpoint(Checkpoint Checkpoint, SignedNote Note);

/// <summary>How two checkpoints stand to each other. Exactly one of three: they fit, they do not (with evidence), it cannot be told (with the reason).</summary>
internal sealed record ForkVerdict(bool Fits, ForkEvidence? Evidence, string Reason);

/// <summary>Finds out whether two checkpoints of one log fit, by the tiles that a log serves; nothing that it serves is trusted.</summary>
internal static class ForkSearch
{
    /// <param name="one">A checkpoint.</param>
    /// <param name="other">Another of the same log.</param>
    /// <param name="source">Where tiles of the larger tree may be; null for nowhere.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<ForkVerdict> RunAsync(
        SignedCheckpoint one, SignedCheckpoint other, ILogSource? source, CancellationToken cancellation)
    {
        var (smaller, larger) = one.Checkpoint.Size <= other.Checkpoint.Size ? (one, other) : (other, one);
        return ForkVerifier.Compare(smaller.Checkpoint, larger.Checkpoint) switch
        {
            CheckpointRelation.Same => new ForkVerdict(true, null, $"Both are of {smaller.Checkpoint.Size} leaves and one root."),
            CheckpointRelation.Forked => new ForkVerdict(
                false,
                ForkEvidence.OfOneSize(smaller.Note, larger.Note),
                $"Two roots are signed for {smaller.Checkpoint.Size} leaves."),
            CheckpointRelation.NeedsProof when smaller.Checkpoint.Size == 0 => OfEmptyTree(smaller.Checkpoint),
            CheckpointRelation.NeedsProof when source is null => new ForkVerdict(
                false,
                null,
                $"A tree of {smaller.Checkpoint.Size} leaves and one of {larger.Checkpoint.Size} can only be compared with the log's tiles: --log."),
            CheckpointRelation.NeedsProof => await ProveAsync(smaller, larger, source!, cancellation),
        };
    }

    private static ForkVerdict OfEmptyTree(Checkpoint empty) => empty.Root == MerkleHash.EmptyRoot
        ? new ForkVerdict(true, null, "Every log begins with the empty tree.")
        : new ForkVerdict(false, null, "The checkpoint of the empty tree does not have its root; no proof is defined for that.");

    private static async Task<ForkVerdict> ProveAsync(
        SignedCheckpoint smaller, SignedCheckpoint larger, ILogSource source, CancellationToken cancellation)
    {
        var (m, n) = (smaller.Checkpoint.Size, larger.Checkpoint.Size);
        TreeNode[] nodes =
        [
            .. MerkleProofs.FrontierNodes(n), .. MerkleProofs.FrontierNodes(m), .. MerkleProofs.ConsistencyNodes(m, n),
        ];
        var size = await CurrentSizeAsync(source, n, cancellation);
        var tiles = new Dictionary<TilePath, ReadOnlyMemory<byte>>();
        foreach (var tile in TileLayout.TilesOf(nodes, size))
        {
            if (await source.ReadAsync(tile, cancellation) is not { } content || content.Length != tile.ContentLength)
            {
                return new ForkVerdict(false, null, $"{source.Prefix}{tile} is missing or of a wrong length: the log does not hold {n} leaves.");
            }

            tiles[tile] = content;
        }

        var read = TileLayout.NodesFrom(size, tile => tiles[tile]);
        if (MerkleProofs.Root(n, read) != larger.Checkpoint.Root)
        {
            return new ForkVerdict(false, null, $"The tiles under {source.Prefix} do not give the root that is signed for {n} leaves: no proof can be made of them.");
        }

        var (root, proof) = (MerkleProofs.Root(m, read), MerkleProofs.Consistency(m, n, read));
        return root == smaller.Checkpoint.Root
            ? new ForkVerdict(true, null, $"The tree of {n} leaves begins with the one of {m}.")
            : new ForkVerdict(
                false,
                ForkEvidence.OfTwoSizes(smaller.Note, larger.Note, root, proof),
                $"The tree of {n} leaves has root {root.ToBase64()} at {m} leaves, but {smaller.Checkpoint.Root.ToBase64()} is signed.");
    }

    /// <summary>The size by which the log names its partial tiles now; those of an earlier size may be gone.</summary>
    private static async Task<long> CurrentSizeAsync(ILogSource source, long atLeast, CancellationToken cancellation) =>
        await source.ReadCheckpointAsync(cancellation) is { } note
        && SignedNote.TryParse(note, out var parsed, out _)
        && Checkpoint.TryParse(parsed.Text, out var current, out _)
            ? Math.Max(current.Size, atLeast)
            : atLeast;
}
