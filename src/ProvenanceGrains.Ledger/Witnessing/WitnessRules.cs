using System.Globalization;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Ledger.Witnessing;

/// <summary>A witness's answer to <c>add-checkpoint</c>, and the state that must be on the disk before it is sent.</summary>
/// <param name="Status">The HTTP status: 200, 400, 403, 404, 409 or 422.</param>
/// <param name="Body">Cosignature lines (200), a size and a newline (409), else one line for a person.</param>
/// <param name="ContentType">The media type of the body.</param>
/// <param name="State">The log's new state; null where the answer changes nothing.</param>
public sealed record WitnessAnswer(int Status, string Body, string ContentType, WitnessedLog? State)
{
    /// <summary>The media type of a 409's body (C2SP tlog-witness, add-checkpoint).</summary>
    public const string SizeType = "text/x.tlog.size";

    private const string PlainText = "text/plain; charset=utf-8";

    internal static WitnessAnswer Refuse(int status, string reason) => new(status, reason + "\n", PlainText, null);

    internal static WitnessAnswer Conflict(long size) =>
        new(409, size.ToString(CultureInfo.InvariantCulture) + "\n", SizeType, null);

    internal static WitnessAnswer Cosigned(string line, WitnessedLog state) => new(200, line, PlainText, state);
}

/// <summary>
/// What a witness decides (C2SP tlog-witness, add-checkpoint): it cosigns a checkpoint only if that extends the last one it
/// cosigned. Whoever calls sees to it that the decisions on one log follow one another, and that each new state is durable
/// before the next.
/// </summary>
public static class WitnessRules
{
    /// <summary>The answer to a body that is no request.</summary>
    public static WitnessAnswer Malformed(string reason) => WitnessAnswer.Refuse(400, reason);

    /// <summary>Decides. The order of the checks is the specification's.</summary>
    /// <param name="request">What was submitted.</param>
    /// <param name="logKeys">The keys that are trusted for the checkpoint's origin; none if the log is unknown.</param>
    /// <param name="last">The state of that log; null if none of its checkpoints was ever cosigned.</param>
    /// <param name="witness">The witness's key, a cosignature key.</param>
    /// <param name="now">Seconds since the epoch, over 0: a cosignature must say its time.</param>
    public static WitnessAnswer Decide(
        AddCheckpointRequest request,
        IReadOnlyCollection<VerifierKey> logKeys,
        WitnessedLog? last,
        SignerKey witness,
        long now)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(logKeys);
        ArgumentNullException.ThrowIfNull(witness);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(now);
        var checkpoint = request.Checkpoint;
        if (!logKeys.Any(key => key.Name == checkpoint.Origin))
        {
            return WitnessAnswer.Refuse(404, "This witness does not know the log of that origin.");
        }

        if (Verify(request, logKeys, out var signatures) is { } unsigned)
        {
            return WitnessAnswer.Refuse(403, unsigned);
        }

        if (request.OldSize > checkpoint.Size)
        {
            return WitnessAnswer.Refuse(400, $"The old size {request.OldSize} is over the checkpoint's {checkpoint.Size}.");
        }

        var known = last?.Checkpoint.Size ?? 0;
        if (request.OldSize != known)
        {
            return WitnessAnswer.Conflict(known);
        }

        if (CheckHistory(request, last) is { } inconsistent)
        {
            return WitnessAnswer.Refuse(422, inconsistent);
        }

        var cosignature = witness.Cosign(request.Text, (ulong)now);
        var note = SignedNote.Create(request.Text, [.. signatures, cosignature]);
        return WitnessAnswer.Cosigned(cosignature.ToString(), WitnessedLog.Of(checkpoint, note));
    }

    /// <summary>Keeps the signatures of trusted keys; says why there are none, or that one of them is bad.</summary>
    private static string? Verify(
        AddCheckpointRequest request, IReadOnlyCollection<VerifierKey> logKeys, out IReadOnlyList<NoteSignature> signatures)
    {
        signatures = [];
        if (request.Signatures.Count == 0)
        {
            return "The checkpoint is not signed.";
        }

        var origin = request.Checkpoint.Origin;
        var note = SignedNote.Create(request.Text, request.Signatures);
        if (!OpenedNote.TryOpen(note, [.. logKeys.Where(key => key.Name == origin)], out var opened, out var error))
        {
            return error;
        }

        // One of each key: a log that signs the same text over and over must not make the kept note grow.
        signatures = [.. opened.Verified.DistinctBy(verified => verified.Key.NameAndId).Select(verified => verified.Signature)];
        return null;
    }

    private static string? CheckHistory(AddCheckpointRequest request, WitnessedLog? last)
    {
        var checkpoint = request.Checkpoint;
        if (checkpoint.Size == 0 && checkpoint.Root != MerkleHash.EmptyRoot)
        {
            return "A checkpoint of size 0 has the root of the empty tree.";
        }

        if (request.OldSize == 0)
        {
            return request.Proof.IsEmpty ? null : "From the empty tree there is nothing to prove: the proof must be empty.";
        }

        return MerkleVerifier.TryVerifyConsistency(
            request.OldSize, checkpoint.Size, last!.Checkpoint.Root, checkpoint.Root, request.Proof.Span, out var error)
            ? null
            : error;
    }
}
