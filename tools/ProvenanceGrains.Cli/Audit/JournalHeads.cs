using System.Runtime.InteropServices;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>
/// Follows the chain of every journal at once: numbered from 0 without a gap, each entry naming the leaf hash of the one
/// before, time not going back.
/// </summary>
/// <remarks>80 bytes of state an entity, 92 with the table's own; the table doubles as it grows, so 100 to 200 bytes in all.</remarks>
internal sealed class JournalHeads
{
    private readonly Dictionary<Hash256, Head> _heads = [];

    /// <summary>The number of entities seen.</summary>
    public int Count => _heads.Count;

    /// <summary>Takes the next entry of the log.</summary>
    /// <returns>What is wrong with it, or null. The journal goes on from it either way.</returns>
    public string? Follow(in EntryHeader header, in Hash256 leafHash)
    {
        ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(_heads, header.Index.Value, out _);
        var error = header.Sequence != head.Length
                ? $"The journal of {header.Index} goes on with sequence {header.Sequence}, but {head.Length} comes next."
            : header.Previous != head.LeafHash
                ? $"Sequence {header.Sequence} of {header.Index} names {header.Previous} as the entry before, which is {head.LeafHash}."
            : header.TimeMs < head.TimeMs
                ? $"Sequence {header.Sequence} of {header.Index} goes back in time, from {head.TimeMs} to {header.TimeMs} ms."
            : null;
        head = new Head(leafHash, header.Sequence == long.MaxValue ? header.Sequence : header.Sequence + 1, header.TimeMs);
        return error;
    }

    private readonly record struct Head(Hash256 LeafHash, long Length, long TimeMs);
}
