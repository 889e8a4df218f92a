using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Witnessing;

/// <summary>The body of a witness's <c>add-checkpoint</c> call (C2SP tlog-witness). Reading one verifies nothing.</summary>
public sealed class AddCheckpointRequest
{
    /// <summary>The longest body, in bytes. The specification has no limit; ours holds any checkpoint that we read.</summary>
    public const int MaxBytes = 512 * 1024;

    /// <summary>The most consistency proof lines.</summary>
    public const int MaxProofLines = 63;

    private readonly byte[] _text;

    private AddCheckpointRequest(
        long oldSize, Hash256[] proof, Checkpoint checkpoint, byte[] text, IReadOnlyList<NoteSignature> signatures)
    {
        OldSize = oldSize;
        Proof = proof;
        Checkpoint = checkpoint;
        _text = text;
        Signatures = signatures;
    }

    /// <summary>The size that the sender believes the witness to have cosigned last: 0 to 2^63 - 1.</summary>
    public long OldSize { get; }

    /// <summary>The consistency proof from <see cref="OldSize"/> to the checkpoint's size, at most 63 hashes.</summary>
    public ReadOnlyMemory<Hash256> Proof { get; }

    /// <summary>What the submitted note says.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>The note's text, final newline included: what a cosignature covers, extension lines included.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>
    /// The note's signatures. Empty for a checkpoint that came without any: the specification answers it as one that no
    /// trusted key has signed, not as a malformed one.
    /// </summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <summary>Writes a body.</summary>
    /// <param name="oldSize">The size that the witness cosigned last.</param>
    /// <param name="proof">From there to the checkpoint's size; empty if the old size is 0 or the same.</param>
    /// <param name="checkpoint">The log's signed checkpoint.</param>
    public static byte[] Encode(long oldSize, ReadOnlySpan<Hash256> proof, SignedNote checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(proof.Length, MaxProofLines, nameof(proof));
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"old {oldSize}\n");
        foreach (ref readonly var hash in proof)
        {
            body.Append(hash.ToBase64()).Append('\n');
        }

        body.Append('\n').Append(checkpoint);
        return Encoding.UTF8.GetBytes(body.ToString());
    }

    /// <summary>Reads a body; strict. What it refuses is a 400.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> body, [NotNullWhen(true)] out AddCheckpointRequest? request, [NotNullWhen(false)] out string? error)
    {
        request = null;
        if (body.Length > MaxBytes)
        {
            error = $"A request has at most {MaxBytes} bytes, not {body.Length}.";
            return false;
        }

        var rest = body;
        if (!StrictText.TryTakeLine(ref rest, out var first)
            || !first.StartsWith("old "u8)
            || !StrictText.TryParseDecimal(first[4..], out var oldSize))
        {
            error = "The first line is 'old ' and a size: decimal, without leading zeroes.";
            return false;
        }

        if (!TryReadProof(ref rest, out var proof, out error)
            || !TryReadCheckpoint(rest, out var checkpoint, out var text, out var signatures, out error))
        {
            return false;
        }

        request = new AddCheckpointRequest(oldSize, proof, checkpoint, text, signatures);
        return true;
    }

    private static bool TryReadProof(
        ref ReadOnlySpan<byte> rest, out Hash256[] proof, [NotNullWhen(false)] out string? error)
    {
        var hashes = new List<Hash256>();
        proof = [];
        while (true)
        {
            if (!StrictText.TryTakeLine(ref rest, out var line))
            {
                error = "The proof ends with an empty line, and the checkpoint follows.";
                return false;
            }

            if (line.IsEmpty)
            {
                proof = [.. hashes];
                error = null;
                return true;
            }

            if (hashes.Count == MaxProofLines)
            {
                error = $"A proof has at most {MaxProofLines} lines.";
                return false;
            }

            if (!StrictText.TryDecodeHash(line, canonical: false, out var hash))
            {
                error = $"Proof line {hashes.Count + 1} is not base64 of 32 bytes.";
                return false;
            }

            hashes.Add(hash);
        }
    }

    private static bool TryReadCheckpoint(
        ReadOnlySpan<byte> note,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        out byte[] text,
        out IReadOnlyList<NoteSignature> signatures,
        [NotNullWhen(false)] out string? error)
    {
        (text, signatures) = ([], []);
        if (SignedNote.TryParse(note, out var signed, out error))
        {
            (text, signatures) = (signed.Text.ToArray(), signed.Signatures);
            return Checkpoint.TryParse(text, out checkpoint, out error);
        }

        // Unsigned, with or without the empty line that would divide text and signatures.
        var bare = note.EndsWith("\n\n"u8) ? note[..^1] : note;
        if (Checkpoint.TryParse(bare, out checkpoint, out _))
        {
            text = bare.ToArray();
            error = null;
            return true;
        }

        return false;
    }
}
