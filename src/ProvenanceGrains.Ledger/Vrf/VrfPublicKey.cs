using System.Diagnostics.CodeAnalysis;
using System.Text;
using Org.BouncyCastle.Math.EC;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Vrf;

/// <summary>
/// The public half of a VRF key of ECVRF-P256-SHA256-TAI (RFC 9381 section 5.5, suite string 0x01): a point of P-256.
/// </summary>
/// <remarks>
/// None that fails ECVRF_validate_key (section 5.4.5) can be had: the group's order is prime, so a point that is not neutral is
/// enough. A verifier then holds one output a key and input, even if the key's maker cheats.
/// </remarks>
public sealed class VrfPublicKey : IEquatable<VrfPublicKey>
{
    /// <summary>Length in bytes: a compressed point.</summary>
    public const int Size = P256.PointSize;

    /// <summary>Length of a proof in bytes: gamma (33), c (16) and s (32).</summary>
    public const int ProofSize = P256.PointSize + VrfSteps.ChallengeSize + P256.ScalarSize;

    private const int TextLength = Size / 3 * 4;

    private readonly byte[] _bytes;
    private readonly ECPoint _point;

    private VrfPublicKey(byte[] bytes, ECPoint point)
    {
        _bytes = bytes;
        _point = point;
    }

    /// <summary>The compressed point, 33 bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Reads a key.</summary>
    /// <param name="bytes">33 bytes: 0x02 or 0x03, then x.</param>
    /// <param name="key">The key, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out VrfPublicKey? key, [NotNullWhen(false)] out string? error)
    {
        key = P256.TryDecode(bytes, out var point) ? new VrfPublicKey(bytes.ToArray(), point) : null;
        error = key is null ? $"A VRF public key is a compressed point of P-256 in {Size} bytes." : null;
        return key is not null;
    }

    /// <summary>Reads a key as text: standard base64, padded and canonical, with or without a line break behind it.</summary>
    public static bool TryParseText(
        string text, [NotNullWhen(true)] out VrfPublicKey? key, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = text.EndsWith('\n') ? text[..^1] : text;
        if (line.Length != TextLength || !StrictText.TryDecodeBase64(Encoding.UTF8.GetBytes(line), canonical: true, out var bytes))
        {
            key = null;
            error = $"A VRF public key is written as {TextLength} characters of base64.";
            return false;
        }

        return TryParse(bytes, out key, out error);
    }

    internal static VrfPublicKey Of(ECPoint point) => new(P256.Encode(point), point);

    /// <summary>ECVRF_verify (section 5.3).</summary>
    /// <param name="alpha">The input, of any length.</param>
    /// <param name="proof">81 bytes.</param>
    /// <param name="output">beta, the output that the proof proves, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public bool TryVerify(
        ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> proof, out Hash256 output, [NotNullWhen(false)] out string? error)
    {
        output = default;
        if (proof.Length != ProofSize)
        {
            error = $"A VRF proof has {ProofSize} bytes, not {proof.Length}.";
            return false;
        }

        var gammaBytes = proof[..P256.PointSize];
        var challengeBytes = proof.Slice(P256.PointSize, VrfSteps.ChallengeSize);
        var s = P256.ToNumber(proof[^P256.ScalarSize..]);
        if (!P256.TryDecode(gammaBytes, out var gamma))
        {
            error = "The VRF proof's gamma is no point of P-256.";
            return false;
        }

        if (s.CompareTo(P256.Order) >= 0)
        {
            error = "The VRF proof's s is not below the group's order.";
            return false;
        }

        // U = s B - c Y and V = s H - c Gamma: c is negated once.
        var hash = VrfSteps.HashToPoint(_bytes, alpha);
        var minusC = P256.Order.Subtract(P256.ToNumber(challengeBytes)).Mod(P256.Order);
        var u = P256.Combine(P256.Generator, s, _point, minusC);
        var v = P256.Combine(hash, s, gamma, minusC);

        // A neutral U or V has no compressed form; a challenge over one could only be met by chance.
        if (u.IsInfinity || v.IsInfinity
            || !VrfSteps.Challenge(_bytes, hash, gammaBytes, u, v).AsSpan().SequenceEqual(challengeBytes))
        {
            error = "The VRF proof does not prove an output for this input and key.";
            return false;
        }

        output = VrfSteps.Output(gammaBytes);
        error = null;
        return true;
    }

    public bool Equals(VrfPublicKey? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => Equals(obj as VrfPublicKey);

    public override int GetHashCode() => Hash256.Sha256(_bytes).GetHashCode();

    /// <summary>Standard base64, 44 characters.</summary>
    public override string ToString() => Convert.ToBase64String(_bytes);

    public static bool operator ==(VrfPublicKey? left, VrfPublicKey? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(VrfPublicKey? left, VrfPublicKey? right) => !(left == right);
}
