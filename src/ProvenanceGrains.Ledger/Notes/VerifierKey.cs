using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ProvenanceGrains.Ledger.Signatures;

namespace ProvenanceGrains.Ledger.Notes;

/// <summary>Signature types of C2SP signed-note that are named here; a key may have any other and is then never used.</summary>
public static class NoteSignatureType
{
    /// <summary>Ed25519 over the note text: logs.</summary>
    public const byte Ed25519 = 0x01;

    /// <summary>ECDSA; read, not verified.</summary>
    public const byte Ecdsa = 0x02;

    /// <summary>Timestamped Ed25519, <c>cosignature/v1</c> (C2SP tlog-cosignature): witnesses.</summary>
    public const byte CosignatureV1 = 0x04;

    /// <summary>Timestamped ML-DSA-44; read, not verified.</summary>
    public const byte MlDsa44 = 0x06;
}

/// <summary>A public key that verifies note signatures: a <c>vkey</c> (C2SP signed-note, Verifier keys).</summary>
public sealed class VerifierKey
{
    /// <summary>The longest vkey, in characters.</summary>
    public const int MaxLength = 8192;

    private const int MlDsa44PublicKeySize = 1312;

    private readonly byte[] _publicKey;

    internal VerifierKey(string name, uint id, byte type, byte[] publicKey)
    {
        Name = name;
        Id = id;
        Type = type;
        _publicKey = publicKey;
    }

    /// <summary>The key's name; for a log its origin.</summary>
    public string Name { get; }

    /// <summary>The key id that signatures carry.</summary>
    public uint Id { get; }

    /// <summary>See <see cref="NoteSignatureType"/>.</summary>
    public byte Type { get; }

    /// <summary>The key material; 32 bytes for the two Ed25519 types.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Whether signatures of this type can be checked here. Those that cannot count as unknown.</summary>
    public bool CanVerify => Type is NoteSignatureType.Ed25519 or NoteSignatureType.CosignatureV1;

    /// <summary><c>name+id</c>, id as 8 lower-case hexadecimal digits: how a key is named in words and in payloads.</summary>
    public string NameAndId => $"{Name}+{Id:x8}";

    /// <summary>Makes the key that a name, type and public key determine.</summary>
    /// <exception cref="ArgumentException">The name is not a key name, or the key has a wrong length.</exception>
    public static VerifierKey Create(string name, byte type, ReadOnlySpan<byte> publicKey)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!NoteKeyName.IsValid(name))
        {
            throw new ArgumentException($"'{name}' is not a key name.", nameof(name));
        }

        var error = CheckLength(type, publicKey.Length);
        return error is null
            ? new VerifierKey(name, NoteKeyName.ComputeId(name, type, publicKey), type, publicKey.ToArray())
            : throw new ArgumentException(error, nameof(publicKey));
    }

    /// <summary>Reads <c>name+hex id+base64(type || key)</c>; the id must be the one that the name and key give.</summary>
    /// <remarks>Line breaks around and within the base64 are passed over, so that a key file may end with one.</remarks>
    public static bool TryParse(
        string vkey, [NotNullWhen(true)] out VerifierKey? key, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(vkey);
        key = null;
        if (!KeyText.TrySplit(vkey, out var name, out var id, out var type, out var material, out error))
        {
            return false;
        }

        error = CheckLength(type, material.Length) ?? CheckId(name, id, type, material);
        if (error is not null)
        {
            return false;
        }

        key = new VerifierKey(name, id, type, material);
        return true;
    }

    /// <summary>Checks a signature over a note's text.</summary>
    /// <param name="text">The note text with its final newline.</param>
    /// <param name="signature">The signature without the key id.</param>
    /// <param name="timestamp">Of a cosignature: seconds since the epoch. Else null.</param>
    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature, out ulong? timestamp)
    {
        timestamp = null;
        switch (Type)
        {
            case NoteSignatureType.Ed25519:
                return Ed25519.Verify(_publicKey, text, signature);
            case NoteSignatureType.CosignatureV1:
                if (!CosignatureV1.Verify(_publicKey, text, signature, out var time))
                {
                    return false;
                }

                timestamp = time;
                return true;
            default:
                return false;
        }
    }

    /// <summary>The vkey.</summary>
    public override string ToString() => KeyText.Format(Name, Id, Type, _publicKey);

    private static string? CheckLength(byte type, int length) => type switch
    {
        NoteSignatureType.Ed25519 or NoteSignatureType.CosignatureV1 when length != Ed25519.PublicKeySize =>
            $"An Ed25519 public key has {Ed25519.PublicKeySize} bytes, not {length}.",
        NoteSignatureType.MlDsa44 when length != MlDsa44PublicKeySize =>
            $"An ML-DSA-44 public key has {MlDsa44PublicKeySize} bytes, not {length}.",
        _ => length == 0 ? "The public key is empty." : null,
    };

    private static string? CheckId(string name, uint id, byte type, byte[] material)
    {
        var expected = type switch
        {
            NoteSignatureType.Ed25519 or NoteSignatureType.CosignatureV1 or NoteSignatureType.MlDsa44 =>
                NoteKeyName.ComputeId(name, type, material),
            NoteSignatureType.Ecdsa => BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(material)),
            // For other types the specification only recommends how the id is made.
            _ => id,
        };
        return id == expected ? null : $"Key '{name}' has id {expected:x8}, but its vkey says {id:x8}.";
    }
}
