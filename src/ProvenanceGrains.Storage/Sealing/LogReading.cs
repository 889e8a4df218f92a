using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Storage.Sealing;

/// <summary>What every reader of a log does with its files: find them, or say which one is missing or damaged.</summary>
public static class LogReading
{
    /// <summary>Reads a tile or entry bundle.</summary>
    /// <returns>What was read, and its content. A partial file may be gone as soon as the full one is there, whose beginning is the same: then it is that.</returns>
    /// <exception cref="InvalidDataException">It is not there.</exception>
    public static async ValueTask<(TilePath Read, byte[] Content)> ReadTileAsync(
        this ILogReader log, TilePath path, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (await log.ReadFileAsync(path.ToString(), cancellation) is { } asked)
        {
            return (path, asked);
        }

        return path.IsPartial && await log.ReadFileAsync(path.Full.ToString(), cancellation) is { } full
            ? (path.Full, full)
            : throw new InvalidDataException($"log/{path} is missing.");
    }

    /// <summary>A part of a tile or entry bundle, as <see cref="ReadTileAsync"/> finds it.</summary>
    /// <returns>The number of bytes read: fewer than the destination takes where the file ends.</returns>
    /// <exception cref="InvalidDataException">Neither the file nor the full one is there.</exception>
    public static async ValueTask<int> ReadTilePartAsync(
        this ILogReader log, TilePath path, int offset, byte[] destination, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(log);
        return await log.ReadFilePartAsync(path.ToString(), offset, destination, cancellation)
            ?? (path.IsPartial ? await log.ReadFilePartAsync(path.Full.ToString(), offset, destination, cancellation) : null)
            ?? throw new InvalidDataException($"log/{path} is missing.");
    }

    /// <summary>Reads a tile of hashes that is as wide as <paramref name="path"/> says, or wider.</summary>
    /// <exception cref="InvalidDataException">It is not there, or too short.</exception>
    public static async ValueTask<byte[]> ReadHashTileAsync(this ILogReader log, TilePath path, CancellationToken cancellation)
    {
        var (_, content) = await log.ReadTileAsync(path, cancellation);
        return content.Length >= path.ContentLength
            ? content
            : throw new InvalidDataException($"log/{path} has {content.Length} bytes, but the tree needs {path.ContentLength}.");
    }

    /// <summary>Reads the record of a block.</summary>
    /// <exception cref="InvalidDataException">It is not there, or damaged.</exception>
    public static async ValueTask<BlockRecord> ReadBlockRecordAsync(this ILogReader log, long height, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(log);
        var bytes = await log.ReadBlockAsync(height, cancellation)
            ?? throw new InvalidDataException($"chain/blocks.bin has no block {height}.");
        return BlockRecord.TryParse(bytes, out var record, out var error)
            ? record
            : throw new InvalidDataException($"chain/blocks.bin, block {height}: {error}");
    }

    /// <summary>Searches a block by halving.</summary>
    /// <param name="count">Only blocks below this height are looked at.</param>
    /// <param name="read">Reads a block's record.</param>
    /// <param name="condition">Monotonous: once it holds, it holds for all later blocks.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The first height whose block satisfies the condition; <paramref name="count"/> if none does.</returns>
    public static async ValueTask<long> FirstBlockAsync(
        long count, Func<long, CancellationToken, ValueTask<BlockRecord>> read, Func<BlockContent, bool> condition, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(condition);
        var (low, high) = (0L, count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (condition((await read(middle, cancellation)).Content))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
