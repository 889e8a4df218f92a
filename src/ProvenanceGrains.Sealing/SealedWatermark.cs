using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Sealing;

/// <summary>How many entries of a data folder are sealed: the journal store must hold at least these.</summary>
public static class SealedWatermark
{
    /// <summary>Reads it before any store is open; 0 for a folder without blocks.</summary>
    /// <remarks>A block that was committed and, because of a crash, not applied yet counts: the stage has it.</remarks>
    /// <exception cref="InvalidDataException">The last block is damaged.</exception>
    public static long Read(string dataFolder) => Math.Max(ReadBlocks(dataFolder), ReadStage(dataFolder));

    private static long ReadStage(string dataFolder)
    {
        var stage = Path.Combine(dataFolder, "chain", "stage");
        var committed = Path.Combine(dataFolder, "chain", "checkpoint");
        return File.Exists(stage)
            && File.Exists(committed)
            && SealBundleCodec.TryDecode(File.ReadAllBytes(stage), out var bundle)
            && bundle.Checkpoint.Span.SequenceEqual(File.ReadAllBytes(committed))
            && BlockRecord.TryParse(bundle.BlockRecord.Span, out var record, out _)
                ? record.Content.NextOrdinal
                : 0;
    }

    private static long ReadBlocks(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "chain", "blocks.bin");
        if (!File.Exists(path))
        {
            return 0;
        }

        using var blocks = File.OpenHandle(path, share: FileShare.ReadWrite);
        Span<byte> buffer = stackalloc byte[BlockRecord.MaxSize];
        if (RandomAccess.Read(blocks, buffer[..BlockRecord.PrefixSize], 0) < BlockRecord.PrefixSize)
        {
            return 0;
        }

        var size = BlockRecord.SizeByPrefix(buffer)
            ?? throw new InvalidDataException("chain/blocks.bin, block 0: its version is unknown.");
        var height = (RandomAccess.GetLength(blocks) / size) - 1;
        if (height < 0)
        {
            return 0;
        }

        var bytes = buffer[..size];
        RandomAccess.Read(blocks, bytes, height * size);
        return BlockRecord.TryParse(bytes, out var record, out var error)
            ? record.Content.NextOrdinal
            : throw new InvalidDataException($"chain/blocks.bin, block {height}: {error}");
    }
}
