using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Ledger.Forks;

/// <summary>
/// Two checkpoints of one log that cannot both be true, and the proof of it: <c>provenancegrains-fork/v1</c>
/// (docs/formats.md). Reading or making one verifies nothing: <see cref="ForkVerifier"/> does.
/// </summary>
/// <param name="Smaller">The checkpoint of the smaller tree, verbatim; of two of one size either.</param>
/// <param name="Larger">The other checkpoint, verbatim.</param>
/// <param name="Root">Where the sizes differ: the root that the larger tree has at the smaller size. Else null.</param>
/// <param name="Proof">The consistency proof from <paramref name="Root"/> to the larger tree (RFC 9162 section 2.1.4); empty where the sizes are equal.</param>
public sealed record ForkEvidence(SignedNote Smaller, SignedNote Larger, Hash256? Root, IReadOnlyList<Hash256> Proof)
{
    /// <summary>The value of <c>format</c>.</summary>
    public const string Format = "provenancegrains-fork/v1";

    /// <summary>The longest document, in bytes: two notes, each of whose characters an escape may make longer.</summary>
    public const int MaxBytes = 4 << 20;

    /// <summary>The most hashes of a consistency proof.</summary>
    public const int MaxHashes = 64;

    /// <summary>Evidence that two different roots were signed for one size.</summary>
    public static ForkEvidence OfOneSize(SignedNote one, SignedNote other) => new(one, other, null, []);

    /// <summary>Evidence that the larger tree does not begin with the smaller one.</summary>
    public static ForkEvidence OfTwoSizes(SignedNote smaller, SignedNote larger, Hash256 root, IReadOnlyList<Hash256> proof) =>
        new(smaller, larger, root, proof);
}
