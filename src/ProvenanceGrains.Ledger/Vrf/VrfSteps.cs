using Org.BouncyCastle.Math.EC;
using BigInteger = Org.BouncyCastle.Math.BigInteger;
using HMACSHA256 = System.Security.Cryptography.HMACSHA256;

namespace ProvenanceGrains.Ledger.Vrf;

/// <summary>The steps of ECVRF-P256-SHA256-TAI that proving and verifying share (RFC 9381 sections 5.4 and 5.5).</summary>
internal static class VrfSteps
{
    /// <summary>Length of a challenge: cLen of the suite, in bytes.</summary>
    public const int ChallengeSize = 16;

    private const byte Suite = 0x01;
    private const byte EncodeToCurve = 0x01;
    private const byte MakeChallenge = 0x02;
    private const byte ProofToHash = 0x03;
    private const byte Back = 0x00;

    /// <summary>ECVRF_encode_to_curve_try_and_increment (section 5.4.1.1) with the public key as salt.</summary>
    /// <exception cref="InvalidOperationException">256 tries found no point: a chance of 2^-256.</exception>
    public static ECPoint HashToPoint(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha)
    {
        byte[] input = [Suite, EncodeToCurve, .. publicKey, .. alpha, 0, Back];
        Span<byte> candidate = stackalloc byte[P256.PointSize];
        candidate[0] = 2;
        for (var counter = 0; counter <= byte.MaxValue; counter++)
        {
            input[^2] = (byte)counter;
            Hash256.Sha256(input).CopyTo(candidate[1..]);
            if (P256.TryDecode(candidate, out var point))
            {
                return point;
            }
        }

        throw new InvalidOperationException("No point was found for an input of the VRF.");
    }

    /// <summary>ECVRF_nonce_generation_RFC6979 (section 5.4.2.1): k of RFC 6979 section 3.2 for the message that is the point's encoding.</summary>
    public static BigInteger Nonce(BigInteger secret, ReadOnlySpan<byte> hashPoint)
    {
        Span<byte> digest = stackalloc byte[Hash256.Size];
        Hash256.Sha256(hashPoint).CopyTo(digest);
        Span<byte> secretAndDigest = stackalloc byte[2 * P256.ScalarSize];
        P256.Write(secret, secretAndDigest);
        P256.Write(P256.ToNumber(digest).Mod(P256.Order), secretAndDigest[P256.ScalarSize..]);

        // Steps b to g.
        var value = new byte[Hash256.Size];
        value.AsSpan().Fill(1);
        var key = Mac(new byte[Hash256.Size], [.. value, 0, .. secretAndDigest]);
        value = Mac(key, value);
        key = Mac(key, [.. value, 1, .. secretAndDigest]);
        value = Mac(key, value);

        // Step h. The digest is as long as the order, so one round gives a candidate.
        while (true)
        {
            value = Mac(key, value);
            var candidate = P256.ToNumber(value);
            if (candidate.SignValue > 0 && candidate.CompareTo(P256.Order) < 0)
            {
                return candidate;
            }

            key = Mac(key, [.. value, 0]);
            value = Mac(key, value);
        }
    }

    private static byte[] Mac(byte[] key, byte[] message) => HMACSHA256.HashData(key, message);

    /// <summary>ECVRF_challenge_generation (section 5.4.3) over five encoded points.</summary>
    /// <returns>16 bytes.</returns>
    public static byte[] Challenge(
        ReadOnlySpan<byte> publicKey, ECPoint hash, ReadOnlySpan<byte> gamma, ECPoint u, ECPoint v) =>
        Hash256.Sha256(
        [
            Suite, MakeChallenge, .. publicKey, .. P256.Encode(hash), .. gamma, .. P256.Encode(u), .. P256.Encode(v), Back,
        ]).AsSpan()[..ChallengeSize].ToArray();

    /// <summary>ECVRF_proof_to_hash (section 5.2) of an encoded gamma; the cofactor is 1.</summary>
    public static Hash256 Output(ReadOnlySpan<byte> gamma) => Hash256.Sha256([Suite, ProofToHash, .. gamma, Back]);
}
