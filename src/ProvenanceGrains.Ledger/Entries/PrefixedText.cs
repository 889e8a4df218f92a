using System.Buffers.Binary;
using System.Text;

namespace ProvenanceGrains.Ledger.Entries;

/// <summary>Text behind its length: u16, big-endian, then UTF-8.</summary>
internal static class PrefixedText
{
    /// <summary>Room for some texts that have so many bytes together.</summary>
    public static int MaxSize(int bytes, int texts) => bytes + (2 * texts);

    /// <returns>Bytes written.</returns>
    public static int Write(ReadOnlySpan<char> text, Span<byte> destination)
    {
        var length = Encoding.UTF8.GetBytes(text, destination[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination, checked((ushort)length));
        return 2 + length;
    }
}
