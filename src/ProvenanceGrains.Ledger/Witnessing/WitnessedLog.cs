using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Ledger.Witnessing;

/// <summary>What a witness remembers of a log: the latest checkpoint that it cosigned.</summary>
public sealed class WitnessedLog
{
    private WitnessedLog(Checkpoint checkpoint, SignedNote note)
    {
        Checkpoint = checkpoint;
        Note = note;
    }

    /// <summary>Its size and root are what the next checkpoint must extend.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>The log's signatures that were verified, and the witness's cosignature: what monitors are shown.</summary>
    public SignedNote Note { get; }

    /// <summary>Takes a log's state up again from the note that was kept.</summary>
    /// <param name="note">The note's bytes.</param>
    /// <param name="logKeys">The log's keys.</param>
    /// <param name="witness">The witness's own key: what it did not cosign is no state of its.</param>
    /// <param name="log">The state.</param>
    /// <param name="error">What is wrong with the bytes.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> note,
        IReadOnlyCollection<VerifierKey> logKeys,
        VerifierKey witness,
        [NotNullWhen(true)] out WitnessedLog? log,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(logKeys);
        ArgumentNullException.ThrowIfNull(witness);
        log = null;
        if (!OpenedNote.TryOpen(note, [.. logKeys, witness], out var opened, out error)
            || !Checkpoint.TryParse(opened.Note.Text, out var checkpoint, out error))
        {
            return false;
        }

        var origin = checkpoint.Origin;
        error = !opened.Verified.Any(signature => signature.Key.NameAndId == witness.NameAndId)
                ? $"Witness '{witness.NameAndId}' has not cosigned it."
            : !opened.Verified.Any(signature => signature.Key.Name == origin && signature.Timestamp is null)
                ? $"No key of log '{origin}' has signed it."
            : null;
        log = error is null ? new WitnessedLog(checkpoint, opened.Note) : null;
        return error is null;
    }

    /// <summary>The log's name in the monitoring prefix: SHA-256 of its origin, lower-case hexadecimal.</summary>
    public static string OriginHash(string origin) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)));

    internal static WitnessedLog Of(Checkpoint checkpoint, SignedNote note) => new(checkpoint, note);
}
