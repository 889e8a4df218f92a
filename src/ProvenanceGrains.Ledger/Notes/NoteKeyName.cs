using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ProvenanceGrains.Ledger.Notes;

/// <summary>Key names and key ids of C2SP signed-note.</summary>
public static class NoteKeyName
{
    /// <summary>The longest name, in characters. The specification has no limit; ours is this.</summary>
    public const int MaxLength = 1024;

    /// <summary>Not empty, no Unicode space, no plus, no control character (which no note could hold).</summary>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxLength)
        {
            return false;
        }

        foreach (var c in name)
        {
            if (c is '+' or < ' ' || char.IsWhiteSpace(c))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>SHA-256(name || 0x0A || type || public key)[:4] (C2SP signed-note, Signatures).</summary>
    internal static uint ComputeId(string name, byte type, ReadOnlySpan<byte> publicKey)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(name));
        hash.AppendData([(byte)'\n', type]);
        hash.AppendData(publicKey);
        Span<byte> digest = stackalloc byte[Hash256.Size];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt32BigEndian(digest);
    }
}
