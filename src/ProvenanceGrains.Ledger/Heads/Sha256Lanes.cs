using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ProvenanceGrains.Ledger.Heads;

/// <summary>SHA-256 (FIPS 180-4) of many messages of one length, eight at a time where the processor has 256-bit vectors.</summary>
/// <remarks>
/// For building maps alone; every verifier uses the platform's SHA-256. A map update is little else than hashes of two blocks each, and the
/// platform's cost is mostly its call: 350 ns a hash where eight lanes take some 60 ns. Same digests, which the tests hold.
/// </remarks>
internal static class Sha256Lanes
{
    /// <summary>The longest message: two blocks less a padding byte and the length.</summary>
    public const int MaxLength = (2 * Block) - 9;

    private const int Block = 64;
    private const int Lanes = 8;
    private const int Words = 2 * Block / sizeof(uint);

    /// <summary>Below this many, lanes would idle for longer than the calls take.</summary>
    private const int Worthwhile = 3;

    private static ReadOnlySpan<uint> RoundConstants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private static ReadOnlySpan<uint> Initial =>
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    /// <summary>Hashes messages that lie back to back.</summary>
    /// <param name="messages">As many as there are digests, each of <paramref name="length"/> bytes.</param>
    /// <param name="length">At most <see cref="MaxLength"/> and at least 56: two blocks each.</param>
    /// <param name="digests">Where they go.</param>
    public static void Hash(ReadOnlySpan<byte> messages, int length, Span<Hash256> digests)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, Block - 8);
        ArgumentOutOfRangeException.ThrowIfNotEqual(messages.Length, length * digests.Length, nameof(messages));
        var done = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            while (digests.Length - done >= Worthwhile)
            {
                var count = Math.Min(Lanes, digests.Length - done);
                HashLanes(messages.Slice(done * length, count * length), length, digests.Slice(done, count));
                done += count;
            }
        }

        for (; done < digests.Length; done++)
        {
            digests[done] = Hash256.Sha256(messages.Slice(done * length, length));
        }
    }

    // Compiled whole at once: what the first tier makes of vectors costs more than all the hashes of a start.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void HashLanes(ReadOnlySpan<byte> messages, int length, Span<Hash256> digests)
    {
        Span<byte> padded = stackalloc byte[2 * Block];
        padded.Clear();
        padded[length] = 0x80;
        BinaryPrimitives.WriteInt32BigEndian(padded[^4..], length * 8);

        // Word t of lane i at t * Lanes + i. Lanes without a message hash what the stack held, and nobody looks.
        Span<uint> words = stackalloc uint[Words * Lanes];
        for (var lane = 0; lane < digests.Length; lane++)
        {
            messages.Slice(lane * length, length).CopyTo(padded);
            var source = MemoryMarshal.Cast<byte, uint>(padded);
            for (var t = 0; t < Words; t++)
            {
                words[(t * Lanes) + lane] = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(source[t]) : source[t];
            }
        }

        Span<Vector256<uint>> state = stackalloc Vector256<uint>[8];
        for (var i = 0; i < state.Length; i++)
        {
            state[i] = Vector256.Create(Initial[i]);
        }

        var schedule = MemoryMarshal.Cast<uint, Vector256<uint>>(words);
        Compress(state, schedule[..16]);
        Compress(state, schedule[16..]);

        var lanes = MemoryMarshal.Cast<Vector256<uint>, uint>(state);
        Span<byte> digest = stackalloc byte[Hash256.Size];
        for (var lane = 0; lane < digests.Length; lane++)
        {
            for (var i = 0; i < 8; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * i)..], lanes[(i * Lanes) + lane]);
            }

            digests[lane] = new Hash256(digest);
        }
    }

    /// <summary>FIPS 180-4 section 6.2.2. The schedule's sixteen words are overwritten as a ring.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compress(Span<Vector256<uint>> state, Span<Vector256<uint>> w)
    {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        for (var t = 0; t < RoundConstants.Length; t++)
        {
            if (t >= 16)
            {
                var (early, late) = (w[(t + 1) & 15], w[(t + 14) & 15]);
                w[t & 15] += w[(t + 9) & 15]
                    + (RotateRight(early, 7) ^ RotateRight(early, 18) ^ (early >>> 3))
                    + (RotateRight(late, 17) ^ RotateRight(late, 19) ^ (late >>> 10));
            }

            var first = h + (RotateRight(e, 6) ^ RotateRight(e, 11) ^ RotateRight(e, 25))
                + (g ^ (e & (f ^ g))) + Vector256.Create(RoundConstants[t]) + w[t & 15];
            var second = (RotateRight(a, 2) ^ RotateRight(a, 13) ^ RotateRight(a, 22)) + ((a & b) | (c & (a | b)));
            (h, g, f, e) = (g, f, e, d + first);
            (d, c, b, a) = (c, b, a, first + second);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> RotateRight(Vector256<uint> value, [ConstantExpected] byte bits) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(value, bits) : (value >>> bits) | (value << (32 - bits));
}
