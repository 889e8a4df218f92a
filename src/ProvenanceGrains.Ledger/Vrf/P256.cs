using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace ProvenanceGrains.Ledger.Vrf;

/// <summary>
/// The group of NIST P-256 and its encodings (SEC 1 sections 2.3.3 and 2.3.4, compressed points only). All that is done with the
/// package's curve arithmetic is done here.
/// </summary>
/// <remarks>
/// The arithmetic is not constant in time. It works on the VRF's private key in the operator's own process, where an outsider sees
/// a capture's duration at best, and only the first time that a product or lot is named: evaluations are cached.
/// </remarks>
internal static class P256
{
    /// <summary>Length of a compressed point, in bytes.</summary>
    public const int PointSize = 33;

    /// <summary>Length of a scalar and of a coordinate, in bytes.</summary>
    public const int ScalarSize = 32;

    // Points of one curve object alone can be added, so there is one. It is immutable but for tables that it fills under its own lock.
    private static readonly X9ECParameters Parameters = CustomNamedCurves.GetByName("secp256r1");

    // A comb over a table of the generator's multiples, made once: four times as fast as multiplying any other point.
    private static readonly FixedPointCombMultiplier BaseMultiplier = new();

    /// <summary>q: the number of points. It is prime, so the cofactor is 1 and every point but the neutral one generates the group.</summary>
    public static BigInteger Order => Parameters.N;

    /// <summary>Reads a compressed point; the neutral element, other forms and coordinates from p on are refused.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ECPoint? point)
    {
        point = null;
        var curve = Parameters.Curve;
        if (bytes.Length != PointSize
            || bytes[0] is not (2 or 3)
            || ToNumber(bytes[1..]).CompareTo(curve.Field.Characteristic) >= 0)
        {
            return false;
        }

        // The package's own decoding answers "no such point" with an exception, and every second try of an input has none.
        var x = curve.FromBigInteger(ToNumber(bytes[1..]));
        var y = x.Square().Add(curve.A).Multiply(x).Add(curve.B).Sqrt();
        if (y is null)
        {
            return false;
        }

        y = y.TestBitZero() == (bytes[0] == 3) ? y : y.Negate();
        point = curve.CreatePoint(x.ToBigInteger(), y.ToBigInteger());
        return true;
    }

    /// <summary>The point's 33 bytes.</summary>
    public static byte[] Encode(ECPoint point) => point.GetEncoded(compressed: true);

    /// <summary>scalar × generator.</summary>
    public static ECPoint MultiplyBase(BigInteger scalar) => BaseMultiplier.Multiply(Parameters.G, scalar).Normalize();

    /// <summary>scalar × point.</summary>
    public static ECPoint Multiply(ECPoint point, BigInteger scalar) => point.Multiply(scalar).Normalize();

    /// <summary>a × first + b × second, where nothing is secret.</summary>
    public static ECPoint Combine(ECPoint first, BigInteger a, ECPoint second, BigInteger b) =>
        ECAlgorithms.SumOfTwoMultiplies(first, a, second, b).Normalize();

    public static ECPoint Generator => Parameters.G;

    /// <summary>An unsigned big-endian number.</summary>
    public static BigInteger ToNumber(ReadOnlySpan<byte> bytes) => new(1, bytes.ToArray());

    /// <summary>Writes a number below 2^256 as 32 bytes, big-endian.</summary>
    public static void Write(BigInteger number, Span<byte> destination)
    {
        var bytes = number.ToByteArrayUnsigned();
        destination[..ScalarSize].Clear();
        bytes.CopyTo(destination[(ScalarSize - bytes.Length)..]);
    }
}
