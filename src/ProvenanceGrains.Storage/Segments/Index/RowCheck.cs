using System.Buffers.Binary;
using System.Text;
using ProvenanceGrains.Ledger;

namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>64 bits over a row: a flipped bit in it would else be an entity or a claim that the index does not find.</summary>
/// <remarks>
/// "Not there" cannot be held against the log, unlike every other answer, and would let a journal fork or a claim be taken
/// twice. So the rows by which things are found carry a check, which covers their table and their number too. It is the
/// beginning of a SHA-256: a second hash function would have to be explained, and this one costs 2 us a bucket.
/// </remarks>
internal static class RowCheck
{
    public const int Size = sizeof(long);

    public static long Of(string table, long row, ReadOnlySpan<byte> content)
    {
        var start = Encoding.UTF8.GetByteCount(table) + sizeof(long);
        var length = start + content.Length;
        var bytes = length <= 4096 ? stackalloc byte[length] : new byte[length];
        Encoding.UTF8.GetBytes(table, bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[(start - sizeof(long))..], row);
        content.CopyTo(bytes[start..]);
        return BinaryPrimitives.ReadInt64LittleEndian(Hash256.Sha256(bytes).AsSpan());
    }

    /// <summary>The content, and its check behind it.</summary>
    public static byte[] Seal(string table, long row, ReadOnlySpan<byte> content)
    {
        var stored = new byte[content.Length + Size];
        content.CopyTo(stored);
        BinaryPrimitives.WriteInt64LittleEndian(stored.AsSpan(content.Length), Of(table, row, content));
        return stored;
    }

    /// <summary>The content without its check.</summary>
    /// <exception cref="IndexException">They do not fit.</exception>
    public static ReadOnlySpan<byte> Open(string table, long row, ReadOnlySpan<byte> stored)
    {
        if (stored.Length >= Size)
        {
            var content = stored[..^Size];
            if (BinaryPrimitives.ReadInt64LittleEndian(stored[^Size..]) == Of(table, row, content))
            {
                return content;
            }
        }

        throw IndexException.Contradicts($"row {row} of {table} does not match its check");
    }
}
