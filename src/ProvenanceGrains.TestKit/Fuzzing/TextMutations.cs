using System.Text;

namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>Changes to text: numbers, base64 and characters that are seldom met.</summary>
internal static class TextMutations
{
    /// <summary>Numbers at the edges of types and of formats.</summary>
    public static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "00", "01", "+1", "255", "256", "1000", "65536", "2147483647", "2147483648", "4294967296",
        "9007199254740993", "999999999999999", "1000000000000000", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551616", "1e5", "1E400", "-1e-400", "0.1", "1.", ".1", "0x10", "1_000", "NaN", "Infinity",
        "99999999999999999999999999999999999999999999999999", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z",
        "0001-01-01T00:00:00+14:00", "2024-02-30T25:61:61Z", "2016-12-31T23:59:60Z", "9999-12-31T23:59:59-14:00",
    ];

    /// <summary>U+E000 stands for half a surrogate pair where a target reads a string (<see cref="FuzzOracle.Text"/>).</summary>
    private static readonly string[] Oddities =
    [
        "\0", "\r", "\n", "\t", " ", "\u00A0", "\u0085", "\u2028", "\uFEFF", "\u200B", "\u202E", "\u0301", "\u00E9", "e\u0301", "\uFF11",
        "\u0661", "\u0130", "\u017F", "\u212A", "\uD83D\uDE00", "\uFFFD", "\uFFFF", "\uE000", "\u2014", "%", "%00", "%2F", "%ZZ", "%25", "%C3%A9",
        "%FF", "%F4%90%80%80", "..", "/", "//", "\\", "\\u0000", "\\ud800", "\"", "'", ":", "::", ";", "=", ",", "|", "+", "*", "(", ")", "{", "[", "<", "?", "#", "&",
    ];

    private static readonly byte[][] BadUtf8 = [[0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xFF]];

    public static byte[] Change(byte[] input, FuzzRandom random) => random.Below(7) switch
    {
        0 or 1 => ChangeNumber(input, random),
        2 => ChangeBase64(input, random),
        3 => ChangeCase(input, random),
        4 => ByteMutations.Replace(input, random.Below(input.Length + 1), 0, random.OneIn(6) ? random.Pick(BadUtf8) : Oddity(random)),
        5 => ReplaceOne(input, random),
        _ => RepeatOne(input, random),
    };

    public static byte[] Oddity(FuzzRandom random) => Encoding.UTF8.GetBytes(random.Pick(Oddities));

    /// <summary>Changes the bytes that a run of base64 stands for.</summary>
    public static byte[] ChangeBase64(byte[] input, FuzzRandom random)
    {
        var (start, end) = Run(input, random, IsBase64);
        var text = input.AsSpan(start, end - start);
        Span<byte> bytes = new byte[text.Length];
        if (text.Length < 8
            || System.Buffers.Text.Base64.DecodeFromUtf8(text, bytes, out _, out var length) != System.Buffers.OperationStatus.Done)
        {
            return ChangeNumber(input, random);
        }

        var decoded = bytes[..length].ToArray();
        return ByteMutations.Replace(
            input, start, text.Length, Encoding.ASCII.GetBytes(Convert.ToBase64String(ByteMutations.Change(decoded, decoded, random))));
    }

    private static byte[] ChangeNumber(byte[] input, FuzzRandom random)
    {
        var (start, end) = Run(input, random, static b => b is >= (byte)'0' and <= (byte)'9');
        return ByteMutations.Replace(input, start, end - start, Encoding.ASCII.GetBytes(random.Pick(Numbers)));
    }

    private static byte[] ChangeCase(byte[] input, FuzzRandom random)
    {
        var (start, end) = Run(input, random, static b => char.IsAsciiLetter((char)b));
        var changed = (byte[])input.Clone();
        for (var i = start; i < end; i++)
        {
            changed[i] ^= 0x20;
        }

        return changed;
    }

    private static byte[] ReplaceOne(byte[] input, FuzzRandom random) =>
        input.Length == 0 ? Oddity(random) : ByteMutations.Replace(input, random.Below(input.Length), 1, Oddity(random));

    private static byte[] RepeatOne(byte[] input, FuzzRandom random)
    {
        var part = input.Length == 0 || random.OneIn(3) ? Oddity(random) : [random.Pick(input)];
        return ByteMutations.Replace(
            input, random.Below(input.Length + 1), 0, ByteMutations.Repeat(part, random.OneIn(5) ? 5_000 : 1 + random.Below(70)));
    }

    private static bool IsBase64(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'+' or (byte)'/' or (byte)'=';

    /// <summary>The first run of such bytes from a place at random; empty if there is none.</summary>
    private static (int Start, int End) Run(byte[] input, FuzzRandom random, Func<byte, bool> belongs)
    {
        var start = random.Below(input.Length + 1);
        while (start > 0 && belongs(input[start - 1]))
        {
            start--;
        }

        while (start < input.Length && !belongs(input[start]))
        {
            start++;
        }

        var end = start;
        while (end < input.Length && belongs(input[end]))
        {
            end++;
        }

        return (start, end);
    }
}
