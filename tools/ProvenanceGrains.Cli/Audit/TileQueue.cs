using System.Runtime.InteropServices;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>Keeps the tiles above level 0 that a growing tree fills until they can be compared. Level 0 is compared at once.</summary>
internal sealed class TileQueue : ITileSink
{
    private readonly Queue<(TilePath, byte[])> _tiles = new();

    public void Write(TilePath tile, ReadOnlySpan<Hash256> hashes)
    {
        if (tile.Level > 0)
        {
            _tiles.Enqueue((tile, MemoryMarshal.AsBytes(hashes).ToArray()));
        }
    }

    public bool TryTake(out TilePath tile, out byte[] content)
    {
        var taken = _tiles.TryDequeue(out var next);
        (tile, content) = next;
        return taken;
    }
}
