using System.Runtime.InteropServices;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Ledger.Tests.Tiles;

/// <summary>Tiles in memory. A tile that was written never changes, as the layout demands.</summary>
internal sealed class TileStore : ITileSink
{
    public Dictionary<string, byte[]> Content { get; } = [];

    public TreeEdge Grow(TreeEdge edge, ReadOnlySpan<Hash256> leaves)
    {
        foreach (ref readonly var leaf in leaves)
        {
            edge.Append(leaf, this);
        }

        edge.WritePartials(this);
        return edge;
    }

    public ReadOnlyMemory<byte> Read(TilePath tile) => Content[tile.ToString()];

    public void Write(TilePath tile, ReadOnlySpan<Hash256> hashes)
    {
        var bytes = MemoryMarshal.AsBytes(hashes).ToArray();
        Assert.Equal(tile.ContentLength, bytes.Length);
        if (!Content.TryAdd(tile.ToString(), bytes))
        {
            Assert.Equal(Content[tile.ToString()], bytes);
        }
    }
}
