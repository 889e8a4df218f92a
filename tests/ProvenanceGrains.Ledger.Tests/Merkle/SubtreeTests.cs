using System.Text;
using System.Text.Json;
using ProvenanceGrains.Ledger.Merkle;

namespace ProvenanceGrains.Ledger.Tests.Merkle;

public sealed class SubtreeTests
{
    private const int Largest = 34;

    private static readonly Hash256[] Leaves = ReferenceTree.Leaves(Largest);

    [VectorFact]
    public void Inclusion_proofs_of_the_reference_implementation_are_judged_alike() =>
        Vectors.ForEach("merkle/subtreeinclusion.jsonl", vector =>
        {
            string? error = "not three numbers below 2^63 and hashes of 32 bytes";
            var ok = vector.GetProperty("leafIdx").TryGetInt64(out var index)
                && vector.GetProperty("start").TryGetInt64(out var start)
                && vector.GetProperty("end").TryGetInt64(out var end)
                && TryHash(vector.GetProperty("leafHash"), out var leaf)
                && TryHash(vector.GetProperty("root"), out var root)
                && TryHashes(vector, out var proof)
                && MerkleVerifier.TryVerifySubtreeInclusion(index, start, end, leaf, proof, root, out error);
            return ok == !vector.GetProperty("wantErr").GetBoolean() ? null : $"answer {ok}, {error}";
        });

    [VectorFact]
    public void Consistency_proofs_of_the_reference_implementation_are_judged_alike() =>
        Vectors.ForEach("merkle/subtreeconsistency.jsonl", vector =>
        {
            string? error = "not three numbers below 2^63 and hashes of 32 bytes";
            var ok = vector.GetProperty("start").TryGetInt64(out var start)
                && vector.GetProperty("end").TryGetInt64(out var end)
                && vector.GetProperty("size").TryGetInt64(out var size)
                && TryHashes(vector, out var proof)
                && MerkleVerifier.TryVerifySubtreeConsistency(
                    start, end, size, RootOrWords(vector, "root1"), RootOrWords(vector, "root2"), proof, out error);
            return ok == !vector.GetProperty("wantErr").GetBoolean() ? null : $"answer {ok}, {error}";
        });

    [Fact]
    public void Every_leaf_of_every_small_subtree_is_proven_and_at_no_other_place()
    {
        foreach (var (start, end) in Subtrees(Largest).Where(range => range.End - range.Start is > 0 and < 18))
        {
            var leaves = Leaves.AsSpan(start..end);
            var root = ReferenceTree.Root(leaves);
            for (var at = 0; at < leaves.Length; at++)
            {
                var proof = ReferenceTree.Path(at, leaves);
                for (var index = start - 1; index <= end; index++)
                {
                    var ok = MerkleVerifier.TryVerifySubtreeInclusion(index, start, end, leaves[at], proof, root, out var error);
                    Assert.True(ok == (index == start + at), $"[{start}, {end}) {at} {index}: {error}");
                    Assert.Equal(ok, error is null);
                }
            }
        }
    }

    [Fact]
    public void Every_subtree_is_consistent_with_every_small_tree_by_the_proof_of_the_definition()
    {
        for (var size = 1; size <= Largest; size++)
        {
            var root = ReferenceTree.Root(Leaves.AsSpan(..size));
            foreach (var (start, end) in Subtrees(size).Where(range => range.Start < range.End))
            {
                var subtree = ReferenceTree.Root(Leaves.AsSpan(start..end));
                var proof = ReferenceTree.SubtreeConsistency(start, end, Leaves.AsSpan(..size));
                var ok = MerkleVerifier.TryVerifySubtreeConsistency(start, end, size, subtree, root, proof, out var error);
                Assert.True(ok, $"[{start}, {end}) in {size}: {error}");
                if (start == 0)
                {
                    Assert.Equal(ReferenceTree.Consistency(end, Leaves.AsSpan(..size)), proof);
                }
            }
        }
    }

    [Fact]
    public void A_proof_with_any_part_altered_is_refused_with_a_reason()
    {
        for (var size = 1; size <= 18; size++)
        {
            var root = ReferenceTree.Root(Leaves.AsSpan(..size));
            foreach (var (start, end) in Subtrees(size).Where(range => range.Start < range.End))
            {
                var subtree = ReferenceTree.Root(Leaves.AsSpan(start..end));
                var proof = ReferenceTree.SubtreeConsistency(start, end, Leaves.AsSpan(..size));
                AssertRefused(start, end, size, Altered(subtree), root, proof);
                AssertRefused(start, end, size, subtree, Altered(root), proof);
                AssertRefused(start, end, size, subtree, root, [.. proof, root]);
                AssertRefused(start, end, size, subtree, root, [root, .. proof]);
                for (var at = 0; at < proof.Length; at++)
                {
                    AssertRefused(start, end, size, subtree, root, [.. proof[..at], Altered(proof[at]), .. proof[(at + 1)..]]);
                    AssertRefused(start, end, size, subtree, root, [.. proof[..at], .. proof[(at + 1)..]]);
                }
            }
        }
    }

