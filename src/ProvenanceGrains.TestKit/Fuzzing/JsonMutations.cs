using System.Text;
using System.Text.Json;

namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>Changes to the values and members of JSON. What is no JSON is changed as text.</summary>
internal static class JsonMutations
{
    private const int MaxDepth = 1000;

    private static readonly byte[][] Values =
    [
        .. FuzzTarget.Texts(
            "null", "true", "false", "{}", "[]", "\"\"", "[[]]", "[{}]", "{\"a\":1}", "{\"\":null}", "[null]", "[1,\"a\",{},[]]", "\"\\u0000\"",
            "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\u00e9\"", "\"é\"", "\"/\"", "\"\\/\"", "\"a b\"", "\"urn:uuid:\"", "\" \"", "-", "1 2"),
        .. TextMutations.Numbers.Select(Encoding.ASCII.GetBytes),
        .. TextMutations.Numbers.Select(number => Encoding.ASCII.GetBytes($"\"{number}\"")),
    ];

    /// <summary>A value with the name before it, if it has one.</summary>
    private readonly record struct Piece(int NameStart, int NameEnd, int Start, int End)
    {
        public bool IsMember => NameEnd > NameStart;

        public int From => IsMember ? NameStart : Start;
    }

    public static byte[] Change(byte[] input, byte[] other, FuzzRandom random)
    {
        var pieces = Read(input);
        if (pieces.Count == 0)
        {
            return TextMutations.Change(input, random);
        }

        var piece = random.Pick(pieces);
        var value = input.AsSpan(piece.Start, piece.End - piece.Start);
        return random.Below(12) switch
        {
            0 or 1 => Put(random.Pick(Values)),
            2 => Put(ValueOf(other, random)),
            3 => Put(ValueOf(input, random)),
            4 => Remove(input, piece),
            5 => ByteMutations.Replace(input, piece.From, 0, [.. input.AsSpan(piece.From, piece.End - piece.From), (byte)',']),
            6 => Put(Nest(value, random)),
            7 => Rename(input, piece, pieces, random),
            8 => Put(TextMutations.ChangeBase64(value.ToArray(), random)),
            9 or 10 => Put(Within(value, random)),
            _ => ByteMutations.Replace(
                input, piece.From, piece.End - piece.From, Many(input.AsSpan(piece.From, piece.End - piece.From), random)),
        };

        byte[] Put(byte[] by) => ByteMutations.Replace(input, piece.Start, piece.End - piece.Start, by);
    }

    /// <summary>All values with their places; none if the input is no JSON.</summary>
    private static List<Piece> Read(byte[] input)
    {
        var pieces = new List<Piece>();
        var open = new Stack<(int NameStart, int NameEnd, int Start)>();
        var reader = new Utf8JsonReader(input, new JsonReaderOptions { MaxDepth = MaxDepth });
        var (nameStart, nameEnd) = (0, 0);
        try
        {
            while (reader.Read())
            {
                var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        (nameStart, nameEnd) = (start, start + reader.ValueSpan.Length + 2);
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push((nameStart, nameEnd, start));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        var opened = open.Pop();
                        pieces.Add(new Piece(opened.NameStart, opened.NameEnd, opened.Start, end));
                        break;
                    default:
                        pieces.Add(new Piece(nameStart, nameEnd, start, end));
                        break;
                }

                (nameStart, nameEnd) = (0, 0);
            }
        }
        catch (JsonException)
        {
            pieces.Clear();
        }

        return pieces;
    }

    private static byte[] ValueOf(byte[] json, FuzzRandom random)
    {
        var pieces = Read(json);
        return pieces.Count == 0 ? random.Pick(Values) : random.Pick(pieces) is var piece ? json[piece.Start..piece.End] : [];
    }

    private static byte[] Remove(byte[] input, Piece piece)
    {
        var (start, end) = (piece.From, piece.End);
        while (end < input.Length && input[end] is (byte)' ' or (byte)'\r' or (byte)'\n')
        {
            end++;
        }

        if (end < input.Length && input[end] == (byte)',')
        {
            return ByteMutations.Replace(input, start, end + 1 - start, []);
        }

        var comma = start - 1;
        while (comma >= 0 && input[comma] is (byte)' ' or (byte)'\r' or (byte)'\n')
        {
            comma--;
        }

        start = comma >= 0 && input[comma] == (byte)',' ? comma : start;
        return ByteMutations.Replace(input, start, piece.End - start, []);
    }

    private static byte[] Nest(ReadOnlySpan<byte> value, FuzzRandom random)
    {
        int[] depths = [1, 2, 30, 60, 63, 64, 65, 128, 250, 5_000];
        var depth = random.Pick(depths);
        var isArray = random.OneIn(2);
        return
        [
            .. ByteMutations.Repeat(isArray ? "["u8 : "{\"a\":"u8, depth), .. value, .. ByteMutations.Repeat(isArray ? "]"u8 : "}"u8, depth),
        ];
    }

    private static byte[] Rename(byte[] input, Piece piece, List<Piece> pieces, FuzzRandom random)
    {
        var other = random.Pick(pieces);
        var name = !other.IsMember || random.OneIn(3) ? random.Pick(Values) : input[other.NameStart..other.NameEnd];
        return piece.IsMember
            ? ByteMutations.Replace(input, piece.NameStart, piece.NameEnd - piece.NameStart, name)
            : ByteMutations.Replace(input, piece.Start, 0, [.. name, (byte)':']);
    }

    /// <summary>The value with something changed inside of its quotes or brackets.</summary>
    private static byte[] Within(ReadOnlySpan<byte> value, FuzzRandom random) => value.Length < 2 || value[0] != (byte)'"'
        ? TextMutations.Change(value.ToArray(), random)
        : [(byte)'"', .. TextMutations.Change(value[1..^1].ToArray(), random), (byte)'"'];

    private static byte[] Many(ReadOnlySpan<byte> piece, FuzzRandom random)
    {
        var times = random.OneIn(4) ? 2_000 : 1 + random.Below(20);
        return ByteMutations.Repeat([.. piece, (byte)','], times) is { Length: > 0 } many ? many[..^1] : [];
    }
}
