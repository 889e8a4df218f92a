using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Proofs;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Query.Proofs;

/// <summary>Answers "prove it" out of the public log: which leaf an entry is, and that the leaf is in the published tree.</summary>
/// <remarks>Reads only. It holds no key: whoever takes a proof away verifies it against the log's verifier key.</remarks>
public sealed class LogProofs
{
    private readonly BlockRecords _blocks;
    private readonly PublishedLog _published;
    private readonly LeafMap _leaves;
    private readonly LogTiles _tiles;

    public LogProofs(ILogReader log)
    {
        ArgumentNullException.ThrowIfNull(log);
        _blocks = new BlockRecords(log);
        _published = new PublishedLog(log, _blocks);
        _leaves = new LeafMap(_blocks);
        _tiles = new LogTiles(log);
    }

    internal BlockRecords Blocks => _blocks;

    /// <summary>The log as published just now; null before its first block.</summary>
    public ValueTask<LogSnapshot?> SnapshotAsync(CancellationToken cancellation) => _published.SnapshotAsync(cancellation);

    /// <summary>The leaf of an entry; null while no published block holds it.</summary>
    public ValueTask<long?> LeafOfAsync(LogSnapshot snapshot, long ordinal, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return _leaves.LeafOfAsync(snapshot, ordinal, cancellation);
    }

    /// <summary>The hashes that prove a leaf below <see cref="LogSnapshot.Size"/>, from its sibling upwards.</summary>
    /// <exception cref="InvalidDataException">The log's files do not hold what the checkpoint says.</exception>
    public ValueTask<Hash256[]> InclusionAsync(LogSnapshot snapshot, long leaf, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return _tiles.InclusionAsync(leaf, snapshot.Size, cancellation);
    }

    /// <summary>The hashes that prove several leaves at once (<see cref="MultiProof"/>).</summary>
    /// <param name="snapshot">The tree.</param>
    /// <param name="leaves">Strictly increasing, each below <see cref="LogSnapshot.Size"/>; at least one.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidDataException">The log's files do not hold what the checkpoint says.</exception>
    public ValueTask<Hash256[]> SharedInclusionAsync(LogSnapshot snapshot, long[] leaves, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return _tiles.SharedInclusionAsync(leaves, snapshot.Size, cancellation);
    }

    /// <summary>The receipt of a leaf against the published checkpoint; its extra data is the entry's encoded header.</summary>
    /// <returns>Null if no published block holds such a leaf.</returns>
    /// <exception cref="InvalidDataException">The log's files do not hold what the checkpoint says.</exception>
    public async ValueTask<TlogProof?> ReceiptAsync(long leaf, CancellationToken cancellation)
    {
        var snapshot = await SnapshotAsync(cancellation);
        return snapshot is null ? null : await ReceiptAsync(snapshot, leaf, cancellation);
    }

    /// <summary>The same against a snapshot that the caller holds, for many receipts at once.</summary>
    /// <returns>Null if the snapshot has no such leaf.</returns>
    /// <exception cref="InvalidDataException">The log's files do not hold what the checkpoint says.</exception>
    public async ValueTask<TlogProof?> ReceiptAsync(LogSnapshot snapshot, long leaf, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (leaf < 0 || leaf >= snapshot.Size)
        {
            return null;
        }

        var header = await _tiles.HeaderAsync(leaf, snapshot.Size, cancellation);
        var hashes = await _tiles.InclusionAsync(leaf, snapshot.Size, cancellation);
        return new TlogProof(header.ToArray(), leaf, hashes, snapshot.Note);
    }
}
