using System.Text;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Proofs;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Tests.Verification;

/// <summary>Guarantee G4, inclusion is provable offline: a receipt and the log's verifier key, nothing else.</summary>
public sealed class G4_InclusionIsProvableOfflineTests
{
    private const int LeafCount = 15;

    private static readonly SampleLog Log = new();

    /// <summary>Says whether a receipt proves its entry to be in the log of a verifier key.</summary>
    private delegate bool Verifier(byte[] receipt, byte[] vkey);

    [Fact]
    public void A_receipt_and_the_verifier_key_are_all_that_a_stranger_needs()
    {
        var vkey = Log.Vkey;
        for (var leaf = 0; leaf < LeafCount; leaf++)
        {
            var verdict = OfflineVerifier.VerifyReceipt(Log.Receipt(leaf).ToArray(), vkey);
            Assert.True(verdict.IsSound, verdict.ToString());
            Assert.Equal(CheckOutcome.Passed, verdict.Checks.Single(check => check.Name == "inclusion").Outcome);
        }
    }

    [Fact]
    public void A_receipt_with_any_field_altered_is_refused_with_a_reason()
    {
        for (var leaf = 0; leaf < LeafCount; leaf++)
        {
            foreach (var (what, receipt) in Alterations(leaf))
            {
                var verdict = OfflineVerifier.VerifyReceipt(receipt, Log.Vkey);
                Assert.False(verdict.IsSound, $"leaf {leaf}, {what}: {verdict}");
                Assert.NotEmpty(verdict.Failures.First().Reason);
            }
        }
    }

    [Fact]
    public void A_receipt_of_an_entry_that_is_not_in_the_tree_is_refused_for_its_inclusion()
    {
        foreach (var (what, receipt) in EntriesThatAreNotInTheTree())
        {
            var verdict = OfflineVerifier.VerifyReceipt(receipt, Log.Vkey);
            Assert.True(verdict.Failures.Select(failure => failure.Name).SequenceEqual(["inclusion"]), $"{what}: {verdict}");
        }
    }

    [Fact]
    public void A_receipt_proves_nothing_under_another_logs_key()
    {
        var namesake = SignerKey.Create(Log.Key.Verifier.Name, NoteSignatureType.Ed25519, [.. Enumerable.Repeat((byte)9, 32)]);
        var renamed = Log.Key.Rename("log.example/other");
        foreach (var key in (SignerKey[])[namesake, renamed, Log.Witness])
        {
            var verdict = OfflineVerifier.VerifyReceipt(Log.Receipt(3).ToArray(), Encoding.UTF8.GetBytes(key.Verifier + "\n"));
            Assert.Contains("checkpoint signature", verdict.Failures.Select(failure => failure.Name));
        }
    }

    [Fact]
    public void Every_forgery_is_refused_by_the_verifier_and_each_check_that_is_left_out_lets_some_pass()
    {
        Assert.Empty(Accepted(static (receipt, vkey) => OfflineVerifier.VerifyReceipt(receipt, vkey).IsSound));

        // The same tables, with verifiers that leave one mechanism out: what they let pass shows that it is needed.
        var withoutInclusion = Accepted((receipt, vkey) => StandIn(receipt, vkey, checkInclusion: false));
        Assert.All(EntriesThatAreNotInTheTree(), forged => Assert.Contains(forged.What, withoutInclusion));
        var withoutSignature = Accepted((receipt, vkey) => StandIn(receipt, vkey, checkSignature: false));
        Assert.Contains("another tree that nobody signed", withoutSignature);
        Assert.DoesNotContain("a header of nothing", withoutSignature);

        // And the stand-in is the verifier but for what it leaves out.
        Assert.Empty(Accepted((receipt, vkey) => StandIn(receipt, vkey)));
        Assert.True(StandIn(Log.Receipt(3).ToArray(), Log.Vkey));
    }

    private static List<string> Accepted(Verifier verifier) =>
    [
        .. EntriesThatAreNotInTheTree().Concat(Enumerable.Range(0, LeafCount).SelectMany(Alterations))
            .Where(forged => verifier(forged.Receipt, Log.Vkey))
            .Select(forged => forged.What)
            .Distinct(),
    ];

    /// <summary>A verifier of the test's own, in which mechanisms can be left out.</summary>
    private static bool StandIn(byte[] receipt, byte[] vkey, bool checkInclusion = true, bool checkSignature = true) =>
        TlogProof.TryParse(receipt, out var proof, out _)
        && proof.Extra is { } carried
        && EntryHeader.TryParse(carried.Span, out var header, out _)
        && VerifierKey.TryParse(Encoding.UTF8.GetString(vkey).Trim(), out var key, out _)
        && (!checkSignature || OpenedNote.TryOpen(proof.Checkpoint.ToArray(), [key], out _, out _))
        && Checkpoint.TryParse(proof.Checkpoint.Text, out var checkpoint, out _)
        && checkpoint.Origin == key.Name
        && (!checkInclusion || MerkleVerifier.TryVerifyInclusion(
            proof.Index, checkpoint.Size, header.LeafHash(), proof.Hashes.ToArray(), checkpoint.Root, out _));

