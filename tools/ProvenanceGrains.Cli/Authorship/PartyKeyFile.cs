using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Signatures;

namespace ProvenanceGrains.Cli.Authorship;

/// <summary>A party's private key in a file: a JWK (RFC 7517, RFC 8037) with its member <c>d</c>, mode 0600.</summary>
internal sealed class PartyKeyFile : IDisposable
{
    private const int MaxBytes = 4096;

    private readonly ECDsa? _ecdsa;
    private readonly byte[] _secret;

    private PartyKeyFile(PartyKey key, byte[] secret, ECDsa? ecdsa)
    {
        Key = key;
        _secret = secret;
        _ecdsa = ecdsa;
    }

    /// <summary>The public half.</summary>
    public PartyKey Key { get; }

    /// <summary>Makes a key of the operating system's randomness.</summary>
    public static PartyKeyFile Create(PartyKeyType type)
    {
        if (type == PartyKeyType.Ed25519)
        {
            var seed = RandomNumberGenerator.GetBytes(Ed25519.SeedSize);
            return Of(type, Ed25519.PublicKey(seed), seed, null);
        }

        var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pair = ecdsa.ExportParameters(includePrivateParameters: true);
        return Of(type, [.. pair.Q.X!, .. pair.Q.Y!], pair.D!, ecdsa);
    }

    /// <exception cref="UnusableException">It is no key file, others may read it, or its halves do not belong together.</exception>
    public static PartyKeyFile Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > MaxBytes)
        {
            throw new UnusableException($"--key: {file.FullName} is not there or is no key file.");
        }

        if (SecretFile.IsOpenToOthers(path))
        {
            throw new UnusableException($"--key: {file.FullName} may be read by others. It is the party's private key: chmod 600 it.");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), PartyEntryReader.Options);
            return Read(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException or CryptographicException or ArgumentException)
        {
            throw new UnusableException($"--key: {file.FullName} is no private JWK: {failure.Message}");
        }
    }

    /// <summary>Writes the file; it must not exist yet.</summary>
    public void WriteNew(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = SecretFile.Mode;
        }

        using var stream = new FileStream(path, options);
        stream.Write(Encoding.ASCII.GetBytes($"{Key.ToJwk()[..^1]},\"d\":\"{Base64Url.EncodeToString(_secret)}\"}}\n"));
        FileSync.Run(stream);
    }

    /// <summary>Signs as RFC 9421 sections 3.3.4 and 3.3.6 say.</summary>
    public byte[] Sign(byte[] message) => _ecdsa is null
        ? Ed25519.Sign(_secret, message)
        : _ecdsa.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_secret);
        _ecdsa?.Dispose();
    }

    private static PartyKeyFile Read(JsonElement jwk)
    {
        var secret = Base64Url.DecodeFromChars(jwk.GetProperty("d").GetString());
        if (jwk.GetProperty("kty").GetString() == "OKP")
        {
            return jwk.GetProperty("crv").GetString() == "Ed25519"
                && Ed25519.PublicKey(secret) is var point && Base64Url.EncodeToString(point) == jwk.GetProperty("x").GetString()
                    ? Of(PartyKeyType.Ed25519, point, secret, null)
                    : throw new FormatException("x is not the public half of d, or the curve is another.");
        }

        // The provider checks that d is the point's own.
        byte[] x = Base64Url.DecodeFromChars(jwk.GetProperty("x").GetString());
        byte[] y = Base64Url.DecodeFromChars(jwk.GetProperty("y").GetString());
        var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = secret,
            Q = new ECPoint { X = x, Y = y },
        });
        return Of(PartyKeyType.Es256, [.. x, .. y], secret, ecdsa);
    }

    private static PartyKeyFile Of(PartyKeyType type, byte[] point, byte[] secret, ECDsa? ecdsa) =>
        PartyKey.TryCreate(type, point, out var key, out var error)
            ? new PartyKeyFile(key, secret, ecdsa)
            : throw new FormatException(error);
}
