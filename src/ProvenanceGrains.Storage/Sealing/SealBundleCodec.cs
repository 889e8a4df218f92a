using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ProvenanceGrains.Storage.Sealing;

/// <summary>The stage file: magic, checkpoint, block, files, and SHA-256 over all of it (docs/formats.md).</summary>
public static class SealBundleCodec
{
    private static ReadOnlySpan<byte> Magic => "PGSTAGE1"u8;

    public static byte[] Encode(SealBundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        var stream = new MemoryStream();
        stream.Write(Magic);
        WriteBytes(stream, bundle.Checkpoint.Span);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, bundle.Height);
        stream.Write(number);
        WriteBytes(stream, bundle.BlockRecord.Span);
        BinaryPrimitives.WriteInt32BigEndian(number, bundle.Files.Count);
        stream.Write(number[..4]);
        foreach (var file in bundle.Files)
        {
            WriteBytes(stream, Encoding.UTF8.GetBytes(file.Path));
            WriteBytes(stream, file.Content.Span);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length), digest);
        stream.Write(digest);
        return stream.ToArray();
    }

    /// <summary>False for anything but a whole bundle.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out SealBundle? bundle)
    {
        bundle = null;
        var digestAt = bytes.Length - SHA256.HashSizeInBytes;
        if (digestAt < Magic.Length
            || !bytes.Span.StartsWith(Magic)
            || !SHA256.HashData(bytes.Span[..digestAt]).AsSpan().SequenceEqual(bytes.Span[digestAt..]))
        {
            return false;
        }

        // The digest holds: what follows was written by Encode, whole.
        var rest = bytes[Magic.Length..digestAt];
        var checkpoint = ReadBytes(ref rest);
        var height = BinaryPrimitives.ReadInt64BigEndian(rest.Span);
        rest = rest[8..];
        var record = ReadBytes(ref rest);
        var files = new LogFile[BinaryPrimitives.ReadInt32BigEndian(rest.Span)];
        rest = rest[4..];
        for (var i = 0; i < files.Length; i++)
        {
            var path = Encoding.UTF8.GetString(ReadBytes(ref rest).Span);
            files[i] = new LogFile(path, ReadBytes(ref rest));
        }

        bundle = new SealBundle(checkpoint, height, record, files);
        return true;
    }

    private static void WriteBytes(Stream stream, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        stream.Write(length);
        stream.Write(bytes);
    }

    private static ReadOnlyMemory<byte> ReadBytes(ref ReadOnlyMemory<byte> rest)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(rest.Span);
        var bytes = rest.Slice(4, length);
        rest = rest[(4 + length)..];
        return bytes;
    }
}
