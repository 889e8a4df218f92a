using System.Text.Json;
using ProvenanceGrains.Ledger.Merkle;

namespace ProvenanceGrains.Ledger.Tests.Merkle;

public sealed class MerkleVectorTests
{
    [VectorFact]
    public void Inclusion_proofs_of_the_reference_implementation_are_judged_alike() =>
        Vectors.ForEach("merkle/inclusion.jsonl", vector =>
        {
            if (!TrySizes(vector, out var index, out var size, "leafIdx", "treeSize"))
            {
                return vector.GetProperty("wantErr").GetBoolean() ? null : "the numbers do not fit";
            }

            string? error = null;
            var ok = TryHashes(vector, out var proof) && TryHash(vector, "leafHash", out var leaf)
                && TryHash(vector, "root", out var root)
                && vector.Base64("leafHash").Length == Hash256.Size && vector.Base64("root").Length == Hash256.Size
                && MerkleVerifier.TryVerifyInclusion(index, size, leaf, proof, root, out error);
            return ok == !vector.GetProperty("wantErr").GetBoolean() ? null : $"answer {ok}, {error}";
        });

    [VectorFact]
    public void Consistency_proofs_of_the_reference_implementation_are_judged_alike() =>
        Vectors.ForEach("merkle/consistency.jsonl", vector =>
        {
            if (!TrySizes(vector, out var old, out var size, "size1", "size2"))
            {
                return vector.GetProperty("wantErr").GetBoolean() ? null : "the numbers do not fit";
            }

            string? error = null;
            var ok = TryHashes(vector, out var proof) && TryHash(vector, "root1", out var oldRoot)
                && TryHash(vector, "root2", out var root)
                && MerkleVerifier.TryVerifyConsistency(old, size, oldRoot, root, proof, out error);
            return ok == !vector.GetProperty("wantErr").GetBoolean() ? null : $"answer {ok}, {error}";
        });

    [VectorFact]
    public void Generated_inclusion_proofs_verify_and_are_reproduced()
    {
        var leaves = ReferenceTree.Leaves(70_000);
        var nodes = NodeTable.Build(leaves);
        Vectors.ForEach("merkle/generated_inclusion.jsonl", vector =>
        {
            var index = vector.GetProperty("index").GetInt64();
            var size = vector.GetProperty("size").GetInt64();
            var proof = vector.Hashes("proof_b64");
            return !MerkleVerifier.TryVerifyInclusion(
                    index, size, vector.Hash("leafhash_b64"), proof, vector.Hash("root_b64"), out var error) ? error
                : MerkleProofs.Inclusion(index, size, nodes).SequenceEqual(proof) ? null
                : "our proof differs";
        });
    }

    [VectorFact]
    public void Generated_consistency_proofs_verify_and_are_reproduced()
    {
        var leaves = ReferenceTree.Leaves(70_000);
        var nodes = NodeTable.Build(leaves);
        Vectors.ForEach("merkle/generated_consistency.jsonl", vector =>
        {
            var old = vector.GetProperty("size1").GetInt64();
            var size = vector.GetProperty("size2").GetInt64();
            var proof = vector.Hashes("proof_b64");
            return !MerkleVerifier.TryVerifyConsistency(
                    old, size, vector.Hash("root1_b64"), vector.Hash("root2_b64"), proof, out var error) ? error
                : MerkleProofs.Consistency(old, size, nodes).SequenceEqual(proof) ? null
                : "our proof differs";
        });
    }

    [VectorFact]
    public void The_reference_tree_of_eight_leaves_has_the_known_hashes()
    {
        var tree = Vectors.ReadJson("merkle/rfc6962_reference_tree.json");
        var inputs = tree.GetProperty("LeafInputs").GetProperty("cases")[0].EnumerateArray()
            .Select(text => Convert.FromHexString(text.GetString()!)).ToArray();
        var leaves = inputs.Select(input => MerkleHash.Leaf(input)).ToArray();
        var levels = tree.GetProperty("NodeHashes").GetProperty("cases")[0];
        for (var level = 0; level < levels.GetArrayLength(); level++)
        {
            for (var index = 0; index < levels[level].GetArrayLength(); index++)
            {
                Assert.Equal(
                    levels[level][index].GetString(),
                    ReferenceTree.Reader(leaves)(new TreeNode(level, index)).ToHex());
            }
        }

        var frontier = new MerkleFrontier();
        var roots = tree.GetProperty("RootHashes").GetProperty("cases")[0];
        for (var size = 1; size <= leaves.Length; size++)
        {
            frontier.Append(leaves[size - 1]);
            Assert.Equal(roots[size - 1].GetString(), frontier.Root().ToHex());
        }
    }

    private static bool TrySizes(JsonElement vector, out long first, out long second, string a, string b)
    {
        second = 0;
        return vector.GetProperty(a).TryGetInt64(out first) && vector.GetProperty(b).TryGetInt64(out second);
    }

    private static bool TryHash(JsonElement vector, string name, out Hash256 hash)
    {
        hash = default;
        if (vector.GetProperty(name).ValueKind == JsonValueKind.Null)
        {
            return false;
        }

        // Some cases have words where a root belongs; what matters of them is whether they are the same.
        var bytes = vector.Base64(name);
        hash = bytes.Length == Hash256.Size ? new Hash256(bytes) : Hash256.Sha256(bytes);
        return true;
    }

    private static bool TryHashes(JsonElement vector, out Hash256[] hashes)
    {
        hashes = [];
        if (vector.GetProperty("proof").ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        var bytes = vector.GetProperty("proof").EnumerateArray().Select(hash => hash.GetBytesFromBase64()).ToArray();
        if (bytes.Any(hash => hash.Length != Hash256.Size))
        {
            return false;
        }

        hashes = [.. bytes.Select(hash => new Hash256(hash))];
        return true;
    }
}

/// <summary>Every complete subtree of a tree, computed once.</summary>
internal static class NodeTable
{
    public static NodeReader Build(Hash256[] leaves)
    {
        var levels = new List<Hash256[]> { leaves };
        while (levels[^1].Length > 1)
        {
            var below = levels[^1];
            var level = new Hash256[below.Length / 2];
            for (var i = 0; i < level.Length; i++)
            {
                level[i] = MerkleHash.Node(below[2 * i], below[(2 * i) + 1]);
            }

            levels.Add(level);
        }

        return node => levels[node.Level][node.Index];
    }
}
