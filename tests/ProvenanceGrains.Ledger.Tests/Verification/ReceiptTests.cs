using System.Text;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Proofs;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Tests.Verification;

public sealed class ReceiptTests
{
    private static readonly SampleLog Log = new();

    [Fact]
    public void A_receipt_of_every_leaf_verifies_alone_with_the_key_or_a_policy()
    {
        for (var leaf = 0; leaf < 15; leaf++)
        {
            var receipt = Log.Receipt(leaf).ToArray();
            foreach (var trust in (byte[][])[Log.Vkey, Log.Policy])
            {
                var verdict = OfflineVerifier.VerifyReceipt(receipt, trust);
                Assert.True(verdict.IsSound, verdict.ToString());
            }

            Assert.True(OfflineVerifier.VerifyReceipt(receipt, Log.Vkey, Log.HeaderAt(leaf).ToArray()).IsSound);
        }
    }

    [Fact]
    public void Without_a_policy_the_missing_witnesses_are_said_to_be_unchecked()
    {
        var verdict = OfflineVerifier.VerifyReceipt(Log.Receipt(3).ToArray(), Log.Vkey);
        Assert.Equal(CheckOutcome.NotChecked, verdict.Checks.Single(check => check.Name == "witness quorum").Outcome);
        verdict = OfflineVerifier.VerifyReceipt(Log.Receipt(3).ToArray(), Log.Policy);
        Assert.Equal(CheckOutcome.Passed, verdict.Checks.Single(check => check.Name == "witness quorum").Outcome);
    }

    [Fact]
    public void Each_lie_fails_the_check_that_is_about_it()
    {
        var receipt = Log.Receipt(3);
        AssertFails("header", OfflineVerifier.VerifyReceipt(receipt.ToArray(), Log.Vkey, Log.HeaderAt(4).ToArray()));
        AssertFails("header", OfflineVerifier.VerifyReceipt(new TlogProof(null, 3, receipt.Hashes, receipt.Checkpoint).ToArray(), Log.Vkey));
        AssertFails("inclusion", OfflineVerifier.VerifyReceipt(new TlogProof(Log.HeaderAt(4).ToArray(), 3, receipt.Hashes, receipt.Checkpoint).ToArray(), Log.Vkey));
        AssertFails("inclusion", OfflineVerifier.VerifyReceipt(new TlogProof(Log.HeaderAt(3).ToArray(), 2, receipt.Hashes, receipt.Checkpoint).ToArray(), Log.Vkey));
        AssertFails("format", OfflineVerifier.VerifyReceipt("hello\n"u8, Log.Vkey));
        AssertFails("trust", OfflineVerifier.VerifyReceipt(receipt.ToArray(), "nobody"u8));
        AssertFails("trust", OfflineVerifier.VerifyReceipt(receipt.ToArray(), []));
        AssertFails("trust", OfflineVerifier.VerifyReceipt(receipt.ToArray(), [0xFF, 0xFE]));
        AssertFails("checkpoint signature", OfflineVerifier.VerifyReceipt(
            receipt.ToArray(), Encoding.UTF8.GetBytes(Log.Witness.Verifier.ToString())));
        var uncosigned = Checkpoint.TryParse(Log.Note.Text, out var checkpoint, out _) ? checkpoint.Sign(Log.Key) : null;
        AssertFails("witness quorum", OfflineVerifier.VerifyReceipt(
            new TlogProof(receipt.Extra!.Value.ToArray(), 3, receipt.Hashes, uncosigned!).ToArray(), Log.Policy));
    }

    [Fact]
    public void A_receipt_with_any_byte_changed_is_refused_or_says_the_same()
    {
        var receipt = Log.Receipt(5).ToArray();
        var witnessLine = Log.Note.Signatures[1].ToString();
        for (var at = 0; at < receipt.Length; at++)
        {
            var changed = receipt.ToArray();
            changed[at] ^= (byte)(1 << (at % 8));
            var verdict = OfflineVerifier.VerifyReceipt(changed, Log.Policy);
            if (verdict.IsSound)
            {
                // Bits of base64's last character that stand for nothing are all that may differ.
                Assert.True(TlogProof.TryParse(changed, out var proof, out _));
                Assert.Equal(receipt, proof.ToArray());
            }

            Assert.All(verdict.Checks, check => Assert.NotEmpty(check.Reason));
        }

        Assert.Contains(witnessLine, Encoding.UTF8.GetString(receipt));
    }

    private static void AssertFails(string check, Verdict verdict)
    {
        Assert.False(verdict.IsSound);
        Assert.Equal([check], verdict.Failures.Select(failure => failure.Name));
        Assert.NotEmpty(verdict.Failures.Single().Reason);
    }
}
