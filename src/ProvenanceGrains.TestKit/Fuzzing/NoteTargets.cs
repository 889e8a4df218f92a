using System.Text;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Incarnations;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Ledger.Proofs;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Ledger.Witnessing;

namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>Notes and the formats around them.</summary>
internal static class NoteTargets
{
    private static readonly SignerKey Log = SignerKey.Create("log.example/fuzz", NoteSignatureType.Ed25519, Seed(3));
    private static readonly SignerKey NewLog = SignerKey.Create("log.example/fuzz/i2", NoteSignatureType.Ed25519, Seed(3));
    private static readonly SignerKey Witness = SignerKey.Create("witness.example/w1", NoteSignatureType.CosignatureV1, Seed(4));
    private static readonly Checkpoint Head = Checkpoint.Create(Log.Verifier.Name, 1234, Hash256.Sha256("root"u8));
    private static readonly SignedNote Note = Head.Sign(Log).With([Witness.Cosign(Head.ToArray(), 1_760_000_000)]);
    private static readonly byte[] Policy = Encoding.UTF8.GetBytes($"log {Log.Verifier}\nwitness w1 {Witness.Verifier}\nquorum w1\n");

    public static IEnumerable<FuzzTarget> All(FuzzCorpus corpus)
    {
        byte[][] notes =
        [
            Note.ToArray(), FuzzCorpus.Golden("witness-checkpoint-v1.note"), FuzzCorpus.Golden("incarnation-v1.note"),
            .. corpus.Texts("tlog/signed-note", "tlog/c2sp-spec-examples", "tlog/tlog-cosignature"),
        ];
        yield return new FuzzTarget("note", FuzzShape.Lines, notes, RunNote) { AllocationFactor = 96 };
        yield return new FuzzTarget(
            "checkpoint", FuzzShape.Lines, [Head.ToArray(), .. corpus.Texts("tlog/checkpoint")], RunCheckpoint);
        byte[][] keys = FuzzTarget.Texts(Log.Verifier.ToString(), Witness.Verifier.ToString(), Log.ExportPrivateKey(), Witness.ExportPrivateKey());
        yield return new FuzzTarget("vkey", FuzzShape.Text, [.. keys, .. corpus.Texts("tlog/signed-note")], RunVerifierKey);
        yield return new FuzzTarget("signer-key", FuzzShape.Text, [.. keys, .. corpus.Texts("tlog/signed-note")], RunSignerKey);
        yield return new FuzzTarget("policy", FuzzShape.Lines, [Policy, .. corpus.Texts("tlog/tlog-policy")], RunPolicy) { AllocationFactor = 256 };
        byte[][] proofs =
        [
            new TlogProof("extra"u8.ToArray(), 7, [Hash256.Zero, Hash256.Sha256("a"u8)], Note).ToArray(),
            FuzzCorpus.Golden("receipt-v1.tlog-proof"), .. corpus.Texts("tlog/tlog-proof"),
        ];
        yield return new FuzzTarget("tlog-proof", FuzzShape.Lines, proofs, RunProof) { AllocationFactor = 96 };
        yield return new FuzzTarget(
            "tile-path",
            FuzzShape.Text,
            [.. FuzzTarget.Texts("tile/0/000", "tile/entries/x001/x234/067.p/255", "tile/63/x001/000"), .. corpus.Texts("tlog/tlog-tiles")],
            RunTilePath);
        byte[][] requests =
        [
            AddCheckpointRequest.Encode(0, [], Note),
            AddCheckpointRequest.Encode(5, [Hash256.Zero, Hash256.Sha256("b"u8)], Note),
            .. corpus.Texts("tlog/tlog-witness"),
        ];
        yield return new FuzzTarget("add-checkpoint", FuzzShape.Lines, requests, RunAddCheckpoint) { AllocationFactor = 96 };
        var link = new IncarnationLink(NewLog.Verifier.Name, Log.Verifier.Name, 77, Hash256.Sha256("old"u8)).Sign(NewLog, Log);
        yield return new FuzzTarget("incarnation", FuzzShape.Lines, [link.ToArray(), FuzzCorpus.Golden("incarnation-v1.note")], RunIncarnation)
        {
            Mend = input => Resigned(input, [NewLog, Log]),
        };
        yield return new FuzzTarget("witnessed-checkpoint", FuzzShape.Lines, notes[..2], RunWitnessed) { Mend = input => Resigned(input, [Log]) };
    }

    private static byte[] Seed(byte value) => [.. Enumerable.Repeat(value, 32)];

    /// <summary>The note's text under signatures that hold; the input itself if it is no note.</summary>
    private static byte[] Resigned(byte[] input, SignerKey[] keys)
    {
        if (!SignedNote.TryParse(input, out var note, out _))
        {
            return input;
        }

        var text = note.Text.ToArray();
        return SignedNote.Create(text, [.. keys.Select(key => key.Sign(text)), Witness.Cosign(text, 1_760_000_000)]).ToArray();
    }

