using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ProvenanceGrains.Ledger.Units;

/// <summary>The first 16 bytes of a SHA-256: what the data folder's checks against damage are made of.</summary>
/// <remarks>It finds damage, not malice: whoever can write the file can write the check. The log finds malice.</remarks>
public readonly record struct BlockDigest(UInt128 Value)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 16;

    public static BlockDigest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        return Read(digest);
    }

    public static BlockDigest Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);
}
