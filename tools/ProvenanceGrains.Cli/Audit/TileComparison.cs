using System.Runtime.InteropServices;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>Reads a log's files and compares them, byte by byte, with what was computed from the entries.</summary>
internal sealed class TileComparison(ILogSource source, Findings findings, LogInventory? inventory)
{
    private readonly TileQueue _filled = new();
    private long _files;
    private long _bytes;

    /// <summary>Takes the tiles that a growing tree fills; <see cref="CompareFilledAsync"/> compares them.</summary>
    public ITileSink Filled => _filled;

    /// <summary>Files read.</summary>
    public long Files => Interlocked.Read(ref _files);

    /// <summary>Bytes of them.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public async Task<byte[]?> ReadAsync(TilePath path, CancellationToken cancellation)
    {
        var content = await source.ReadAsync(path, cancellation);

        // Reads run ahead of the audit, several at a time.
        Interlocked.Increment(ref _files);
        Interlocked.Add(ref _bytes, content?.Length ?? 0);
        return content;
    }

    /// <summary>The hashes of a tile of level 0; empty, and reported, if it is missing or of another length.</summary>
    public Hash256[] ReadHashes(TilePath path, byte[]? tile)
    {
        if (tile is null || tile.Length != path.ContentLength)
        {
            findings.Fail(new Finding(
                tile is null ? "The tile is missing." : $"The tile has {tile.Length} bytes, not {path.ContentLength}.", source.Prefix + path));
            return [];
        }

        return MemoryMarshal.Cast<byte, Hash256>(tile.AsSpan()).ToArray();
    }

    /// <summary>Compares a tile of level 0 with the entries of its bundle.</summary>
    /// <returns>Whether they are the same as far as both can be read.</returns>
    public bool CompareLeaves(TilePath bundle, long first, BundleContent content, Hash256[] stored)
    {
        var same = true;
        var count = Math.Min(content.Hashes.Length, stored.Length);
        for (var i = 0; i < count; i++)
        {
            if (content.Hashes[i] != stored[i])
            {
                same = false;
                findings.Fail(new Finding(
                    $"The tile holds {stored[i]}, but the entry at byte {content.Offset(i)} of {source.Prefix}{bundle} hashes to {content.Hashes[i]}.",
                    source.Prefix + (bundle with { Level = 0 }), i * Hash256.Size, Hash256.Size, first + i));
            }
        }

        return same;
    }

    /// <summary>Compares the tiles above level 0 that have been filled since the last call.</summary>
    public async Task CompareFilledAsync(CancellationToken cancellation)
    {
        while (_filled.TryTake(out var path, out var computed))
        {
            var stored = await ReadAsync(path, cancellation);
            var (name, shift) = (source.Prefix + path, path.Level * TileLayout.Height);
            if (stored is null || stored.Length != computed.Length)
            {
                findings.Fail(new Finding(
                    stored is null ? "The tile is missing." : $"The tile has {stored.Length} bytes, not {computed.Length}.", name));
            }
            else if (stored.AsSpan().CommonPrefixLength(computed) is var same && same < computed.Length)
            {
                var column = same / Hash256.Size;
                var node = (path.Index * TilePath.FullWidth) + column;
                findings.Fail(new Finding(
                    $"The tile holds another hash than the leaves {node << shift} to {((node + 1) << shift) - 1} give.",
                    name, column * Hash256.Size, Hash256.Size));
            }

            await CompareNarrowerAsync(path, computed, width => width * Hash256.Size, cancellation);
        }
    }

    /// <summary>Older, narrower files of the same place hold the same bytes, only fewer.</summary>
    public async Task CompareNarrowerAsync(TilePath path, byte[] content, Func<int, int> lengthOf, CancellationToken cancellation)
    {
        foreach (var narrower in inventory?.NarrowerThan(path) ?? [])
        {
            var stored = await ReadAsync(narrower, cancellation) ?? [];
            var expected = content.AsMemory(0, lengthOf(narrower.Width));
            var same = stored.AsSpan().CommonPrefixLength(expected.Span);
            if (same < stored.Length || same < expected.Length)
            {
                findings.Fail(new Finding(
                    $"The partial file is not what {source.Prefix}{path} begins with.", source.Prefix + narrower, same));
            }
        }
    }
}
