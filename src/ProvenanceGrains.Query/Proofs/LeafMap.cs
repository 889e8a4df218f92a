namespace ProvenanceGrains.Query.Proofs;

/// <summary>Where the leaf of an entry is, and which entry a leaf is.</summary>
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

    /// <summary>What a leaf is; null if it is outside of the snapshot.</summary>
    public async ValueTask<LeafPlace?> PlaceOfAsync(LogSnapshot snapshot, long leaf, CancellationToken cancellation)
    {
        if (leaf < 0 || leaf >= snapshot.Size)
        {
            return null;
        }

        var height = await blocks.FirstWhereAsync(snapshot.BlockCount, block => block.TreeSizeAfter > leaf, cancellation);
        if (height == snapshot.BlockCount)
        {
            return null;
        }

        var content = (await blocks.ReadAsync(height, cancellation)).Content;
        return new LeafPlace(
            height, leaf == content.BlockLeafIndex ? null : content.FirstOrdinal + (leaf - content.TreeSizeBefore));
    }
}

/// <summary>What a leaf is.</summary>
/// <param name="Height">Of the block that holds it.</param>
/// <param name="Ordinal">Of the entry; null for the block's own entry.</param>
internal readonly record struct LeafPlace(long Height, long? Ordinal);
