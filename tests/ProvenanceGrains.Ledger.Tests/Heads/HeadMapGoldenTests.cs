using System.Text.Json;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;

namespace ProvenanceGrains.Ledger.Tests.Heads;

/// <summary>A map and proofs that an independent program made from docs/formats.md. The file is never rewritten.</summary>
public sealed class HeadMapGoldenTests
{
    [Fact]
    public void The_root_and_the_proofs_are_those_of_the_golden_file()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(
            Vectors.RepositoryRoot, "tests", "ProvenanceGrains.Ledger.Tests", "golden", "head-map-v1.json")));
        var golden = document.RootElement;
        var heads = golden.GetProperty("heads").EnumerateArray().Select(Leaf).ToDictionary(leaf => leaf.Index, leaf => leaf.Head);
        var map = HeadMap.Empty.Update(heads);
        Assert.Equal(Hash(golden.GetProperty("root")), map.Root);
        foreach (var expected in golden.GetProperty("proofs").EnumerateArray())
        {
            var index = new EntityIndex(Hash(expected.GetProperty("index")));
            var leaf = expected.GetProperty("leaf");
            var proof = map.Prove(index);
            Assert.Equal(expected.GetProperty("siblings").EnumerateArray().Select(Hash), proof.Siblings);
            Assert.Equal(leaf.ValueKind == JsonValueKind.Null ? null : Leaf(leaf), proof.Leaf);
            Assert.True(HeadMapVerifier.TryVerify(map.Root, index, proof, out var head, out var error), error);
            Assert.Equal(heads.TryGetValue(index, out var there) ? there : null, head);
        }
    }

    private static HeadMapLeaf Leaf(JsonElement leaf) => new(
        new EntityIndex(Hash(leaf.GetProperty("index"))),
        new EntityHead(leaf.GetProperty("length").GetInt64(), Hash(leaf.GetProperty("lastLeafHash"))));

    private static Hash256 Hash(JsonElement hex) => new(Convert.FromHexString(hex.GetString()!));
}
