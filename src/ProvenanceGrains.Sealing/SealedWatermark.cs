using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Sealing;

/// <summary>How many entries of a data folder are sealed: the journal store must hold at least these.</summary>
public static class SealedWatermark
{
    /// <summary>Reads it before any store is open; 0 for a folder without blocks.</summary>
    /// <remarks>A block that a crash left staged may be missing here: the sealer's own recovery checks again.</remarks>
    /// <exception cref="InvalidDataException">The last block is damaged.</exception>
    public static long Read(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "chain", "blocks.bin");
        if (!File.Exists(path))
        {
            return 0;
        }

        using var blocks = File.OpenHandle(path, share: FileShare.ReadWrite);
        var height = (RandomAccess.GetLength(blocks) / SealPlan.RecordSize) - 1;
        if (height < 0)
        {
            return 0;
        }

        Span<byte> record = stackalloc byte[SealPlan.RecordSize];
        RandomAccess.Read(blocks, record, height * SealPlan.RecordSize);
        return BlockContent.TryParse(record[EntryHeader.Size..], out var content, out var error)
            ? content.NextOrdinal
            : throw new InvalidDataException($"chain/blocks.bin, block {height}: {error}");
    }

    /// <summary>Size of a record in <c>chain/blocks.bin</c>, in bytes.</summary>
    public static int BlockRecordSize => SealPlan.RecordSize;
}
