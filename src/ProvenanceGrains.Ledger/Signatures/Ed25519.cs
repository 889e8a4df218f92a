using BouncyEd25519 = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace ProvenanceGrains.Ledger.Signatures;

/// <summary>
/// Ed25519 (RFC 8032 section 5.1). The whole of the ledger's signing goes through these three functions, and nothing
/// else of it touches the cryptography package.
/// </summary>
public static class Ed25519
{
    /// <summary>Length of a seed, the private key of RFC 8032, in bytes.</summary>
    public const int SeedSize = 32;

    /// <summary>Length of a public key in bytes.</summary>
    public const int PublicKeySize = 32;

    /// <summary>Length of a signature in bytes.</summary>
    public const int SignatureSize = 64;

    /// <summary>The public key of a seed.</summary>
    /// <param name="seed">32 bytes.</param>
    /// <returns>32 bytes.</returns>
    public static byte[] PublicKey(ReadOnlySpan<byte> seed)
    {
        Require(seed, SeedSize, nameof(seed));
        var publicKey = new byte[PublicKeySize];
        BouncyEd25519.GeneratePublicKey(seed.ToArray(), 0, publicKey, 0);
        return publicKey;
    }

    /// <summary>Signs a message. Deterministic: the same seed and message give the same signature.</summary>
    /// <param name="seed">32 bytes.</param>
    /// <param name="message">Of any length; it is hashed whole, not beforehand.</param>
    /// <returns>64 bytes.</returns>
    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        // The public key is derived anew each time: a signature made with a public key of another seed would leak this one.
        Require(seed, SeedSize, nameof(seed));
        var signature = new byte[SignatureSize];
        BouncyEd25519.Sign(seed.ToArray(), 0, message.ToArray(), 0, message.Length, signature, 0);
        return signature;
    }

    /// <summary>Checks a signature. Keys and signatures of another length are just not valid.</summary>
    /// <remarks>
    /// The verdict is that of the Go standard library, byte for byte: S is below the group's order, R is compared as bytes,
    /// the cofactor is not multiplied in, and of a public key every encoding of a point on the curve is taken.
    /// </remarks>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeySize || signature.Length != SignatureSize)
        {
            return false;
        }

        if (!EdwardsArithmetic.IsCanonical(publicKey))
        {
            return EdwardsArithmetic.Verify(publicKey, message, signature);
        }

        return BouncyEd25519.Verify(signature.ToArray(), 0, publicKey.ToArray(), 0, message.ToArray(), 0, message.Length);
    }

    private static void Require(ReadOnlySpan<byte> bytes, int length, string name)
    {
        if (bytes.Length != length)
        {
            throw new ArgumentException($"{length} bytes are needed, not {bytes.Length}.", name);
        }
    }
}
