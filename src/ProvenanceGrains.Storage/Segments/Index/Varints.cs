using System.Buffers;

namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>The entities and roles of a matter's entries, in order, as LEB128 numbers: one value instead of a row each.</summary>
internal static class Varints
{
    public const int MaxLength = 10;

    public static void Write(ArrayBufferWriter<byte> output, long value)
    {
        var rest = unchecked((ulong)value);
        var span = output.GetSpan(MaxLength);
        var length = 0;
        while (rest >= 0x80)
        {
            span[length++] = unchecked((byte)(rest | 0x80));
            rest >>= 7;
        }

        span[length++] = (byte)rest;
        output.Advance(length);
    }

    public static long Read(ref ReadOnlySpan<byte> input)
    {
        ulong value = 0;
        for (var i = 0; i < input.Length && i < MaxLength; i++)
        {
            value |= (ulong)(input[i] & 0x7F) << (7 * i);
            if (input[i] < 0x80)
            {
                input = input[(i + 1)..];
                return unchecked((long)value);
            }
        }

        throw IndexException.Contradicts("a list of participants ends too early");
    }
}
