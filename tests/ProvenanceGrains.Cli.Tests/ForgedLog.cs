using System.Runtime.InteropServices;
using System.Text;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Tests;

/// <summary>What a log's operator could publish who has the key and no scruples: other leaves, well hashed and signed.</summary>
internal sealed class ForgedLog(TestChain chain) : ITileSink
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly List<byte[]> _leaves = [.. chain.Leaves];

    public ForgedLog Without(int leaf)
    {
        _leaves.RemoveAt(leaf);
        return this;
    }

    public ForgedLog Swapped(int one, int other)
    {
        (_leaves[one], _leaves[other]) = (_leaves[other], _leaves[one]);
        return this;
    }

    /// <summary>Writes the log; up to 256 leaves.</summary>
    public void WriteLog(string folder)
    {
        var edge = new TreeEdge();
        foreach (var leaf in _leaves)
        {
            edge.Append(MerkleHash.Leaf(leaf), this);
        }

        edge.WritePartials(this);
        var bundle = new TilePath(TilePath.Entries, 0, _leaves.Count);
        _files[bundle.ToString()] = [.. _leaves.SelectMany(leaf => new byte[] { 0, EntryHeader.Size }.Concat(leaf))];
        _files["vkey"] = Encoding.UTF8.GetBytes(chain.Vkey + "\n");
        _files["checkpoint"] = chain.Sign(edge.Size, edge.Root());
        foreach (var (path, content) in _files)
        {
            TestChain.WriteFile(folder, path, content);
        }
    }

    public void Write(TilePath tile, ReadOnlySpan<Hash256> hashes) => _files[tile.ToString()] = MemoryMarshal.AsBytes(hashes).ToArray();
}
