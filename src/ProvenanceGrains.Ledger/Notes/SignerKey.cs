using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.Signatures;

namespace ProvenanceGrains.Ledger.Notes;

/// <summary>
/// A private key that signs notes: <c>PRIVATE+KEY+name+hex id+base64(type || seed)</c>. Types Ed25519 and cosignature/v1.
/// </summary>
public sealed class SignerKey
{
    private const string Prefix = "PRIVATE+KEY+";
    private readonly byte[] _seed;

    private SignerKey(VerifierKey verifier, byte[] seed)
    {
        Verifier = verifier;
        _seed = seed;
    }

    /// <summary>The public half.</summary>
    public VerifierKey Verifier { get; }

    /// <param name="name">A key name; for a log its origin.</param>
    /// <param name="type"><see cref="NoteSignatureType.Ed25519"/> or <see cref="NoteSignatureType.CosignatureV1"/>.</param>
    /// <param name="seed">32 random bytes.</param>
    /// <exception cref="ArgumentException">Anything else.</exception>
    public static SignerKey Create(string name, byte type, ReadOnlySpan<byte> seed)
    {
        if (type is not (NoteSignatureType.Ed25519 or NoteSignatureType.CosignatureV1))
        {
            throw new ArgumentException($"Notes of type {type} cannot be signed.", nameof(type));
        }

        return new SignerKey(VerifierKey.Create(name, type, Ed25519.PublicKey(seed)), seed.ToArray());
    }

    /// <summary>The same key under another name, and so with another id.</summary>
    /// <exception cref="ArgumentException">It is not a key name.</exception>
    public SignerKey Rename(string name) => Create(name, Verifier.Type, _seed);

    /// <summary>Reads a private key; its id must be the one of its public key.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out SignerKey? key, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        key = null;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            error = $"A private key begins with {Prefix}.";
            return false;
        }

        if (!KeyText.TrySplit(text[Prefix.Length..], out var name, out var id, out var type, out var seed, out error))
        {
            return false;
        }

        if (type is not (NoteSignatureType.Ed25519 or NoteSignatureType.CosignatureV1) || seed.Length != Ed25519.SeedSize)
        {
            error = "The private key is not of a type that can sign here, or has another length than 32 bytes.";
            return false;
        }

        var created = Create(name, type, seed);
        error = created.Verifier.Id == id ? null : $"Key '{name}' has id {created.Verifier.Id:x8}, but its text says {id:x8}.";
        key = error is null ? created : null;
        return error is null;
    }

    /// <summary>Signs a note's text with an <see cref="NoteSignatureType.Ed25519"/> key.</summary>
    /// <exception cref="InvalidOperationException">The key cosigns: a cosignature needs a time.</exception>
    public NoteSignature Sign(ReadOnlySpan<byte> text) => Verifier.Type == NoteSignatureType.Ed25519
        ? new NoteSignature(Verifier.Name, Verifier.Id, Ed25519.Sign(_seed, text))
        : throw new InvalidOperationException($"Key '{Verifier.NameAndId}' makes cosignatures only.");

    /// <summary>Cosigns a checkpoint's text with a <see cref="NoteSignatureType.CosignatureV1"/> key.</summary>
    /// <param name="text">The note text.</param>
    /// <param name="timestamp">Seconds since the epoch, at most 2^63 - 1.</param>
    /// <exception cref="InvalidOperationException">The key does not cosign.</exception>
    public NoteSignature Cosign(ReadOnlySpan<byte> text, ulong timestamp) =>
        Verifier.Type == NoteSignatureType.CosignatureV1
            ? new NoteSignature(Verifier.Name, Verifier.Id, CosignatureV1.Sign(_seed, text, timestamp))
            : throw new InvalidOperationException($"Key '{Verifier.NameAndId}' makes no cosignatures.");

    /// <summary>The private key as text: a secret. Not <see cref="ToString"/>, so that no log line ever holds it.</summary>
    public string ExportPrivateKey() => Prefix + KeyText.Format(Verifier.Name, Verifier.Id, Verifier.Type, _seed);

    /// <summary>The public half.</summary>
    public override string ToString() => Verifier.ToString();
}
