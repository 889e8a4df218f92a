using System.Text;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Forks;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tests.Merkle;

namespace ProvenanceGrains.Ledger.Tests.Forks;

public sealed class ForkEvidenceTests
{
    private const string Origin = "log.example/fork";

    private static readonly SignerKey Key = SignerKey.Create(Origin, NoteSignatureType.Ed25519, [.. Enumerable.Repeat((byte)9, 32)]);

    [Fact]
    public void Two_roots_of_one_size_are_a_fork()
    {
        var evidence = ForkEvidence.OfOneSize(Sign(5, Root(5, "a")), Sign(5, Root(5, "b")));
        Assert.True(ForkVerifier.TryVerify(evidence, Key.Verifier, out var finding, out var error), error);
        Assert.Contains("two roots for 5 leaves", finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(4, 9)]
    [InlineData(7, 8)]
    [InlineData(6, 300)]
    public void A_larger_tree_that_begins_otherwise_is_a_fork(int m, int n)
    {
        Assert.True(ForkVerifier.TryVerify(Forked(m, n), Key.Verifier, out _, out var error), error);
    }

    [Fact]
    public void What_fits_is_no_fork()
    {
        Refused(ForkEvidence.OfOneSize(Sign(5, Root(5, "a")), Sign(5, Root(5, "a"))), "say the same");
        Refused(Forked(4, 9) with { Smaller = Sign(4, Root(4, "a")) }, "they fit");
    }

    [Fact]
    public void A_claim_without_its_proof_proves_nothing()
    {
        var fork = Forked(4, 9);
        Refused(fork with { Root = null }, "is missing");
        Refused(fork with { Root = Root(4, "c") }, "consistency proof leads to root");
        Refused(fork with { Proof = [] }, "has");
        Refused(fork with { Smaller = fork.Larger, Larger = fork.Smaller }, "The smaller checkpoint has 9");
        Refused(ForkEvidence.OfOneSize(Sign(5, Root(5, "a")), Sign(5, Root(5, "b"))) with { Root = Root(5, "a") }, "need no root");
        Refused(Forked(4, 9) with { Smaller = Sign(0, Root(1, "b")) }, "empty tree proves nothing");
    }

    [Fact]
    public void What_the_key_has_not_signed_proves_nothing()
    {
        var other = SignerKey.Create(Origin, NoteSignatureType.Ed25519, [.. Enumerable.Repeat((byte)10, 32)]);
        Refused(ForkEvidence.OfOneSize(Sign(5, Root(5, "a")), Sign(5, Root(5, "b"), other)), "The larger checkpoint: No known key");
        var elsewhere = Checkpoint.Create("log.example/other", 5, Root(5, "b")).Sign(Key);
        Refused(ForkEvidence.OfOneSize(Sign(5, Root(5, "a")), elsewhere), "is of 'log.example/other'");
    }

    [Fact]
    public void The_file_of_version_1_verifies_and_is_written_as_before()
    {
        var golden = File.ReadAllBytes(Path.Combine(
            Vectors.RepositoryRoot, "tests", "ProvenanceGrains.Ledger.Tests", "golden", "fork-v1.json"));
        Assert.True(ForkEvidenceJson.TryParse(golden, out var evidence, out var error), error);
        Assert.True(ForkVerifier.TryVerify(evidence, Key.Verifier, out _, out error), error);
        Assert.Equal(Encoding.UTF8.GetString(golden), Encoding.UTF8.GetString(ForkEvidenceJson.Write(Forked(4, 9))));
    }

    [Theory]
    [InlineData("\"format\"", "\"Format\"", "unknown")]
    [InlineData("fork/v1", "fork/v2", "format is not")]
    [InlineData("\"larger\"", "\"smaller\"", "repeated")]
    [InlineData("\"root\"", "\"more\"", "unknown")]
    [InlineData("\"proof\": [", "\"proof\": [[", "proof: String")]
    [InlineData("\"proof\": [", "\"proof\": [null,", "proof: String")]
    [InlineData("\"root\": ", "\"root\": null, \"x\": ", "root: String")]
    [InlineData("\"root\"", "\"larger\"", "larger: it is unknown or repeated")]
    [InlineData("]\n}", "]\n} 1", "JSON")]
    [InlineData("]\n}", "]", "JSON")]
    [InlineData("\\u2014 ", "", "note")]
    [InlineData("\"proof\": [", "\"proof\": [\"AAAA\",", "base64 of 32")]
    public void A_document_that_is_not_as_specified_is_refused(string find, string replace, string reason)
    {
        // The dash of a signature line is written as it is; escaped, it is the same text.
        var text = Encoding.UTF8.GetString(ForkEvidenceJson.Write(Forked(4, 9))).Replace("\u2014", "\\u2014", StringComparison.Ordinal);
        Assert.True(ForkEvidenceJson.TryParse(Encoding.UTF8.GetBytes(text), out _, out var error), error);
        var changed = text.Replace(find, replace, StringComparison.Ordinal);
        Assert.NotEqual(text, changed);
        Assert.False(ForkEvidenceJson.TryParse(Encoding.UTF8.GetBytes(changed), out _, out error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_are_limited()
    {
        Assert.False(ForkEvidenceJson.TryParse(new byte[ForkEvidence.MaxBytes + 1], out _, out _));
        var many = Forked(4, 9) with { Proof = [.. Enumerable.Repeat(Hash256.Zero, ForkEvidence.MaxHashes + 1)] };
        Assert.False(ForkEvidenceJson.TryParse(ForkEvidenceJson.Write(many), out _, out var error));
        Assert.Contains("more than 64", error, StringComparison.Ordinal);
    }

    private static void Refused(ForkEvidence evidence, string reason)
    {
        Assert.False(ForkVerifier.TryVerify(evidence, Key.Verifier, out var finding, out var error));
        Assert.Null(finding);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    /// <summary>The key signs tree b at size m and tree a at size n.</summary>
    private static ForkEvidence Forked(int m, int n) => ForkEvidence.OfTwoSizes(
        Sign(m, Root(m, "b")), Sign(n, Root(n, "a")), Root(m, "a"), MerkleProofs.Consistency(m, n, Nodes(n, "a")));

    private static NodeReader Nodes(int size, string tree) =>
        NodeTable.Build([.. Enumerable.Range(0, size).Select(i => Hash256.Sha256(Encoding.UTF8.GetBytes($"{tree}{i}")))]);

    private static Hash256 Root(int size, string tree) => MerkleProofs.Root(size, Nodes(size, tree));

    private static SignedNote Sign(long size, Hash256 root, SignerKey? key = null) =>
        Checkpoint.Create(Origin, size, root).Sign(key ?? Key);
}
