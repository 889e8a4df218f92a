using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Tests.Merkle;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Ledger.Tests.Tiles;

/// <summary>Tiles of a real certificate log (C2SP static-ct-api), whose hash tiles have the same layout as ours.</summary>
public sealed class StaticCtTests
{
    private static string Folder => Vectors.PathOf("static-ct/navigli2025h2");

    [VectorFact]
    public void Hash_tiles_have_paths_and_lengths_as_ours_and_grow_into_the_same_bytes()
    {
        var files = Directory.GetFiles(Path.Combine(Folder, "tile", "0"), "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var (tile, hashes) = ReadTile(file);
            var grown = new TileStore();
            var edge = grown.Grow(new TreeEdge(), hashes);
            Assert.Equal(ReferenceTree.Root(hashes), edge.Root());

            // The first tile of a log of these leaves alone; only its place differs from the one that was read.
            Assert.Equal(MemoryMarshal.AsBytes<Hash256>(hashes).ToArray(), grown.Content[(tile with { Index = 0 }).ToString()]);
        }
    }

    [VectorFact]
    public void The_entries_of_a_data_tile_hash_to_the_leaves_of_its_hash_tile()
    {
        var files = Directory.GetFiles(Path.Combine(Folder, "tile", "data"), "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var name = Path.GetRelativePath(Path.Combine(Folder, "tile", "data"), file);
            var (tile, hashes) = ReadTile(Path.Combine(Folder, "tile", "0", name));
            var leaves = TimestampedLeaves(File.ReadAllBytes(file)).ToList();
            Assert.Equal(tile.Width, leaves.Count);
            Assert.Equal(hashes, leaves.Select(leaf => MerkleHash.Leaf(leaf)));

            // The last five bytes of each entry are its number in the log (leaf_index), which is its place in the tile.
            for (var i = 0; i < leaves.Count; i++)
            {
                byte[] number = [0, 0, 0, .. leaves[i][^5..]];
                Assert.Equal((tile.Index * TilePath.FullWidth) + i, BinaryPrimitives.ReadInt64BigEndian(number));
            }
        }
    }

    private static (TilePath Tile, Hash256[] Hashes) ReadTile(string file)
    {
        var path = Path.GetRelativePath(Folder, file).Replace(Path.DirectorySeparatorChar, '/');
        Assert.True(TilePath.TryParse(path, out var tile, out var error), error);
        Assert.Equal(path, tile.ToString());
        var content = File.ReadAllBytes(file);
        Assert.Equal(tile.ContentLength, content.Length);
        return (tile, MemoryMarshal.Cast<byte, Hash256>(content).ToArray());
    }

    /// <summary>The RFC 6962 MerkleTreeLeaf of each TileLeaf (C2SP static-ct-api, Log entries).</summary>
    private static IEnumerable<byte[]> TimestampedLeaves(byte[] data)
    {
        for (var at = 0; at < data.Length;)
        {
            var start = at;
            var type = BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(start + 8));
            at += 8 + 2 + (type == 0 ? 0 : SHA256.HashSizeInBytes);
            at = Skip(data, at, lengthBytes: 3);
            at = Skip(data, at, lengthBytes: 2);
            yield return [0, 0, .. data[start..at]];

            // A precertificate follows in full, then the fingerprints of its chain; neither is hashed into the leaf.
            at = type == 0 ? at : Skip(data, at, lengthBytes: 3);
            at = Skip(data, at, lengthBytes: 2);
        }
    }

    private static int Skip(byte[] data, int at, int lengthBytes)
    {
        var length = 0;
        foreach (var octet in data.AsSpan(at, lengthBytes))
        {
            length = (length << 8) | octet;
        }

        return at + lengthBytes + length;
    }
}
