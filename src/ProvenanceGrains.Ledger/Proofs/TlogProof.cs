using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Proofs;

/// <summary>
/// An offline proof that a record is in a log, <c>c2sp.org/tlog-proof@v1</c>: index, inclusion proof and checkpoint. Reading
/// one verifies nothing.
/// </summary>
public sealed class TlogProof
{
    /// <summary>The first line.</summary>
    public const string Header = "c2sp.org/tlog-proof@v1";

    /// <summary>The longest proof file, in bytes.</summary>
    public const int MaxBytes = SignedNote.MaxBytes + (128 * 1024);

    /// <summary>The most extra data, in bytes.</summary>
    public const int MaxExtraBytes = 64 * 1024;

    /// <summary>The most hashes: the depth of the largest tree.</summary>
    public const int MaxHashes = 63;

    /// <param name="extra">Extra data, not authenticated; null for no such line, which differs from an empty one.</param>
    /// <param name="index">The record's leaf index.</param>
    /// <param name="hashes">The inclusion proof from the leaf's sibling upwards.</param>
    /// <param name="checkpoint">The checkpoint, a signed note.</param>
    public TlogProof(byte[]? extra, long index, IReadOnlyList<Hash256> hashes, SignedNote checkpoint)
    {
        ArgumentNullException.ThrowIfNull(hashes);
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashes.Count, MaxHashes, nameof(hashes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(extra?.Length ?? 0, MaxExtraBytes, nameof(extra));
        // Not a conditional expression: its null would become an empty memory.
        if (extra is not null)
        {
            Extra = extra;
        }

        Index = index;
        Hashes = [.. hashes];
        Checkpoint = checkpoint;
    }

    /// <summary>The extra data; null if the line is absent. Nothing vouches for it.</summary>
    public ReadOnlyMemory<byte>? Extra { get; }

    public long Index { get; }

    public IReadOnlyList<Hash256> Hashes { get; }

    public SignedNote Checkpoint { get; }

    /// <summary>Reads a proof; strict.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> text, [NotNullWhen(true)] out TlogProof? proof, [NotNullWhen(false)] out string? error)
    {
        proof = null;
        var rest = text;
        if (text.Length > MaxBytes)
        {
            error = $"A proof has at most {MaxBytes} bytes, not {text.Length}.";
            return false;
        }

        if (!StrictText.TryTakeLine(ref rest, out var line) || !line.SequenceEqual("c2sp.org/tlog-proof@v1"u8))
        {
            error = $"The proof does not begin with the line '{Header}'.";
            return false;
        }

        byte[]? extra = null;
        if (rest.StartsWith("extra "u8))
        {
            if (!StrictText.TryTakeLine(ref rest, out line)
                || line.Length > (MaxExtraBytes / 3 * 4) + 16
                || !StrictText.TryDecodeBase64(line["extra ".Length..], canonical: false, out extra)
                || extra.Length > MaxExtraBytes)
            {
                error = $"The 'extra' line of the proof is not base64 of at most {MaxExtraBytes} bytes.";
                return false;
            }
        }

        if (!StrictText.TryTakeLine(ref rest, out line)
            || !line.StartsWith("index "u8)
            || !StrictText.TryParseDecimal(line["index ".Length..], out var index))
        {
            error = "The proof has no line 'index' with a decimal number without leading zeroes.";
            return false;
        }

        if (!TryReadHashes(ref rest, out var hashes, out error)
            || !SignedNote.TryParse(rest, out var checkpoint, out error))
        {
            return false;
        }

        proof = new TlogProof(extra, index, hashes, checkpoint);
        return true;
    }

    /// <summary>
    /// Verifies the proof of a record: a trusted log has signed the checkpoint, the quorum has cosigned it, and the record's
    /// leaf is in it (C2SP tlog-proof, Verifying).
    /// </summary>
    /// <param name="leafHash">Leaf hash of the record: <see cref="MerkleHash.Leaf"/>.</param>
    /// <param name="policy">Whom to trust.</param>
    /// <param name="checkpoint">The checkpoint, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public bool TryVerify(
        in Hash256 leafHash,
        LogPolicy policy,
        [NotNullWhen(true)] out TrustedCheckpoint? checkpoint,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (policy.TryOpenCheckpoint(Checkpoint.ToArray(), out checkpoint, out error)
            && MerkleVerifier.TryVerifyInclusion(
                Index, checkpoint.Checkpoint.Size, leafHash, Hashes.ToArray(), checkpoint.Checkpoint.Root, out error))
        {
            return true;
        }

        checkpoint = null;
        error ??= "";
        return false;
    }

    /// <summary>The proof file.</summary>
    public byte[] ToArray() => Encoding.UTF8.GetBytes(ToString());

    public override string ToString()
    {
        var text = new StringBuilder(Header).Append('\n');
        if (Extra is { } extra)
        {
            text.Append("extra ").Append(Convert.ToBase64String(extra.Span)).Append('\n');
        }

        text.Append("index ").Append(Index.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (var hash in Hashes)
        {
            text.Append(hash.ToBase64()).Append('\n');
        }

        return text.Append('\n').Append(Checkpoint).ToString();
    }

    private static bool TryReadHashes(
        ref ReadOnlySpan<byte> rest, out List<Hash256> hashes, [NotNullWhen(false)] out string? error)
    {
        hashes = [];
        while (StrictText.TryTakeLine(ref rest, out var line))
        {
            if (line.IsEmpty)
            {
                error = null;
                return true;
            }

            if (hashes.Count == MaxHashes)
            {
                error = $"The proof has more than {MaxHashes} hashes.";
                return false;
            }

            if (!StrictText.TryDecodeHash(line, canonical: false, out var hash))
            {
                error = $"Hash {hashes.Count + 1} of the proof is not base64 of 32 bytes.";
                return false;
            }

            hashes.Add(hash);
        }

        error = "No empty line divides the proof from its checkpoint.";
        return false;
    }
}
