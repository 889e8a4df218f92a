using System.Diagnostics.CodeAnalysis;

namespace ProvenanceGrains.Ledger.Notes;

/// <summary>A signature of a known key that verified.</summary>
/// <param name="Key">The key.</param>
/// <param name="Signature">The line.</param>
/// <param name="Timestamp">Of a cosignature: seconds since the epoch. Else null.</param>
public sealed record VerifiedSignature(VerifierKey Key, NoteSignature Signature, ulong? Timestamp);

/// <summary>A note that at least one known key has signed, and no known key's signature on it is bad.</summary>
public sealed class OpenedNote
{
    private OpenedNote(
        SignedNote note, IReadOnlyList<VerifiedSignature> verified, IReadOnlyList<NoteSignature> unverified)
    {
        Note = note;
        Verified = verified;
        Unverified = unverified;
    }

    public SignedNote Note { get; }

    /// <summary>What verified, in the note's order.</summary>
    public IReadOnlyList<VerifiedSignature> Verified { get; }

    /// <summary>Signatures of unknown keys, or of key types that cannot be verified here. They mean nothing.</summary>
    public IReadOnlyList<NoteSignature> Unverified { get; }

    /// <summary>Reads a note and verifies the signatures of every known key on it.</summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> note,
        IReadOnlyCollection<VerifierKey> known,
        [NotNullWhen(true)] out OpenedNote? opened,
        [NotNullWhen(false)] out string? error)
    {
        opened = null;
        return SignedNote.TryParse(note, out var parsed, out error) && TryOpen(parsed, known, out opened, out error);
    }

    /// <summary>Verifies the signatures of every known key on a note.</summary>
    /// <remarks>
    /// A key is found by name and id together. A line that repeats an earlier one exactly is passed over; another
    /// signature by the same key is verified like the first. One bad signature of a known key refuses the note
    /// (C2SP signed-note, Signatures). Two different known keys of one name and id are an error of the caller's
    /// configuration and refuse every note that names them.
    /// </remarks>
    public static bool TryOpen(
        SignedNote note,
        IReadOnlyCollection<VerifierKey> known,
        [NotNullWhen(true)] out OpenedNote? opened,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(note);
        ArgumentNullException.ThrowIfNull(known);
        opened = null;
        var verified = new List<VerifiedSignature>();
        var unverified = new List<NoteSignature>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var signature in note.Signatures)
        {
            if (!seen.Add(signature.ToString()))
            {
                continue;
            }

            if (!TryFind(known, signature, out var key, out error))
            {
                return false;
            }

            if (key is null)
            {
                unverified.Add(signature);
            }
            else if (key.Verify(note.Text, signature.Signature.Span, out var timestamp))
            {
                verified.Add(new VerifiedSignature(key, signature, timestamp));
            }
            else
            {
                error = $"The signature of key '{key.NameAndId}' is not valid for this text.";
                return false;
            }
        }

        error = verified.Count > 0 ? null : "No known key has signed the note.";
        opened = error is null ? new OpenedNote(note, verified, unverified) : null;
        return error is null;
    }

    private static bool TryFind(
        IReadOnlyCollection<VerifierKey> known,
        NoteSignature signature,
        out VerifierKey? key,
        [NotNullWhen(false)] out string? error)
    {
        key = null;
        foreach (var candidate in known)
        {
            if (candidate.Id != signature.KeyId || candidate.Name != signature.KeyName || !candidate.CanVerify)
            {
                continue;
            }

            if (key is not null && (key.Type != candidate.Type || !key.PublicKey.SequenceEqual(candidate.PublicKey)))
            {
                error = $"Two different known keys are named '{key.NameAndId}'.";
                return false;
            }

            key = candidate;
        }

        error = null;
        return true;
    }
}
