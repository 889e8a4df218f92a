using System.Buffers.Binary;

namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>Changes that know nothing of the format but that numbers in it are big-endian.</summary>
internal static class ByteMutations
{
    private static readonly ulong[] Numbers =
    [
        0, 1, 2, 7, 8, 16, 31, 32, 33, 63, 64, 127, 128, 255, 256, 257, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 100_000, 100_001, 0x00FF_FFFF,
        0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF,
    ];

    public static byte[] Change(byte[] input, byte[] other, FuzzRandom random)
    {
        var at = random.Below(input.Length + 1);
        var length = random.Below(Math.Min(input.Length - at, random.OneIn(4) ? int.MaxValue : 40) + 1);
        var range = input.AsSpan(at, length);
        return random.Below(10) switch
        {
            0 => FlipBit(input, random),
            1 => Replace(input, at, Math.Min(1, input.Length - at), random.Bytes(1)),
            2 => Replace(input, at, length, []),
            3 => Replace(input, at, 0, random.Bytes(random.Below(16))),
            4 => Replace(input, at, length, Repeat(range, 2 + random.Below(random.OneIn(8) ? 400 : 4))),
            5 => Splice(input, at, other, random),
            6 => input[..at],
            7 => Number(input, random),
            8 => Replace(input, at, length, Part(other, random)),
            _ => Move(input, at, length, random),
        };
    }

    /// <summary>The input with a part of it replaced.</summary>
    public static byte[] Replace(ReadOnlySpan<byte> input, int at, int length, ReadOnlySpan<byte> by) =>
        [.. input[..at], .. by, .. input[(at + length)..]];

    public static byte[] Repeat(ReadOnlySpan<byte> part, int times)
    {
        const int MaxRepeated = 64 * 1024;
        times = Math.Clamp(times, 1, Math.Max(1, MaxRepeated / Math.Max(1, part.Length)));
        var repeated = new byte[part.Length * times];
        for (var i = 0; i < times; i++)
        {
            part.CopyTo(repeated.AsSpan(i * part.Length));
        }

        return repeated;
    }

    private static byte[] FlipBit(byte[] input, FuzzRandom random)
    {
        if (input.Length == 0)
        {
            return [1];
        }

        var changed = (byte[])input.Clone();
        changed[random.Below(changed.Length)] ^= (byte)(1 << random.Below(8));
        return changed;
    }

    private static byte[] Number(byte[] input, FuzzRandom random)
    {
        var width = 1 << random.Below(4);
        if (input.Length < width)
        {
            return input;
        }

        var changed = (byte[])input.Clone();
        var at = random.Below(input.Length - width + 1);
        Span<byte> eight = stackalloc byte[8];
        eight.Clear();
        input.AsSpan(at, width).CopyTo(eight[(8 - width)..]);
        var before = BinaryPrimitives.ReadUInt64BigEndian(eight);
        var number = random.OneIn(2) ? random.Pick(Numbers) : unchecked(before + (ulong)random.Below(9) - 4);
        BinaryPrimitives.WriteUInt64BigEndian(eight, number);
        eight[(8 - width)..].CopyTo(changed.AsSpan(at));
        return changed;
    }

    private static byte[] Splice(byte[] input, int at, byte[] other, FuzzRandom random)
    {
        var from = random.Below(other.Length + 1);
        return random.OneIn(2)
            ? [.. input.AsSpan(0, at), .. other.AsSpan(from)]
            : Replace(input, at, 0, other.AsSpan(from, random.Below(Math.Min(other.Length - from, 200) + 1)));
    }

    private static ReadOnlySpan<byte> Part(byte[] other, FuzzRandom random)
    {
        var from = random.Below(other.Length + 1);
        return other.AsSpan(from, random.Below(Math.Min(other.Length - from, 100) + 1));
    }

    private static byte[] Move(byte[] input, int at, int length, FuzzRandom random)
    {
        var without = Replace(input, at, length, []);
        return Replace(without, random.Below(without.Length + 1), 0, input.AsSpan(at, length));
    }
}
