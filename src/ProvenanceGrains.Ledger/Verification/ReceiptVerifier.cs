using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Ledger.Proofs;

namespace ProvenanceGrains.Ledger.Verification;

/// <summary>
/// A receipt: the <c>tlog-proof@v1</c> of an entry, whose record is the entry's header and whose <c>extra</c> line carries
/// that header, so that one file verifies alone (docs/formats.md, Receipt).
/// </summary>
public static class Receipt
{
    /// <summary>Makes a receipt.</summary>
    /// <param name="header">The entry's header.</param>
    /// <param name="leafIndex">Where it is in the log.</param>
    /// <param name="inclusion">The inclusion proof of that leaf in the checkpoint's tree.</param>
    /// <param name="checkpoint">The checkpoint, with what cosignatures there are.</param>
    public static TlogProof Create(
        in EntryHeader header, long leafIndex, IReadOnlyList<Hash256> inclusion, SignedNote checkpoint) =>
        new(header.ToArray(), leafIndex, inclusion, checkpoint);
}

/// <summary>Makes the checks that receipts and histories share.</summary>
internal static class ReceiptVerifier
{
    public static Verdict Verify(ReadOnlySpan<byte> receipt, ReadOnlySpan<byte> expectedHeader, LogPolicy policy)
    {
        var verdict = new VerdictBuilder("A receipt");
        if (!TlogProof.TryParse(receipt, out var proof, out var error))
        {
            verdict.Fail("format", error);
            return verdict.Build();
        }

        verdict.Pass("format", $"The file is a {TlogProof.Header} of {receipt.Length} bytes.");
        var carried = proof.Extra ?? ReadOnlyMemory<byte>.Empty;
        if (!EntryHeader.TryParse(expectedHeader.IsEmpty ? carried.Span : expectedHeader, out var header, out error))
        {
            verdict.Fail("header", proof.Extra is null ? "The receipt carries no header and none was given." : error);
            return verdict.Build();
        }

        if (!expectedHeader.IsEmpty && !carried.IsEmpty && !carried.Span.SequenceEqual(expectedHeader))
        {
            var at = carried.Span.CommonPrefixLength(expectedHeader);
            verdict.Fail("header", $"The header in the receipt differs from the one given from byte {at} on.");
            return verdict.Build();
        }

        verdict.Pass("header", $"Entry {header.Sequence} of the journal with index {header.Index}.");
        verdict.Subject = $"A receipt for entry {header.Sequence} of journal {header.Index} at leaf {proof.Index}";
        if (OpenCheckpoint(verdict, proof.Checkpoint.ToArray(), policy) is not { } checkpoint)
        {
            verdict.Skip("inclusion", "There is no trusted checkpoint to be included in.");
            return verdict.Build();
        }

        MerkleVerifier.TryVerifyInclusion(
            proof.Index, checkpoint.Checkpoint.Size, header.LeafHash(), proof.Hashes.ToArray(), checkpoint.Checkpoint.Root, out error);
        verdict.Judge("inclusion", error, $"The header is leaf {proof.Index} of {checkpoint.Checkpoint.Size}.");
        return verdict.Build();
    }

    /// <summary>Checks the signatures of a checkpoint. Null if it is not to be trusted; the verdict says why.</summary>
    public static TrustedCheckpoint? OpenCheckpoint(VerdictBuilder verdict, ReadOnlySpan<byte> note, LogPolicy policy)
    {
        if (!policy.TryOpenSigned(note, out var checkpoint, out var error))
        {
            verdict.Fail("checkpoint signature", error);
            return null;
        }

        var parsed = checkpoint.Checkpoint;
        verdict.Pass(
            "checkpoint signature",
            $"Log '{parsed.Origin}' signed size {parsed.Size} and root {parsed.Root} with key {checkpoint.LogKey.NameAndId}.");
        if (policy.Quorum == LogPolicy.NoQuorum)
        {
            verdict.Skip("witness quorum", "No witness is asked for: that the log shows everybody the same is not proven.");
            return checkpoint;
        }

        var reached = policy.IsQuorum(checkpoint.CosignedBy);
        verdict.Judge(
            "witness quorum",
            reached ? null : policy.WhyNoQuorum(checkpoint),
            $"{checkpoint.CosignedBy.Count} witnesses cosigned; quorum '{policy.Quorum}' is reached.");
        return reached ? checkpoint : null;
    }
}
