using System.Security.Cryptography;
using System.Text;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tests.Merkle;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Ledger.Tests.Tiles;

public sealed class TileTests
{
    [VectorFact]
    public void Trees_of_every_given_size_have_the_tiles_bundles_and_root_of_the_manifest() =>
        Vectors.ForEach("tlog-tiles/manifests.jsonl", vector =>
        {
            var size = vector.GetProperty("size").GetInt32();
            var leaves = ReferenceTree.Leaves(size);
            var tiles = new TileStore();
            var edge = tiles.Grow(new TreeEdge(), leaves);
            if (edge.Root() != vector.Hash("root_b64"))
            {
                return $"root {edge.Root().ToBase64()}";
            }

            var names = TileLayout.NewTiles(0, size).Select(tile => tile.ToString()).ToHashSet();
            foreach (var tile in vector.GetProperty("tiles").EnumerateArray())
            {
                var path = tile.GetProperty("path").GetString()!;
                if (!names.Contains(path) || !tiles.Content.TryGetValue(path, out var content)
                    || Convert.ToHexStringLower(SHA256.HashData(content)) != tile.GetProperty("sha256").GetString())
                {
                    return $"{path} is absent or differs";
                }
            }

            foreach (var bundle in vector.GetProperty("bundles").EnumerateArray())
            {
                var path = bundle.GetProperty("path").GetString()!;
                if (!TilePath.TryParse(path, out var parsed, out var error)
                    || !TileLayout.NewBundles(0, size).Contains(parsed))
                {
                    return $"{path}: {error}";
                }

                var content = Bundle(parsed);
                if (content.Length != bundle.GetProperty("len").GetInt32()
                    || Convert.ToHexStringLower(SHA256.HashData(content)) != bundle.GetProperty("sha256").GetString())
                {
                    return $"{path} differs";
                }
            }

            return null;
        });

    [VectorFact]
    public void The_log_of_the_reference_implementation_is_read_checked_and_rebuilt()
    {
        Assert.True(VerifierKey.TryParse(
            "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx", out var key, out var error), error);
        byte[] Read(string path) => File.ReadAllBytes(Vectors.PathOf("tlog-tiles/tessera-testdata-log/" + path));
        Checkpoint? before = null;
        for (var size = 0; size <= 15; size++)
        {
            Assert.True(OpenedNote.TryOpen(Read($"checkpoint.{size}"), [key], out var opened, out error), error);
            Assert.True(Checkpoint.TryParse(opened.Note.Text, out var checkpoint, out error), error);
            Assert.Equal(size, checkpoint.Size);
            NodeReader nodes = TileLayout.NodesFrom(size, tile => Read(tile.ToString()));
            Assert.Equal(checkpoint.Root, MerkleProofs.Root(size, nodes));
            Assert.Equal(checkpoint.Root, TreeEdge.Load(size, tile => Read(tile.ToString())).Root());
            if (before is { Size: > 0 })
            {
                var proof = MerkleProofs.Consistency(before.Size, size, nodes);
                Assert.True(MerkleVerifier.TryVerifyConsistency(before.Size, size, before.Root, checkpoint.Root, proof, out error), error);
            }

            if (size > 0)
            {
                Assert.True(EntryBundle.TryParse(Read($"tile/entries/000.p/{size}"), size, out var entries, out error), error);
                var frontier = new MerkleFrontier();
                foreach (var entry in entries)
                {
                    frontier.Append(MerkleHash.Leaf(entry.Span));
                }

                Assert.Equal(checkpoint.Root, frontier.Root());
            }

            before = checkpoint;
        }
    }

    [VectorFact]
    public void Any_two_checkpoints_of_the_reference_implementations_log_are_consistent_and_no_other_root_is()
    {
        Assert.True(VerifierKey.TryParse(
            "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx", out var key, out var error), error);
        byte[] Read(string path) => File.ReadAllBytes(Vectors.PathOf("tlog-tiles/tessera-testdata-log/" + path));
        Checkpoint Open(string name)
        {
            Assert.True(OpenedNote.TryOpen(Read(name), [key], out var opened, out var error), error);
            Assert.True(Checkpoint.TryParse(opened.Note.Text, out var checkpoint, out error), error);
            return checkpoint;
        }

        var checkpoints = Enumerable.Range(0, 16).Select(size => Open($"checkpoint.{size}")).ToArray();
        Assert.Equal(checkpoints[^1].ToString(), Open("checkpoint").ToString());
        Assert.Equal(MerkleHash.EmptyRoot, checkpoints[0].Root);
        foreach (var newer in checkpoints)
        {
            var nodes = TileLayout.NodesFrom(newer.Size, tile => Read(tile.ToString()));
            foreach (var older in checkpoints.Where(older => older.Size > 0 && older.Size <= newer.Size))
            {
                var proof = MerkleProofs.Consistency(older.Size, newer.Size, nodes);
                Assert.True(MerkleVerifier.TryVerifyConsistency(older.Size, newer.Size, older.Root, newer.Root, proof, out error), error);
                foreach (var other in checkpoints.Where(other => other.Size != older.Size))
                {
                    Assert.False(MerkleVerifier.TryVerifyConsistency(older.Size, newer.Size, other.Root, newer.Root, proof, out error));
                    Assert.NotEmpty(error);
                }
            }
        }
    }