    private static bool RunNote(byte[] input)
    {
        var accepted = FuzzOracle.Answer(SignedNote.TryParse(input, out var note, out var error), error);
        if (note is not null)
        {
            // Signatures may have more than one spelling in base64, the text has not.
            FuzzOracle.Require(input.AsSpan().StartsWith(note.Text), "The text is another one.");
            FuzzOracle.Settles(note.ToArray(), written => SignedNote.TryParse(written, out var again, out _) ? again.ToArray() : null);
            FuzzOracle.Answer(OpenedNote.TryOpen(input, [Log.Verifier, Witness.Verifier], out _, out error), error);
        }

        return accepted;
    }

    private static bool RunCheckpoint(byte[] input)
    {
        var accepted = FuzzOracle.Answer(Checkpoint.TryParse(input, out var checkpoint, out var error), error);
        if (checkpoint is not null)
        {
            FuzzOracle.Settles(checkpoint.ToArray(), written => Checkpoint.TryParse(written, out var again, out _) ? again.ToArray() : null);
        }

        return accepted;
    }

    private static bool RunVerifierKey(byte[] input)
    {
        var text = FuzzOracle.Text(input);
        var accepted = FuzzOracle.Answer(VerifierKey.TryParse(text, out var key, out var error), error);
        if (key is not null)
        {
            FuzzOracle.Require(VerifierKey.TryParse(key.ToString(), out var again, out error), $"Written as {key}, which is refused: {error}.");
            FuzzOracle.SameText(key.ToString(), again!.ToString());
        }

        return accepted;
    }

    private static bool RunSignerKey(byte[] input)
    {
        var text = FuzzOracle.Text(input);
        var accepted = FuzzOracle.Answer(SignerKey.TryParse(text, out var key, out var error), error);
        if (key is not null)
        {
            FuzzOracle.Require(SignerKey.TryParse(key.ExportPrivateKey(), out var again, out error), $"Written, it is refused: {error}.");
            FuzzOracle.SameText(key.ExportPrivateKey(), again!.ExportPrivateKey());
        }

        return accepted;
    }

    private static bool RunPolicy(byte[] input)
    {
        var accepted = FuzzOracle.Answer(LogPolicy.TryParse(input, out var policy, out var error), error);
        if (policy is not null)
        {
            FuzzOracle.Settles(
                policy.ToArray(), written => LogPolicy.TryParse(written, out var again, out _) ? again.ToArray() : null);
            FuzzOracle.Answer(policy.TryOpenCheckpoint(Note.ToArray(), out _, out error), error);
        }

        FuzzOracle.Answer(OfflineVerifier.TryReadTrust(input, out policy, out error), error);
        return accepted;
    }

    private static bool RunProof(byte[] input)
    {
        var accepted = FuzzOracle.Answer(TlogProof.TryParse(input, out var proof, out var error), error);
        if (proof is not null)
        {
            FuzzOracle.Settles(proof.ToArray(), written => TlogProof.TryParse(written, out var again, out _) ? again.ToArray() : null);
        }

        FuzzOracle.Require(OfflineVerifier.VerifyReceipt(input, Policy).Checks.Count > 0, "A verdict without a check.");
        return accepted;
    }

    private static bool RunTilePath(byte[] input)
    {
        var text = FuzzOracle.Text(input);
        var accepted = FuzzOracle.Answer(TilePath.TryParse(text, out var tile, out var error), error);
        if (accepted)
        {
            FuzzOracle.SameText(text, tile.ToString());
        }

        return accepted;
    }

    private static bool RunAddCheckpoint(byte[] input)
    {
        var accepted = FuzzOracle.Answer(AddCheckpointRequest.TryParse(input, out var request, out var error), error);
        if (request is not null)
        {
            if (request.Signatures.Count > 0)
            {
                FuzzOracle.Settles(Encode(request), written => AddCheckpointRequest.TryParse(written, out var again, out _) ? Encode(again) : null);
            }

            var answer = WitnessRules.Decide(request, [Log.Verifier], null, Witness, 1_760_000_000);
            FuzzOracle.Require(answer.Status is 200 or 403 or 404 or 409 or 422 or 400, $"Status {answer.Status}.");
        }

        return accepted;
    }

    private static byte[] Encode(AddCheckpointRequest request) =>
        AddCheckpointRequest.Encode(request.OldSize, request.Proof.Span, SignedNote.Create(request.Text, request.Signatures));

    private static bool RunIncarnation(byte[] input)
    {
        var accepted = FuzzOracle.Answer(IncarnationLink.TryOpen(input, Log.Verifier, out var link, out var error), error);
        if (link is not null)
        {
            FuzzOracle.Require(SignedNote.TryParse(input, out var note, out _), "A link that is no note.");
            FuzzOracle.SameBytes(note!.Text, link.Sign(NewLog, Log).Text);
        }

        return accepted;
    }

    private static bool RunWitnessed(byte[] input)
    {
        var accepted = FuzzOracle.Answer(WitnessedLog.TryRead(input, [Log.Verifier], Witness.Verifier, out var log, out var error), error);
        if (log is not null)
        {
            FuzzOracle.Require(input.AsSpan().StartsWith(log.Note.Text), "The text is another one.");
        }

        return accepted;
    }
}
