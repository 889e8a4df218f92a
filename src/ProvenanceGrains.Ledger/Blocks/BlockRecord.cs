using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Ledger.Blocks;

/// <summary>A block as <c>chain/blocks.bin</c> keeps it (docs/formats.md): the block entry's header, then the block's content.</summary>
/// <param name="Header">The block's last leaf.</param>
/// <param name="Content">What its commitment is over.</param>
public sealed record BlockRecord(EntryHeader Header, BlockContent Content)
{
    /// <summary>Length of an encoded record, in bytes.</summary>
    public const int Size = EntryHeader.Size + BlockContent.Size;

    /// <summary>The head that the next block continues.</summary>
    public BlockHead ToHead() => new(Content, Header.LeafHash(), Header.TimeMs);

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        Header.WriteTo(bytes);
        Content.WriteTo(bytes.AsSpan(EntryHeader.Size));
        return bytes;
    }

    /// <summary>Reads a record. That the header commits to the content is the verifier's to check.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out BlockRecord? record, [NotNullWhen(false)] out string? error)
    {
        record = null;
        if (bytes.Length != Size)
        {
            error = $"A block record has {Size} bytes, not {bytes.Length}.";
            return false;
        }

        if (!EntryHeader.TryParse(bytes[..EntryHeader.Size], out var header, out error)
            || !BlockContent.TryParse(bytes[EntryHeader.Size..], out var content, out error))
        {
            return false;
        }

        record = new BlockRecord(header, content);
        return true;
    }
}
