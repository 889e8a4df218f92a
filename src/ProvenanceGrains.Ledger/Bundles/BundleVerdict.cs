using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Bundles;

/// <summary>What a bundle turns out to be.</summary>
public enum BundleState
{
    /// <summary>Everything that the log held about the subject is there and holds.</summary>
    Complete,

    /// <summary>What is there holds, but it is not everything, or that it is everything is not proven.</summary>
    Incomplete,

    /// <summary>The log held nothing about the subject, and that is proven.</summary>
    Absent,

    /// <summary>Something in it contradicts the log or itself.</summary>
    Forged,

    /// <summary>Nobody that is trusted vouches for the checkpoint: the rest proves nothing.</summary>
    Untrusted,
}

/// <summary>The outcome of a bundle's verification.</summary>
/// <param name="State">In a word.</param>
/// <param name="Verdict">Every check that was made, or could not be, with its reason.</param>
/// <param name="AsOfMs">When the last block was sealed, as it says itself: milliseconds since the epoch. Null if it cannot be read.</param>
/// <param name="CosignedBy">Policy names of the witnesses whose cosignatures verify.</param>
/// <param name="Witnesses">How many witnesses the policy knows.</param>
public sealed record BundleVerdict(
    BundleState State, Verdict Verdict, long? AsOfMs, IReadOnlyCollection<string> CosignedBy, int Witnesses)
{
    /// <summary>The entries of the subject whose signatures could be checked. An entry that is not among them is the log's word alone.</summary>
    public IReadOnlyList<EntryAuthor> Authors { get; init; } = [];
}
