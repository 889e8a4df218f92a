using System.Text;
using ProvenanceGrains.Ledger.Incarnations;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Storage.Files;

namespace ProvenanceGrains.Sealing;

/// <summary>The log's private key: one line in a file of its own that only its owner may read.</summary>
internal static class LogKeyFile
{
    /// <summary>Reads the key, or makes one on the first start.</summary>
    /// <param name="path">The file.</param>
    /// <param name="origin">Name of a key to be made; null lets the key's own bits name it.</param>
    /// <param name="seed">32 random bytes for a key to be made.</param>
    /// <param name="mayCreate">Whether there is nothing yet that another key has signed.</param>
    /// <exception cref="InvalidDataException">The file holds no key, or another origin's, or others may read it, or it is missing and must not be.</exception>
    public static SignerKey LoadOrCreate(string path, string? origin, Func<byte[]> seed, bool mayCreate)
    {
        ArgumentNullException.ThrowIfNull(seed);
        return File.Exists(path) ? Load(path, origin)
            : mayCreate ? Create(path, origin, seed())
            : throw new InvalidDataException(
                $"{path} is missing, but this folder's log is sealed with that key. Restore it: another key would be another log.");
    }

    /// <summary>Gives the key's file another content, atomically.</summary>
    public static void Write(string path, SignerKey key) => DurableFile.Replace(
        path, Encoding.UTF8.GetBytes(key.ExportPrivateKey() + "\n"), SecretFile.Mode);

    /// <exception cref="InvalidDataException">The file is missing, holds no key, or others may read it.</exception>
    public static SignerKey Read(string path) => File.Exists(path)
        ? Load(path, null)
        : throw new InvalidDataException($"{path} is missing: without the old log's key nothing can link a new incarnation to it.");

    /// <remarks>An origin that is configured stays as it was when a new incarnation gives the key another name.</remarks>
    private static SignerKey Load(string path, string? origin)
    {
        if (SecretFile.IsOpenToOthers(path))
        {
            throw new InvalidDataException($"{path} may be read by others. It is the log's private key: chmod 600 it.");
        }

        if (!SignerKey.TryParse(File.ReadAllText(path).TrimEnd('\n'), out var key, out var error))
        {
            throw new InvalidDataException($"{path} holds no signer key: {error}");
        }

        return origin is null || key.Verifier.Name == origin || IncarnationName.BaseOf(key.Verifier.Name) == origin
            ? key
            : throw new InvalidDataException($"{path} is the key of {key.Verifier.Name}, not of {origin}.");
    }

    private static SignerKey Create(string path, string? origin, byte[] seed)
    {
        var name = origin ?? "provenancegrains.local/" + Convert.ToHexStringLower(
            SignerKey.Create("provenancegrains.local", NoteSignatureType.Ed25519, seed).Verifier.PublicKey[..4]);
        var key = SignerKey.Create(name, NoteSignatureType.Ed25519, seed);
        Write(path, key);
        return key;
    }
}