    private static IEnumerable<(string What, byte[] Receipt)> EntriesThatAreNotInTheTree()
    {
        var genuine = Log.Receipt(3);
        var header = Log.HeaderAt(3);
        yield return ("a header of nothing", Forge(header with { Index = HashedEntityIndex.Instance.Compute(EntityId.Create("lot", "never-made")) }));
        yield return ("a next entry that was not appended", Forge(header with { Sequence = header.Sequence + 1, Previous = header.LeafHash() }));
        yield return ("other content of the same entry", Forge(header with { Commitment = Hash256.Sha256([1]) }));

        byte[] Forge(EntryHeader forged) => Receipt.Create(forged, genuine.Index, genuine.Hashes, genuine.Checkpoint).ToArray();
    }

    private static IEnumerable<(string What, byte[] Receipt)> Alterations(int leaf)
    {
        var genuine = Log.Receipt(leaf);
        Hash256[] hashes = [.. genuine.Hashes];
        foreach (var (field, header) in AlteredHeaders(Log.HeaderAt(leaf).ToArray()))
        {
            yield return (field, new TlogProof(header, leaf, hashes, genuine.Checkpoint).ToArray());
        }

        for (var index = 0; index <= LeafCount; index++)
        {
            if (index != leaf)
            {
                yield return ("leaf index", new TlogProof(genuine.Extra!.Value.ToArray(), index, hashes, genuine.Checkpoint).ToArray());
            }
        }

        for (var at = 0; at < hashes.Length; at++)
        {
            yield return ("a hash", With([.. hashes[..at], Hash256.Sha256(hashes[at].AsSpan()), .. hashes[(at + 1)..]]));
            yield return ("a hash less", With([.. hashes[..at], .. hashes[(at + 1)..]]));
            yield return ("two hashes swapped", With(at == 0 ? [.. hashes[1..], hashes[0]] : [hashes[at], .. hashes[1..at], hashes[0], .. hashes[(at + 1)..]]));
        }

        yield return ("a hash more", With([.. hashes, hashes[0]]));
        var size = LeafCount;
        yield return ("origin", Under(Text("log.example/other", size, Root()), genuine.Checkpoint.Signatures));
        yield return ("size", Under(Text(Log.Key.Verifier.Name, size + 1, Root()), genuine.Checkpoint.Signatures));
        yield return ("another tree that nobody signed", OfAnotherTree(leaf, genuine));
        foreach (var signature in genuine.Checkpoint.Signatures.Where(signature => signature.KeyName == Log.Key.Verifier.Name))
        {
            var bytes = signature.Signature.ToArray();
            bytes[^1] ^= 1;
            yield return ("signature", Under(genuine.Checkpoint.Text.ToArray(), [signature with { Signature = bytes }]));
            yield return ("key id", Under(genuine.Checkpoint.Text.ToArray(), [signature with { KeyId = signature.KeyId ^ 1 }]));
            yield return ("key name", Under(genuine.Checkpoint.Text.ToArray(), [signature with { KeyName = "log.example/other" }]));
        }

        byte[] With(Hash256[] altered) => new TlogProof(genuine.Extra!.Value.ToArray(), leaf, altered, genuine.Checkpoint).ToArray();

        byte[] Under(byte[] text, IReadOnlyList<NoteSignature> signatures) =>
            new TlogProof(genuine.Extra!.Value.ToArray(), leaf, hashes, SignedNote.Create(text, signatures)).ToArray();

        Hash256 Root() => MerkleProofs.Root(LeafCount, Log.Nodes);
    }

    /// <summary>A root is made to fit a header that was never logged; only the signature is against it.</summary>
    private static byte[] OfAnotherTree(int leaf, TlogProof genuine)
    {
        var forged = Log.HeaderAt(leaf) with { Commitment = Hash256.Sha256([2]) };
        Hash256[] leaves = [.. Enumerable.Range(0, LeafCount).Select(i => i == leaf ? forged.LeafHash() : Log.HeaderAt(i).LeafHash())];
        var nodes = Merkle.NodeTable.Build(leaves);
        var note = SignedNote.Create(
            Text(Log.Key.Verifier.Name, LeafCount, MerkleProofs.Root(LeafCount, nodes)), genuine.Checkpoint.Signatures);
        return Receipt.Create(forged, leaf, MerkleProofs.Inclusion(leaf, LeafCount, nodes), note).ToArray();
    }

    /// <summary>docs/formats.md, Entry header: version, index, sequence, previous, time, commitment.</summary>
    private static IEnumerable<(string Field, byte[] Header)> AlteredHeaders(byte[] header)
    {
        (string Field, int Offset)[] fields =
            [("version", 0), ("index", 1), ("sequence", 40), ("previous", 41), ("time", 80), ("commitment", 112)];
        foreach (var (field, offset) in fields)
        {
            var altered = header.ToArray();
            altered[offset] ^= 1;
            yield return (field, altered);
        }

        yield return ("a byte less", header[..^1]);
        yield return ("a byte more", [.. header, 0]);
    }

    private static byte[] Text(string origin, long size, Hash256 root) => Checkpoint.Create(origin, size, root).ToArray();
}
