using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Ledger.Blocks;

/// <summary>A block as <c>chain/blocks.bin</c> keeps it (docs/formats.md): the block entry's header, then the block's content.</summary>
/// <param name="Header">The block's last leaf.</param>
/// <param name="Content">What its commitment is over.</param>
public sealed record BlockRecord(EntryHeader Header, BlockContent Content)
{
    /// <summary>Length of the longest encoded record, in bytes.</summary>
    public const int MaxSize = EntryHeader.Size + BlockContent.VrfSize;

    /// <summary>Bytes at the beginning of a record that tell its length.</summary>
    public const int PrefixSize = EntryHeader.Size + 1;

    /// <summary>Length of this record when encoded, in bytes.</summary>
    public int Size => EntryHeader.Size + Content.Size;

    /// <summary>Length of every record of a log with this rule, in bytes: 210 or 243.</summary>
    public static int SizeOf(IndexRule rule) => EntryHeader.Size + BlockContent.SizeOf(rule);

    /// <summary>Tells a log's record length by the beginning of any of its records.</summary>
    /// <param name="prefix">At least <see cref="PrefixSize"/> bytes.</param>
    /// <returns>Null for a version that is not known.</returns>
    public static int? SizeByPrefix(ReadOnlySpan<byte> prefix) => prefix[EntryHeader.Size] switch
    {
        1 => EntryHeader.Size + BlockContent.HashedSize,
        2 => EntryHeader.Size + BlockContent.VrfSize,
        _ => null,
    };

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
        if (bytes.Length < PrefixSize)
        {
            error = $"A block record has more than {bytes.Length} bytes.";
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
