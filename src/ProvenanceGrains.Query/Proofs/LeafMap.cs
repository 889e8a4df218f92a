namespace ProvenanceGrains.Query.Proofs;

/// <summary>Where the leaf of an entry is.</summary>
/// <remarks>
/// A block of n entries is n leaves and then the block entry's own. So the entry with ordinal o that block h sealed is
/// leaf o + h: every block before it put one leaf more than ordinals into the tree.
/// </remarks>
internal sealed class LeafMap(BlockRecords blocks)
{
    /// <summary>The leaf of an entry; null while no published block holds it.</summary>
    public async ValueTask<long?> LeafOfAsync(LogSnapshot snapshot, long ordinal, CancellationToken cancellation)
    {
        if (ordinal < 0 || ordinal >= snapshot.SealedEntries)
        {
            return null;
        }

        var height = await blocks.FirstWhereAsync(snapshot.BlockCount, block => block.NextOrdinal > ordinal, cancellation);
        var content = (await blocks.ReadAsync(height, cancellation)).Content;
        return content.TreeSizeBefore + (ordinal - content.FirstOrdinal);
    }
}
