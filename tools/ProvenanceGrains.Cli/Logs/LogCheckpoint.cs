using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Logs;

/// <summary>Opens a log's checkpoint with the key that the user trusts.</summary>
internal static class LogCheckpoint
{
    /// <summary>
    /// Verifies the signature and the origin, and that the bytes are the only ones which say so: a note reader passes over
    /// meaningless bits of base64, an audit of a file does not.
    /// </summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> note,
        VerifierKey key,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        [NotNullWhen(false)] out string? error)
    {
        checkpoint = null;
        if (!SignedNote.TryParse(note, out var parsed, out error) || !Checkpoint.TryOpen(parsed, key, out var opened, out error))
        {
            return false;
        }

        error = note.SequenceEqual(parsed.ToArray()) ? null : "The checkpoint is not written as its signer writes it.";
        checkpoint = error is null ? opened : null;
        return error is null;
    }
}
