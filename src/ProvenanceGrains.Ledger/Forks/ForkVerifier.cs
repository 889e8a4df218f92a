using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Ledger.Forks;

/// <summary>How two checkpoints of one log stand to each other, as far as they alone say.</summary>
public enum CheckpointRelation
{
    /// <summary>They say the same.</summary>
    Same,

    /// <summary>One size and two roots: a fork.</summary>
    Forked,

    /// <summary>Two sizes: only a consistency proof can tell.</summary>
    NeedsProof,
}

/// <summary>Checks evidence of a fork with nothing but the log's verifier key.</summary>
public static class ForkVerifier
{
    /// <summary>Compares two checkpoints without any proof.</summary>
    public static CheckpointRelation Compare(Checkpoint one, Checkpoint other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return one.Size != other.Size ? CheckpointRelation.NeedsProof
            : one.Root == other.Root ? CheckpointRelation.Same
            : CheckpointRelation.Forked;
    }

    /// <summary>Checks that the evidence proves a fork: that the key has signed two trees of which neither begins with the other.</summary>
    /// <param name="evidence">What somebody claims.</param>
    /// <param name="key">The log's verifier key; its name is the log's origin.</param>
    /// <param name="finding">What is proven, in a sentence, when the answer is true.</param>
    /// <param name="error">Why nothing is proven, when the answer is false.</param>
    public static bool TryVerify(
        ForkEvidence evidence,
        VerifierKey key,
        [NotNullWhen(true)] out string? finding,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(key);
        finding = null;
        if (!TryOpen(evidence.Smaller, key, "smaller", out var smaller, out error)
            || !TryOpen(evidence.Larger, key, "larger", out var larger, out error))
        {
            return false;
        }

        error = smaller.Size > larger.Size ? $"The smaller checkpoint has {smaller.Size} leaves, the larger {larger.Size}."
            : smaller.Size == larger.Size ? CheckOneSize(evidence, smaller, larger)
            : CheckTwoSizes(evidence, smaller, larger);
        if (error is not null)
        {
            return false;
        }

        finding = smaller.Size == larger.Size
            ? $"Key {key.NameAndId} has signed two roots for {smaller.Size} leaves: {smaller.Root.ToBase64()} and {larger.Root.ToBase64()}."
            : $"Key {key.NameAndId} has signed root {smaller.Root.ToBase64()} for {smaller.Size} leaves, but the tree of {larger.Size} leaves "
                + $"that it has also signed has root {evidence.Root!.Value.ToBase64()} at that size.";
        return true;
    }

    private static string? CheckOneSize(ForkEvidence evidence, Checkpoint smaller, Checkpoint larger) =>
        evidence.Root is not null || evidence.Proof.Count > 0 ? "Two checkpoints of one size need no root and no proof."
        : smaller.Root == larger.Root ? "Both checkpoints say the same."
        : null;

    private static string? CheckTwoSizes(ForkEvidence evidence, Checkpoint smaller, Checkpoint larger)
    {
        if (evidence.Root is not { } root)
        {
            return "The root of the larger tree at the smaller size is missing.";
        }

        if (root == smaller.Root)
        {
            return "The larger tree has the smaller checkpoint's root at its size: they fit.";
        }

        var proof = evidence.Proof as Hash256[] ?? [.. evidence.Proof];
        return MerkleVerifier.TryVerifyConsistency(smaller.Size, larger.Size, root, larger.Root, proof, out var error) ? null : error;
    }

    private static bool TryOpen(
        SignedNote note,
        VerifierKey key,
        string which,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        [NotNullWhen(false)] out string? error)
    {
        if (Checkpoint.TryOpen(note, key, out checkpoint, out error))
        {
            return true;
        }

        error = $"The {which} checkpoint: {error}";
        return false;
    }
}
