using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ProvenanceGrains.Ledger.Signatures;

namespace ProvenanceGrains.Ledger.HttpSignatures;

/// <summary>An algorithm of the registry of RFC 9421 section 6.2.2.</summary>
public enum HttpSignatureAlgorithm
{
    /// <summary><c>ecdsa-p256-sha256</c> (section 3.3.4).</summary>
    EcdsaP256Sha256,

    /// <summary><c>ecdsa-p384-sha384</c> (section 3.3.5).</summary>
    EcdsaP384Sha384,

    /// <summary><c>ed25519</c> (section 3.3.6).</summary>
    Ed25519,

    /// <summary><c>rsa-pss-sha512</c> (section 3.3.1).</summary>
    RsaPssSha512,

    /// <summary><c>rsa-v1_5-sha256</c> (section 3.3.2).</summary>
    RsaV15Sha256,

    /// <summary><c>hmac-sha256</c> (section 3.3.3).</summary>
    HmacSha256,
}

/// <summary>The names of <see cref="HttpSignatureAlgorithm"/> on the wire.</summary>
public static class HttpSignatureAlgorithms
{
    /// <summary>As in the <c>alg</c> parameter.</summary>
    public static string ToWire(this HttpSignatureAlgorithm algorithm) => algorithm switch
    {
        HttpSignatureAlgorithm.EcdsaP256Sha256 => "ecdsa-p256-sha256",
        HttpSignatureAlgorithm.EcdsaP384Sha384 => "ecdsa-p384-sha384",
        HttpSignatureAlgorithm.Ed25519 => "ed25519",
        HttpSignatureAlgorithm.RsaPssSha512 => "rsa-pss-sha512",
        HttpSignatureAlgorithm.RsaV15Sha256 => "rsa-v1_5-sha256",
        HttpSignatureAlgorithm.HmacSha256 => "hmac-sha256",
    };
}

/// <summary>A key that checks signatures. Thread-safe; the provider's key objects are kept and used again.</summary>
/// <remarks>Which algorithm a key is for is the key's own property: a message cannot choose another (RFC 9421 section 7.3.6).</remarks>
public sealed class HttpVerificationKey : IDisposable
{
    private readonly Func<IDisposable?> _open;
    private readonly ReadOnlyMemory<byte> _raw;

    // A provider's key object serves one thread at a time; there are never more than threads that verified at once.
    private readonly ConcurrentBag<IDisposable> _idle = [];

    private HttpVerificationKey(HttpSignatureAlgorithm algorithm, ReadOnlyMemory<byte> raw, Func<IDisposable?> open)
    {
        Algorithm = algorithm;
        _raw = raw;
        _open = open;
    }

    public HttpSignatureAlgorithm Algorithm { get; }

    /// <summary>A key of Ed25519: 32 bytes.</summary>
    /// <exception cref="ArgumentException">Another length.</exception>
    public static HttpVerificationKey OfEd25519(ReadOnlyMemory<byte> publicKey) => publicKey.Length == Ed25519.PublicKeySize
        ? new HttpVerificationKey(HttpSignatureAlgorithm.Ed25519, publicKey, () => null)
        : throw new ArgumentException($"An Ed25519 key has {Ed25519.PublicKeySize} bytes.", nameof(publicKey));

    /// <summary>A shared secret for HMAC; used by conformance tests, never for parties: it proves nothing to a third.</summary>
    public static HttpVerificationKey OfSecret(ReadOnlyMemory<byte> secret) =>
        new(HttpSignatureAlgorithm.HmacSha256, secret, () => null);

    /// <summary>A point of P-256: x and y, 32 bytes each.</summary>
    /// <param name="point">64 bytes.</param>
    /// <param name="key">The key, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryOfP256(
        ReadOnlyMemory<byte> point, [NotNullWhen(true)] out HttpVerificationKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        error = "the point is not on the curve P-256";
        if (point.Length != 64)
        {
            return false;
        }

        var made = new HttpVerificationKey(HttpSignatureAlgorithm.EcdsaP256Sha256, point, () => ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = point[..32].ToArray(), Y = point[32..].ToArray() },
        }));
        if (!made.TryOpen())
        {
            return false;
        }

        key = made;
        error = null;
        return true;
    }

    /// <summary>A public key in the form of X.509 (SubjectPublicKeyInfo), for any of the asymmetric algorithms but Ed25519.</summary>
    /// <exception cref="CryptographicException">It is no such key.</exception>
    public static HttpVerificationKey OfSubjectPublicKeyInfo(HttpSignatureAlgorithm algorithm, ReadOnlyMemory<byte> info)
    {
        var key = new HttpVerificationKey(algorithm, info, () =>
        {
            AsymmetricAlgorithm opened = algorithm is HttpSignatureAlgorithm.RsaPssSha512 or HttpSignatureAlgorithm.RsaV15Sha256
                ? RSA.Create()
                : ECDsa.Create();
            opened.ImportSubjectPublicKeyInfo(info.Span, out _);
            return opened;
        });
        return key.TryOpen() ? key : throw new CryptographicException($"The bytes are no key for {algorithm.ToWire()}.");
    }

    /// <summary>Checks a signature over a signature base. Whatever is wrong with it makes it not valid.</summary>
    public bool Verify(ReadOnlySpan<byte> signatureBase, ReadOnlySpan<byte> signature)
    {
        switch (Algorithm)
        {
            case HttpSignatureAlgorithm.Ed25519:
                return Ed25519.Verify(_raw.Span, signatureBase, signature);
            case HttpSignatureAlgorithm.HmacSha256:
                return CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_raw.Span, signatureBase), signature);
        }

        var opened = _idle.TryTake(out var idle) ? idle : _open()!;
        try
        {
            return opened switch
            {
                ECDsa ecdsa => VerifyEcdsa(ecdsa, signatureBase, signature),
                RSA rsa when Algorithm == HttpSignatureAlgorithm.RsaPssSha512 =>
                    rsa.VerifyData(signatureBase, signature, HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
                RSA rsa => rsa.VerifyData(signatureBase, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
                _ => false,
            };
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            _idle.Add(opened);
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var opened))
        {
            opened.Dispose();
        }
    }

    /// <summary>Sections 3.3.4 and 3.3.5: r and s, each of the curve's length, one after the other.</summary>
    private bool VerifyEcdsa(ECDsa key, ReadOnlySpan<byte> signatureBase, ReadOnlySpan<byte> signature)
    {
        var (hash, half) = Algorithm == HttpSignatureAlgorithm.EcdsaP256Sha256
            ? (HashAlgorithmName.SHA256, 32)
            : (HashAlgorithmName.SHA384, 48);
        return key.KeySize == half * 8
            && signature.Length == half * 2
            && key.VerifyData(signatureBase, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private bool TryOpen()
    {
        try
        {
            if (_open() is { } opened)
            {
                _idle.Add(opened);
            }

            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
