using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace ProvenanceGrains.Storage.Sealing;

/// <summary>The stage file: magic, checkpoint, block, files, and SHA-256 over all of it (docs/formats.md).</summary>
public static class SealBundleCodec
{
    /// <summary>A file without path and content: two lengths.</summary>
    private const int MinFileBytes = 8;

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

        // The digest holds, so a crash is not what could be wrong here; but whoever can write the file can write the digest too.
        var rest = bytes[Magic.Length..digestAt];
        if (!TryReadBytes(ref rest, out var checkpoint)
            || !TryReadNumber(ref rest, 8, out var height)
            || !TryReadBytes(ref rest, out var record)
            || !TryReadNumber(ref rest, 4, out var count)
            || count > rest.Length / MinFileBytes)
        {
            return false;
        }

        var files = new LogFile[count];
        for (var i = 0; i < files.Length; i++)
        {
            if (!TryReadBytes(ref rest, out var path) || !Utf8.IsValid(path.Span) || !TryReadBytes(ref rest, out var content))
            {
                return false;
            }

            files[i] = new LogFile(Encoding.UTF8.GetString(path.Span), content);
        }

        bundle = rest.IsEmpty ? new SealBundle(checkpoint, height, record, files) : null;
        return bundle is not null;
    }

    private static void WriteBytes(Stream stream, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        stream.Write(length);
        stream.Write(bytes);
    }

    private static bool TryReadBytes(ref ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (!TryReadNumber(ref rest, 4, out var length) || length > rest.Length)
        {
            return false;
        }

        bytes = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    /// <summary>A number that is not negative.</summary>
    private static bool TryReadNumber(ref ReadOnlyMemory<byte> rest, int width, out long number)
    {
        number = 0;
        if (rest.Length < width)
        {
            return false;
        }

        number = width == 4 ? BinaryPrimitives.ReadInt32BigEndian(rest.Span) : BinaryPrimitives.ReadInt64BigEndian(rest.Span);
        rest = rest[width..];
        return number >= 0;
    }
}
