using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Ledger.Proofs;
using ProvenanceGrains.Ledger.Tests.Merkle;
using ProvenanceGrains.Ledger.Tests.Verification;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Ledger.Vrf;
using ProvenanceGrains.Ledger.Witnessing;

namespace ProvenanceGrains.Ledger.Tests;

/// <summary>Whatever bytes come, no parser throws: it accepts, or refuses with a reason.</summary>
public sealed class ParserPropertyTests
{
    private static readonly SampleLog Log = new();

    private static readonly byte[][] Samples =
    [
        Log.Note.ToArray(),
        Log.Note.Text.ToArray(),
        Log.Policy,
        Log.Vkey,
        Encoding.UTF8.GetBytes(Log.Key.ExportPrivateKey()),
        Log.Receipt(3).ToArray(),
        HistoryJson.Write(Log.History()),
        Log.HeaderAt(3).ToArray(),
        Log.LastBlock.Content.ToArray(),
        "tile/1/x001/234.p/5"u8.ToArray(),
        [0, 3, 1, 2, 3, 0, 1, 9],
        Payload.EncodeEntity(SampleLog.Lot),
        AddCheckpointRequest.Encode(5, [Hash256.Zero, Hash256.Zero], Log.Note),
    ];

    [Fact]
    public void Random_bytes_are_refused_with_a_reason() =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(
            ArbMap.Default.ArbFor<byte[]>(), bytes => ParseAll(bytes)));

    [Fact]
    public void Random_text_is_refused_with_a_reason() =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(
            ArbMap.Default.ArbFor<string>(), text => ParseAll(Encoding.UTF8.GetBytes(text ?? ""))));

    [Fact]
    public void Well_formed_files_that_were_cut_spliced_or_changed_never_make_a_parser_throw()
    {
        var mutations = from sample in Gen.Elements(Samples)
                        from at in Gen.Choose(0, sample.Length - 1)
                        from length in Gen.Choose(0, 8)
                        from insert in Gen.ArrayOf(Gen.Choose(0, 255).Select(b => (byte)b), length)
                        from drop in Gen.Choose(0, Math.Min(sample.Length - at, 12))
                        select (byte[])[.. sample[..at], .. insert, .. sample[(at + drop)..]];
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Arb.From(mutations), bytes => ParseAll(bytes)));
    }

    [Fact]
    public void Every_prefix_of_a_well_formed_file_is_read_without_throwing()
    {
        foreach (var sample in Samples)
        {
            for (var length = 0; length <= sample.Length; length++)
            {
                Assert.True(ParseAll(sample[..length]));
            }
        }
    }

    [Fact]
    public void Proofs_of_a_random_leaf_and_size_verify_and_with_one_bit_changed_do_not()
    {
        const int Largest = 3000;
        var leaves = ReferenceTree.Leaves(Largest);
        var nodes = NodeTable.Build(leaves);
        var cases = from size in Gen.Choose(1, Largest)
                    from index in Gen.Choose(0, size - 1)
                    from old in Gen.Choose(1, size)
                    from bit in Gen.Choose(0, 255)
                    select (size, index, old, bit);
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Arb.From(cases), c =>
        {
            var root = MerkleProofs.Root(c.size, nodes);
            var inclusion = MerkleProofs.Inclusion(c.index, c.size, nodes);
            var consistency = MerkleProofs.Consistency(c.old, c.size, nodes);
            var oldRoot = MerkleProofs.Root(c.old, nodes);
            return MerkleVerifier.TryVerifyInclusion(c.index, c.size, leaves[c.index], inclusion, root, out _)
                && MerkleVerifier.TryVerifyConsistency(c.old, c.size, oldRoot, root, consistency, out _)
                && !MerkleVerifier.TryVerifyInclusion(c.index, c.size, Flip(leaves[c.index], c.bit), inclusion, root, out _)
                && !MerkleVerifier.TryVerifyConsistency(c.old, c.size, Flip(oldRoot, c.bit), root, consistency, out _)
                && (inclusion.Length == 0 || !MerkleVerifier.TryVerifyInclusion(
                    c.index, c.size, leaves[c.index], FlipOne(inclusion, c.bit), root, out _))
                && (consistency.Length == 0 || !MerkleVerifier.TryVerifyConsistency(
                    c.old, c.size, oldRoot, root, FlipOne(consistency, c.bit), out _));
        }));
    }

    private static bool ParseAll(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return (SignedNote.TryParse(bytes, out _, out var error) || Said(error))
            && (Checkpoint.TryParse(bytes, out _, out error) || Said(error))
            && (VerifierKey.TryParse(text, out _, out error) || Said(error))
            && (SignerKey.TryParse(text, out _, out error) || Said(error))
            && (LogPolicy.TryParse(bytes, out _, out error) || Said(error))
            && (TlogProof.TryParse(bytes, out _, out error) || Said(error))
            && (HistoryJson.TryParse(bytes, out _, out error) || Said(error))
            && (EntryHeader.TryParse(bytes, out _, out error) || Said(error))
            && (BlockContent.TryParse(bytes, out _, out error) || Said(error))
            && (BlockRecord.TryParse(bytes, out _, out error) || Said(error))
            && (VrfPublicKey.TryParse(bytes, out _, out error) || Said(error))
            && (VrfPublicKey.TryParseText(text, out _, out error) || Said(error))
            && (VrfPrivateKey.TryParseText(text, out _, out error) || Said(error))
            && (AddCheckpointRequest.TryParse(bytes, out _, out error) || Said(error))
            && (WitnessedLog.TryRead(bytes, [Log.Key.Verifier], Log.Witness.Verifier, out _, out error) || Said(error))
            && (TilePath.TryParse(text, out _, out error) || Said(error))
            && (EntryBundle.TryParse(bytes, 3, out _, out error) || Said(error))
            && (OfflineVerifier.TryReadTrust(bytes, out _, out error) || Said(error))
            && (!Payload.TryDecodePair(bytes, out var first, out var second) || first.Length + second.Length <= bytes.Length)
            && OfflineVerifier.VerifyReceipt(bytes, Log.Vkey).Checks.Count > 0;
    }

    private static bool Said(string? error) => !string.IsNullOrEmpty(error);

    private static Hash256 Flip(Hash256 hash, int bit)
    {
        var bytes = hash.ToArray();
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return new Hash256(bytes);
    }

    private static Hash256[] FlipOne(Hash256[] hashes, int bit)
    {
        var changed = hashes.ToArray();
        changed[bit % changed.Length] = Flip(changed[bit % changed.Length], bit);
        return changed;
    }
}
