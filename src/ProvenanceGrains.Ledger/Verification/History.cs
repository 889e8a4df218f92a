using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Ledger.Verification;

/// <summary>One link of an exported history.</summary>
/// <param name="LeafIndex">Where its header is in the log.</param>
/// <param name="Header">The header's bytes, as they are in the log.</param>
/// <param name="Proof">Inclusion proof of that leaf in the history's one checkpoint.</param>
/// <param name="Groups">The four payload groups in the order of their numbers.</param>
public sealed record HistoryEntry(
    long LeafIndex,
    ReadOnlyMemory<byte> Header,
    IReadOnlyList<Hash256> Proof,
    IReadOnlyList<DisclosedGroup> Groups);

/// <summary>
/// One entity's entries, each with its own proof against one checkpoint: <c>provenancegrains-history/v1</c>
/// (docs/formats.md). Reading one verifies nothing.
/// </summary>
public sealed record History
{
    /// <summary>The value of <c>format</c>.</summary>
    public const string Format = "provenancegrains-history/v1";

    /// <summary>The longest document, in bytes.</summary>
    public const int MaxBytes = 128 * 1024 * 1024;

    /// <summary>The most entries of one document.</summary>
    public const int MaxEntries = 100_000;

    /// <summary>The longest content of a group, in bytes.</summary>
    public const int MaxContentBytes = 4 * 1024 * 1024;

    /// <summary>The key that the exporter says verifies the checkpoint. A hint: trust comes from elsewhere.</summary>
    public string? VkeyHint { get; init; }

    public required EntityId Entity { get; init; }

    /// <summary>Proves the entity's index, where the log's rule asks for a proof.</summary>
    public IndexProof? IndexProof { get; init; }

    public required SignedNote Checkpoint { get; init; }

    /// <summary>How many entries of the journal the exporter says that the checkpoint covers; null if it does not say. A claim.</summary>
    public long? Total { get; init; }

    public required IReadOnlyList<HistoryEntry> Entries { get; init; }
}