    [Theory]
    [InlineData(0, 0, 256, "tile/0/000")]
    [InlineData(63, 999, 1, "tile/63/999.p/1")]
    [InlineData(1, 1234067, 256, "tile/1/x001/x234/067")]
    [InlineData(-1, 1000, 255, "tile/entries/x001/000.p/255")]
    [InlineData(0, long.MaxValue, 256, "tile/0/x009/x223/x372/x036/x854/x775/807")]
    public void Paths_are_written_and_read(int level, long index, int width, string path)
    {
        var tile = new TilePath(level, index, width);
        Assert.Equal(path, tile.ToString());
        Assert.True(TilePath.TryParse(path, out var parsed, out var error), error);
        Assert.Equal(tile, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tile/")]
    [InlineData("tile/0")]
    [InlineData("tile/0/")]
    [InlineData("tile/0/00")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/00/000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/0/x000/001")]
    [InlineData("tile/0/x001")]
    [InlineData("tile/0/001/002")]
    [InlineData("tile/0/x001/x002")]
    [InlineData("tile/0/X001/002")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p/")]
    [InlineData("tile/0/000.p/1/")]
    [InlineData("tile/0/000/")]
    [InlineData("/tile/0/000")]
    [InlineData("tile/data/000")]
    [InlineData("tile/0/x009/x223/x372/x036/x854/x775/808")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("tile/0/00\u0660")]
    public void Paths_of_any_other_form_are_refused_with_a_reason(string path)
    {
        Assert.False(TilePath.TryParse(path, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void However_a_tree_grows_its_tiles_and_roots_are_the_same()
    {
        int[] stops = [0, 1, 2, 255, 256, 257, 511, 512, 600, 1024, 1300, 66_000];
        var leaves = ReferenceTree.Leaves(stops[^1]);
        var whole = new TileStore();
        whole.Grow(new TreeEdge(), leaves);
        var stepwise = new TileStore();
        var edge = new TreeEdge();
        var reference = new MerkleFrontier();
        for (var i = 1; i < stops.Length; i++)
        {
            var written = new HashSet<string>(stepwise.Content.Keys);
            // The edge is thrown away and read back each time, as after a restart.
            edge = stepwise.Grow(TreeEdge.Load(stops[i - 1], stepwise.Read), leaves.AsSpan(stops[i - 1]..stops[i]));
            foreach (var leaf in leaves.AsSpan(stops[i - 1]..stops[i]))
            {
                reference.Append(leaf);
            }

            Assert.Equal(reference.Root(), edge.Root());
            var announced = TileLayout.NewTiles(stops[i - 1], stops[i]).Select(tile => tile.ToString()).ToHashSet();
            Assert.Subset(stepwise.Content.Keys.ToHashSet(), announced);
            Assert.Subset(announced, stepwise.Content.Keys.Except(written).ToHashSet());
        }

        foreach (var tile in TileLayout.NewTiles(0, stops[^1]))
        {
            Assert.Equal(whole.Content[tile.ToString()], stepwise.Content[tile.ToString()]);
        }
    }

    [Fact]
    public void Proofs_read_from_tiles_are_those_read_from_leaves_and_need_the_tiles_named_beforehand()
    {
        const int Size = 66_000;
        var leaves = ReferenceTree.Leaves(Size);
        var nodes = NodeTable.Build(leaves);
        var tiles = new TileStore();
        tiles.Grow(new TreeEdge(), leaves);
        foreach (var index in (int[])[0, 1, 255, 256, 65_535, 65_536, 65_999, 12_345])
        {
            var planned = TileLayout.TilesOf(MerkleProofs.InclusionNodes(index, Size), Size);
            var used = new HashSet<TilePath>();
            var proof = MerkleProofs.Inclusion(index, Size, TileLayout.NodesFrom(Size, tile =>
            {
                used.Add(tile);
                return tiles.Read(tile);
            }));
            Assert.Equal(MerkleProofs.Inclusion(index, Size, nodes), proof);
            Assert.Equal(planned.ToHashSet(), used);
        }
    }

    [Fact]
    public void A_bundle_is_read_whole_or_refused_with_a_reason()
    {
        var bundle = Bundle(new TilePath(TilePath.Entries, 0, 5));
        Assert.True(EntryBundle.TryParse(bundle, 5, out var entries, out var error), error);
        Assert.Equal("entry-4", Encoding.UTF8.GetString(entries[4].Span));
        for (var length = 0; length < bundle.Length; length++)
        {
            Assert.False(EntryBundle.TryParse(bundle.AsMemory(0, length), 5, out _, out error));
            Assert.NotEmpty(error!);
        }

        Assert.False(EntryBundle.TryParse(bundle, 4, out _, out error));
        Assert.False(EntryBundle.TryParse(bundle, 6, out _, out error));
        Assert.False(EntryBundle.TryParse(bundle, 0, out _, out error));
    }

    private static byte[] Bundle(TilePath path)
    {
        var content = new MemoryStream();
        var buffer = new byte[64];
        for (var i = 0; i < path.Width; i++)
        {
            var length = EntryBundle.WriteEntry(Encoding.UTF8.GetBytes($"entry-{(path.Index * 256) + i}"), buffer);
            content.Write(buffer, 0, length);
        }

        return content.ToArray();
    }
}
