using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ProvenanceGrains.Query.Events;

/// <summary>Where the next page of a query begins. Opaque to clients; valid for ever, since nothing it names is ever removed.</summary>
/// <param name="After">Continue after the event with this first ordinal; -1 for the beginning.</param>
/// <param name="Below">Only events below this ordinal: what was recorded when the first page was read.</param>
/// <param name="Fingerprint">Of the query's other parameters.</param>
/// <remarks>The check catches typing and cutting, not malice: a forged token can only name another place in public data.</remarks>
internal readonly record struct PageToken(long After, long Below, ulong Fingerprint)
{
    private const byte Version = 1;
    private const int Size = 1 + 8 + 8 + 8;
    private const int CheckSize = 4;

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size + CheckSize];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], After);
        BinaryPrimitives.WriteInt64BigEndian(bytes[9..], Below);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[17..], Fingerprint);
        WriteCheck(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    public static bool TryParse(string text, out PageToken token, [NotNullWhen(false)] out string? error)
    {
        const string Garbage = "This is not a token that a page's Link header gave.";
        token = default;
        error = Garbage;
        Span<byte> bytes = stackalloc byte[Size + CheckSize];
        if (!Base64Url.IsValid(text, out var length)
            || length != bytes.Length
            || !Base64Url.TryDecodeFromChars(text, bytes, out _)
            || Base64Url.EncodeToString(bytes) != text)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[Size + CheckSize];
        bytes.CopyTo(expected);
        WriteCheck(expected);
        var read = new PageToken(
            BinaryPrimitives.ReadInt64BigEndian(bytes[1..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[9..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[17..]));
        if (bytes[0] != Version || !expected.SequenceEqual(bytes) || read.After < -1 || read.Below < 0)
        {
            return false;
        }

        token = read;
        error = null;
        return true;
    }

    /// <summary>64 bits over the parameters that decide what a query finds, whatever their order.</summary>
    public static ulong FingerprintOf(IEnumerable<KeyValuePair<string, string>> parameters)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> prefix = stackalloc byte[4];
        foreach (var (name, value) in parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            foreach (var part in (string[])[name, value])
            {
                var bytes = Encoding.UTF8.GetBytes(part);
                BinaryPrimitives.WriteInt32BigEndian(prefix, bytes.Length);
                hash.AppendData(prefix);
                hash.AppendData(bytes);
            }
        }

        return BinaryPrimitives.ReadUInt64BigEndian(hash.GetHashAndReset());
    }

    private static void WriteCheck(Span<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Size], digest);
        digest[..CheckSize].CopyTo(bytes[Size..]);
    }
}
