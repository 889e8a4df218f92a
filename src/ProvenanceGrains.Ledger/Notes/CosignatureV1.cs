using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using ProvenanceGrains.Ledger.Signatures;

namespace ProvenanceGrains.Ledger.Notes;

/// <summary>The timestamped Ed25519 cosignature (C2SP tlog-cosignature): u64 timestamp, then 64 bytes of signature.</summary>
internal static class CosignatureV1
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 8 + Ed25519.SignatureSize;

    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> text, ulong timestamp)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timestamp, (ulong)long.MaxValue);
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, timestamp);
        Ed25519.Sign(seed, Message(text, timestamp)).CopyTo(bytes, 8);
        return bytes;
    }

    public static bool Verify(
        ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature, out ulong timestamp)
    {
        timestamp = 0;
        if (signature.Length != Size)
        {
            return false;
        }

        timestamp = BinaryPrimitives.ReadUInt64BigEndian(signature);
        return timestamp <= long.MaxValue && Ed25519.Verify(publicKey, Message(text, timestamp), signature[8..]);
    }

    private static byte[] Message(ReadOnlySpan<byte> text, ulong timestamp)
    {
        var head = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {timestamp}\n"));
        var message = new byte[head.Length + text.Length];
        head.CopyTo(message, 0);
        text.CopyTo(message.AsSpan(head.Length));
        return message;
    }
}
