using System.Diagnostics.CodeAnalysis;
using System.Text;
using ProvenanceGrains.Ledger.Text;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace ProvenanceGrains.Ledger.Vrf;

/// <summary>A private key of ECVRF-P256-SHA256-TAI (RFC 9381 section 5.5, suite string 0x01): a scalar from 1 to q - 1.</summary>
public sealed class VrfPrivateKey
{
    /// <summary>Length in bytes.</summary>
    public const int Size = P256.ScalarSize;

    private const string TextPrefix = "PRIVATE+VRF+P256-SHA256-TAI+";

    private readonly BigInteger _scalar;

    private VrfPrivateKey(BigInteger scalar)
    {
        _scalar = scalar;
        Public = VrfPublicKey.Of(P256.MultiplyBase(scalar));
    }

    public VrfPublicKey Public { get; }

    /// <summary>Takes 32 bytes as a key.</summary>
    /// <param name="bytes">A big-endian number from 1 to q - 1. Of random bytes all but one in 2^32 are.</param>
    /// <param name="key">The key, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryCreate(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out VrfPrivateKey? key, [NotNullWhen(false)] out string? error)
    {
        var scalar = bytes.Length == Size ? P256.ToNumber(bytes) : BigInteger.Zero;
        var fits = scalar.SignValue > 0 && scalar.CompareTo(P256.Order) < 0;
        key = fits ? new VrfPrivateKey(scalar) : null;
        error = fits ? null : $"A VRF private key is a number of {Size} bytes, above zero and below the order of P-256.";
        return fits;
    }

    /// <summary>Reads what <see cref="ExportText"/> wrote.</summary>
    public static bool TryParseText(
        string text, [NotNullWhen(true)] out VrfPrivateKey? key, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith(TextPrefix, StringComparison.Ordinal)
            || !StrictText.TryDecodeBase64(Encoding.UTF8.GetBytes(text[TextPrefix.Length..]), canonical: true, out var bytes))
        {
            key = null;
            error = $"A VRF private key is written as {TextPrefix} and base64.";
            return false;
        }

        return TryCreate(bytes, out key, out error);
    }

    /// <summary>The key as one line of text, without a line break. It is a secret.</summary>
    public string ExportText()
    {
        var bytes = new byte[Size];
        P256.Write(_scalar, bytes);
        return TextPrefix + Convert.ToBase64String(bytes);
    }

    /// <summary>beta alone, for a third of the work of a proof.</summary>
    /// <param name="alpha">The input, of any length.</param>
    public Hash256 Evaluate(ReadOnlySpan<byte> alpha) =>
        VrfSteps.Output(P256.Encode(P256.Multiply(VrfSteps.HashToPoint(Public.Bytes, alpha), _scalar)));

    /// <summary>ECVRF_prove (section 5.1) and the output it proves. Deterministic.</summary>
    /// <param name="alpha">The input, of any length.</param>
    /// <param name="output">beta.</param>
    /// <returns>pi: 81 bytes.</returns>
    public byte[] Prove(ReadOnlySpan<byte> alpha, out Hash256 output)
    {
        var hash = VrfSteps.HashToPoint(Public.Bytes, alpha);
        var gamma = P256.Encode(P256.Multiply(hash, _scalar));
        var nonce = VrfSteps.Nonce(_scalar, P256.Encode(hash));
        var challenge = VrfSteps.Challenge(
            Public.Bytes, hash, gamma, P256.MultiplyBase(nonce), P256.Multiply(hash, nonce));
        var s = nonce.Add(P256.ToNumber(challenge).Multiply(_scalar)).Mod(P256.Order);

        var proof = new byte[VrfPublicKey.ProofSize];
        gamma.CopyTo(proof, 0);
        challenge.CopyTo(proof, P256.PointSize);
        P256.Write(s, proof.AsSpan(P256.PointSize + VrfSteps.ChallengeSize));
        output = VrfSteps.Output(gamma);
        return proof;
    }
}
