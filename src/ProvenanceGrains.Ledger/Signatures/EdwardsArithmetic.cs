using System.Numerics;
using System.Security.Cryptography;

namespace ProvenanceGrains.Ledger.Signatures;

/// <summary>
/// Verification straight from the equations of RFC 8032 section 5.1.7, without the cofactor, over big integers: slow and
/// plain. It judges the few public keys whose encoding is not canonical, which the package refuses but the Go standard
/// library, and with it the other readers of C2SP logs, takes: two verifiers must not disagree about one log. Only public
/// values come here, so its time may vary.
/// </summary>
internal static class EdwardsArithmetic
{
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger L = BigInteger.Pow(2, 252) + BigInteger.Parse(
        "27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);

    private static readonly BigInteger D = Mod(-121665 * Invert(121666));
    private static readonly BigInteger RootOfMinusOne = BigInteger.ModPow(2, (P - 1) / 4, P);
    private static readonly Point Base = FromY(Mod(4 * Invert(5)), odd: false)!.Value;
    private static readonly Point Identity = new(0, 1, 1, 0);

    /// <summary>Whether an encoding names its point by a y that is not reduced, or a zero x by its negative.</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> publicKey)
    {
        var y = DecodeY(publicKey, out var odd);
        return y < P && !(odd && (y.IsOne || y == P - 1));
    }

    /// <param name="publicKey">32 bytes.</param>
    /// <param name="message">Of any length.</param>
    /// <param name="signature">64 bytes.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        var s = new BigInteger(signature[32..], isUnsigned: true);
        var y = DecodeY(publicKey, out var odd);
        if (s >= L || FromY(y % P, odd) is not { } a)
        {
            return false;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(signature[..32]);
        hash.AppendData(publicKey);
        hash.AppendData(message);
        var k = new BigInteger(hash.GetHashAndReset(), isUnsigned: true) % L;
        var r = Add(Multiply(Base, s), Multiply(new Point(Mod(-a.X), a.Y, a.Z, Mod(-a.T)), k));
        Span<byte> encoded = stackalloc byte[32];
        Encode(r, encoded);
        return encoded.SequenceEqual(signature[..32]);
    }

    private static BigInteger DecodeY(ReadOnlySpan<byte> encoding, out bool odd)
    {
        odd = (encoding[31] & 0x80) != 0;
        Span<byte> y = stackalloc byte[32];
        encoding.CopyTo(y);
        y[31] &= 0x7F;
        return new BigInteger(y, isUnsigned: true);
    }

    /// <summary>RFC 8032 section 5.1.3, steps 2 to 4, but a zero x may carry a sign.</summary>
    private static Point? FromY(BigInteger y, bool odd)
    {
        var u = Mod((y * y) - 1);
        var v = Mod((D * y * y) + 1);
        var square = Mod(u * Invert(v));
        var x = BigInteger.ModPow(square, (P + 3) / 8, P);
        if (Mod(x * x) != square)
        {
            x = Mod(x * RootOfMinusOne);
        }

        if (Mod(x * x) != square)
        {
            return null;
        }

        x = x.IsEven == odd ? Mod(-x) : x;
        return new Point(x, y, 1, Mod(x * y));
    }

    private static void Encode(Point point, Span<byte> destination)
    {
        var inverse = Invert(point.Z);
        destination.Clear();
        Mod(point.Y * inverse).TryWriteBytes(destination, out _, isUnsigned: true);
        destination[31] |= (byte)(Mod(point.X * inverse).IsEven ? 0 : 0x80);
    }

    private static Point Multiply(Point point, BigInteger scalar)
    {
        var result = Identity;
        for (; !scalar.IsZero; scalar >>= 1)
        {
            if (!scalar.IsEven)
            {
                result = Add(result, point);
            }

            point = Add(point, point);
        }

        return result;
    }

    /// <summary>RFC 8032 section 5.1.4: complete, so it doubles as well.</summary>
    private static Point Add(Point p, Point q)
    {
        var a = Mod((p.Y - p.X) * (q.Y - q.X));
        var b = Mod((p.Y + p.X) * (q.Y + q.X));
        var c = Mod(2 * p.T * q.T * D);
        var d = Mod(2 * p.Z * q.Z);
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new Point(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
    }

    private static BigInteger Invert(BigInteger value) => BigInteger.ModPow(Mod(value), P - 2, P);

    private static BigInteger Mod(BigInteger value)
    {
        var rest = value % P;
        return rest.Sign < 0 ? rest + P : rest;
    }

    /// <summary>Extended homogeneous coordinates: x = X/Z, y = Y/Z, x * y = T/Z.</summary>
    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T);
}