    [Fact]
    public void A_subtree_is_proven_at_its_own_place_alone()
    {
        const int Size = 14;
        var root = ReferenceTree.Root(Leaves.AsSpan(..Size));
        foreach (var (start, end) in Subtrees(Size).Where(range => range.Start < range.End))
        {
            var subtree = ReferenceTree.Root(Leaves.AsSpan(start..end));
            var proof = ReferenceTree.SubtreeConsistency(start, end, Leaves.AsSpan(..Size));
            foreach (var other in Subtrees(Size).Where(range => range.Start < range.End && range != (start, end)))
            {
                AssertRefused(other.Start, other.End, Size, subtree, root, proof);
            }
        }
    }

    [Theory]
    [InlineData(1, 3, 8, "not a multiple of 2")]
    [InlineData(2, 5, 8, "not a multiple of 4")]
    [InlineData(1, long.MaxValue, long.MaxValue, "not a multiple of 9223372036854775808")]
    [InlineData(1L << 62, long.MaxValue, long.MaxValue, "has 1 hashes, not 0")]
    [InlineData(3, 2, 8, "no range")]
    [InlineData(-1, 2, 8, "no range")]
    [InlineData(long.MinValue, 0, 8, "no range")]
    [InlineData(0, 9, 8, "beyond a tree of 8")]
    [InlineData(4, 4, 3, "beyond a tree of 3")]
    [InlineData(0, 0, -1, "beyond a tree of -1")]
    [InlineData(3, 3, 8, "An empty subtree has root")]
    public void Numbers_that_are_no_subtree_are_refused_and_the_reason_names_them(long start, long end, long size, string reason)
    {
        Assert.False(MerkleVerifier.TryVerifySubtreeConsistency(start, end, size, Leaves[0], Leaves[0], [], out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_numbers_make_the_longest_proofs_and_no_overflow()
    {
        var hashes = Enumerable.Repeat(Leaves[0], 63).ToArray();
        Assert.False(MerkleVerifier.TryVerifySubtreeConsistency(0, 1, long.MaxValue, Leaves[0], Leaves[0], hashes, out var error));
        Assert.Contains("leads to root", error, StringComparison.Ordinal);
        Assert.False(MerkleVerifier.TryVerifySubtreeInclusion(
            long.MaxValue - 1, long.MaxValue - 1, long.MaxValue, Leaves[0], [], Leaves[1], out error));
        Assert.Contains("leads to root", error, StringComparison.Ordinal);
    }

    private static IEnumerable<(int Start, int End)> Subtrees(int size) =>
        from start in Enumerable.Range(0, size + 1)
        from length in Enumerable.Range(0, size - start + 1)
        let power = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, length))
        where start % power == 0
        select (start, start + length);

    private static void AssertRefused(
        long start, long end, long size, in Hash256 subtree, in Hash256 root, ReadOnlySpan<Hash256> proof)
    {
        Assert.False(
            MerkleVerifier.TryVerifySubtreeConsistency(start, end, size, subtree, root, proof, out var error),
            $"[{start}, {end}) in {size}");
        Assert.NotEmpty(error);
    }

    private static Hash256 Altered(in Hash256 hash)
    {
        var bytes = hash.ToArray();
        bytes[31] ^= 1;
        return new Hash256(bytes);
    }

    private static bool TryHash(JsonElement text, out Hash256 hash)
    {
        var bytes = text.ValueKind == JsonValueKind.Null ? [] : text.GetBytesFromBase64();
        hash = bytes.Length == Hash256.Size ? new Hash256(bytes) : default;
        return bytes.Length == Hash256.Size;
    }

    private static bool TryHashes(JsonElement vector, out Hash256[] hashes)
    {
        JsonElement[] elements = vector.GetProperty("proof") is { ValueKind: JsonValueKind.Array } array ? [.. array.EnumerateArray()] : [];
        hashes = [.. elements.Select(element => TryHash(element, out var hash) ? hash : default)];
        return elements.All(element => TryHash(element, out _));
    }

    /// <summary>Some cases have words where a root belongs; what matters of them is whether they are the same.</summary>
    private static Hash256 RootOrWords(JsonElement vector, string name) =>
        TryHash(vector.GetProperty(name), out var hash) ? hash : Hash256.Sha256(Encoding.UTF8.GetBytes(vector.GetProperty(name).ToString()));
}
