using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Bundles;

/// <summary>One link of a journal in a bundle. Its inclusion is proven by the nodes that all leaves of the bundle share.</summary>
/// <param name="LeafIndex">Where its header is in the log.</param>
/// <param name="Header">The header's bytes, as they are in the log.</param>
/// <param name="Groups">The four payload groups in the order of their numbers.</param>
public sealed record BundleEntry(long LeafIndex, ReadOnlyMemory<byte> Header, IReadOnlyList<DisclosedGroup> Groups);

/// <summary>One entity's journal in a bundle.</summary>
/// <param name="Entity">Whose.</param>
/// <param name="IndexProof">Which index stands for the entity, where that is not a plain hash; null where it is.</param>
/// <param name="Head">The head map's word on the entity: how long its journal is, or that there is none. Null where nobody asks.</param>
/// <param name="Entries">From sequence 0 on.</param>
public sealed record BundleJournal(
    EntityId Entity, IndexProof? IndexProof, HeadMapProof? Head, IReadOnlyList<BundleEntry> Entries);

/// <summary>A block of the log: its entry's header and what that commits to.</summary>
/// <param name="Header">The block entry's header, 113 bytes.</param>
/// <param name="Content">The block's content, which that header commits to.</param>
public sealed record BundleBlock(ReadOnlyMemory<byte> Header, ReadOnlyMemory<byte> Content);

/// <summary>
/// Everything about one entity in one file, proven against one checkpoint, with the proof that it is everything:
/// <c>provenancegrains-bundle/v1</c> (docs/formats.md). Reading one verifies nothing.
/// </summary>
public sealed record Bundle
{
    /// <summary>The value of <c>format</c>.</summary>
    public const string Format = "provenancegrains-bundle/v1";

    /// <summary>The longest document, in bytes.</summary>
    public const int MaxBytes = 128 * 1024 * 1024;

    /// <summary>The most entries of one document, over all its journals.</summary>
    public const int MaxEntries = 100_000;

    /// <summary>The most journals of one document.</summary>
    public const int MaxJournals = 10_000;

    /// <summary>The most hashes of the shared proof.</summary>
    public const int MaxNodes = 2_000_000;

    /// <summary>The longest content of a group, in bytes.</summary>
    public const int MaxContentBytes = UnitLimits.MaxMatterBytes;

    /// <summary>The key that the maker says verifies the checkpoint. A hint: trust comes from elsewhere.</summary>
    public string? VkeyHint { get; init; }

    /// <summary>With the cosignatures that there are.</summary>
    public required SignedNote Checkpoint { get; init; }

    /// <summary>The last block: the tree's last leaf. Its content names the head map's root.</summary>
    public required BundleBlock Block { get; init; }

    /// <summary>
    /// The log's first block, which fixes the index rule for life: without it a later block could name another rule, under which every
    /// entity is absent.
    /// </summary>
    public required BundleBlock FirstBlock { get; init; }

    /// <summary>
    /// At least one: the first is the bundle's subject, the others are what a reader needs to judge it: the signed captures that
    /// brought its entries, and the parties whose keys signed them.
    /// </summary>
    public required IReadOnlyList<BundleJournal> Journals { get; init; }

    /// <summary>The shared inclusion proof of all entries and of the block (<see cref="Merkle.MultiProof"/>).</summary>
    public required IReadOnlyList<Hash256> Nodes { get; init; }

    /// <summary>What the bundle is about.</summary>
    public BundleJournal Subject => Journals[0];
}
