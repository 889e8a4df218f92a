using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>The entries of a bundle, hashed and read.</summary>
/// <param name="Hashes">Leaf hash of each entry; empty if the bundle cannot be taken apart.</param>
/// <param name="Headers">Each entry as a header; null where it is none.</param>
/// <param name="Ends">Offset of the byte after each entry.</param>
/// <param name="Bytes">The bundle as it was read; empty if it is missing.</param>
/// <param name="Errors">What is wrong, and with which entry; -1 for the bundle as a whole.</param>
internal sealed record BundleContent(
    Hash256[] Hashes, EntryHeader?[] Headers, int[] Ends, byte[] Bytes, IReadOnlyList<(int Entry, string Message)> Errors)
{
    public static BundleContent Read(byte[]? bundle, TilePath path)
    {
        string? error = null;
        if (bundle is null || !EntryBundle.TryParse(bundle, path.Width, out var entries, out error))
        {
            return new BundleContent([], [], [], bundle ?? [], [(-1, error ?? "The entry bundle is missing.")]);
        }

        var content = new BundleContent(
            new Hash256[entries.Count], new EntryHeader?[entries.Count], new int[entries.Count], bundle, []);
        List<(int, string)>? errors = null;
        var end = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            end += 2 + entries[i].Length;
            content.Ends[i] = end;
            content.Hashes[i] = MerkleHash.Leaf(entries[i].Span);
            if (EntryHeader.TryParse(entries[i].Span, out var header, out error))
            {
                content.Headers[i] = header;
            }
            else
            {
                (errors ??= []).Add((i, error));
            }
        }

        return errors is null ? content : content with { Errors = errors };
    }

    /// <summary>Offset of an entry's first byte, its length not counted.</summary>
    public int Offset(int entry) => entry == 0 ? 2 : Ends[entry - 1] + 2;
}
