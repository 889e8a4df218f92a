using System.Buffers.Binary;
using System.Text;

namespace ProvenanceGrains.Ledger.Entries;

/// <summary>The field groups of an entry's payload; the number is on the wire and never reused.</summary>
public enum FieldGroup : byte
{
    /// <summary>Kind and key.</summary>
    Entity = 1,

    /// <summary>Entry type, and the entity's role in it.</summary>
    Type = 2,

    /// <summary>Key id of the author, and the request that brought the entry.</summary>
    Author = 3,

    /// <summary>The matter itself, e.g. an EPCIS event.</summary>
    Content = 4,
}

/// <summary>16 random bytes that keep a withheld group from being guessed out of its digest.</summary>
public readonly record struct Salt(UInt128 Value)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 16;

    public static Salt FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);
}

/// <summary>
/// How a payload becomes a commitment (docs/formats.md): each group is hashed with its own salt; the commitment is the
/// hash over all four group digests. A group can be withheld or erased: its digest alone keeps every proof valid.
/// </summary>
public static class Payload
{
    /// <summary>The number of groups; every entry has all of them.</summary>
    public const int GroupCount = 4;

    /// <summary>The longest entry type or role, in UTF-8 bytes.</summary>
    public const int MaxTypeBytes = 255;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>SHA-256 over a domain separator, the group's number, its salt and its bytes.</summary>
    public static Hash256 GroupDigest(FieldGroup group, Salt salt, ReadOnlySpan<byte> content)
    {
        var domain = "provenancegrains/group/v1\0"u8;
        const int Inline = 512;
        var prefixLength = domain.Length + 1 + Salt.Size;
        Span<byte> buffer = stackalloc byte[Inline];
        domain.CopyTo(buffer);
        buffer[domain.Length] = (byte)group;
        salt.CopyTo(buffer[(domain.Length + 1)..]);
        if (prefixLength + content.Length > Inline)
        {
            return Hash256.Sha256(buffer[..prefixLength], content);
        }

        content.CopyTo(buffer[prefixLength..]);
        return Hash256.Sha256(buffer[..(prefixLength + content.Length)]);
    }

    /// <summary>SHA-256 over a domain separator and the four group digests in the order of their numbers.</summary>
    public static Hash256 Commitment(Hash256 entity, Hash256 type, Hash256 author, Hash256 content)
    {
        var domain = "provenancegrains/commitment/v1\0"u8;
        Span<byte> buffer = stackalloc byte[domain.Length + (GroupCount * Hash256.Size)];
        domain.CopyTo(buffer);
        var rest = buffer[domain.Length..];
        entity.CopyTo(rest);
        type.CopyTo(rest[32..]);
        author.CopyTo(rest[64..]);
        content.CopyTo(rest[96..]);
        return Hash256.Sha256(buffer);
    }

    /// <summary>The <see cref="FieldGroup.Entity"/> group: kind and key, each with a 16-bit big-endian length.</summary>
    public static byte[] EncodeEntity(EntityId entity) => EncodePair(entity.Kind, entity.Key);

    /// <summary>The <see cref="FieldGroup.Type"/> group: entry type and role, encoded alike. A role may be empty.</summary>
    public static byte[] EncodeType(string entryType, string role) => EncodePair(entryType, role);

    /// <summary>The <see cref="FieldGroup.Author"/> group: the author's key id and the request's id, encoded alike.</summary>
    public static byte[] EncodeAuthor(string keyId, string requestId) => EncodePair(keyId, requestId);

    /// <summary>Reads a pair that one of the encoders wrote; strict UTF-8, no byte left over.</summary>
    public static bool TryDecodePair(ReadOnlySpan<byte> bytes, out string first, out string second)
    {
        first = second = "";
        return TryTake(ref bytes, out first) && TryTake(ref bytes, out second) && bytes.IsEmpty;
    }

    private static byte[] EncodePair(string first, string second)
    {
        var a = Encoding.UTF8.GetByteCount(first);
        var b = Encoding.UTF8.GetByteCount(second);
        var bytes = new byte[4 + a + b];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)a));
        Encoding.UTF8.GetBytes(first, bytes.AsSpan(2));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2 + a), checked((ushort)b));
        Encoding.UTF8.GetBytes(second, bytes.AsSpan(4 + a));
        return bytes;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (bytes.Length < 2)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (bytes.Length < 2 + length)
        {
            return false;
        }

        try
        {
            text = StrictUtf8.GetString(bytes.Slice(2, length));
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        bytes = bytes[(2 + length)..];
        return true;
    }
}
