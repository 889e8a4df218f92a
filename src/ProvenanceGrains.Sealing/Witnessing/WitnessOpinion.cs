using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Sealing.Witnessing;

/// <summary>What asking one witness about one checkpoint came to.</summary>
internal abstract record WitnessOpinion(string Witness)
{
    /// <summary>It cosigned; the signature is verified.</summary>
    public sealed record Cosigned(string Witness, NoteSignature Signature) : WitnessOpinion(Witness);

    /// <summary>No cosignature: absent, slow, or not making sense. The reason is in the witness's status.</summary>
    public sealed record None(string Witness) : WitnessOpinion(Witness);

    /// <summary>It showed a checkpoint of this log, signed by this log's key, that this log does not continue.</summary>
    public sealed record Contradiction(string Witness, string Reason, string Evidence) : WitnessOpinion(Witness);
}
