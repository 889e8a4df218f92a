using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ProvenanceGrains.Epcis.Hashing;

/// <summary>The JSON Canonicalization Scheme (RFC 8785): one text for one value.</summary>
public static class CanonicalJson
{
    private static readonly JsonDocumentOptions Strict = EventHash.Deep with { AllowDuplicateProperties = false };

    /// <summary>Rewrites a JSON text.</summary>
    /// <param name="utf8">
    /// Well-formed JSON without duplicate names, halves of surrogate pairs and numbers beyond a double (I-JSON, RFC 7493).
    /// </param>
    /// <exception cref="JsonException">It is not.</exception>
    public static byte[] Canonicalize(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            var output = new ArrayBufferWriter<byte>(Math.Max(1, utf8.Length));
            Write(output, document.RootElement, exactNumbers: false, static name => name, static _ => false);
            return output.WrittenSpan.ToArray();
        }
        catch (InvalidOperationException noText)
        {
            throw new JsonException("A text or name is not UTF-8, or holds half of a surrogate pair.", noText);
        }
    }

    /// <param name="output">Where to.</param>
    /// <param name="value">What.</param>
    /// <param name="exactNumbers">Keep numbers of more digits than a double holds as they were written.</param>
    /// <param name="rename">Gives a member's name.</param>
    /// <param name="leaveOut">Whether a member of the outermost object is left out.</param>
    internal static void Write(
        IBufferWriter<byte> output,
        JsonElement value,
        bool exactNumbers,
        Func<string, string> rename,
        Func<string, bool>? leaveOut = null)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(output, value, exactNumbers, rename, leaveOut);
                break;
            case JsonValueKind.Array:
                output.Write("["u8);
                var first = true;
                foreach (var element in value.EnumerateArray())
                {
                    output.Write(first ? ""u8 : ","u8);
                    first = false;
                    Write(output, element, exactNumbers, rename);
                }

                output.Write("]"u8);
                break;
            case JsonValueKind.String:
                WriteString(output, value.GetString()!);
                break;
            case JsonValueKind.Number:
                WriteNumber(output, value.GetRawText(), exactNumbers);
                break;
            default:
                output.Write(Encoding.ASCII.GetBytes(value.GetRawText()));
                break;
        }
    }

    private static void WriteObject(
        IBufferWriter<byte> output,
        JsonElement value,
        bool exactNumbers,
        Func<string, string> rename,
        Func<string, bool>? leaveOut)
    {
        var members = new List<(string Name, JsonElement Value)>();
        foreach (var member in value.EnumerateObject())
        {
            if (leaveOut is null || !leaveOut(member.Name))
            {
                members.Add((rename(member.Name), member.Value));
            }
        }

        // Names sort by UTF-16 units (section 3.2.3), which is what ordinal comparison does.
        members.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        output.Write("{"u8);
        for (var i = 0; i < members.Count; i++)
        {
            output.Write(i == 0 ? ""u8 : ","u8);
            WriteString(output, members[i].Name);
            output.Write(":"u8);
            Write(output, members[i].Value, exactNumbers, rename);
        }

        output.Write("}"u8);
    }

    private static void WriteString(IBufferWriter<byte> output, string text)
    {
        var escaped = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => escaped.Append("\\\""),
                '\\' => escaped.Append("\\\\"),
                '\b' => escaped.Append("\\b"),
                '\f' => escaped.Append("\\f"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                < ' ' => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => escaped.Append(c),
            };
        }

        output.Write(Encoding.UTF8.GetBytes(escaped.Append('"').ToString()));
    }

    private static void WriteNumber(IBufferWriter<byte> output, string raw, bool exactNumbers)
    {
        var digits = raw.Count(char.IsAsciiDigit);
        var number = double.Parse(raw, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!exactNumbers && !double.IsFinite(number))
        {
            // RFC 8785 section 3.2.2.3: there is no text for what is no double.
            throw new JsonException("A number is beyond what a double holds.");
        }

        var text = (exactNumbers && digits > 15) || !double.IsFinite(number) ? raw : FormatNumber(number);
        output.Write(Encoding.ASCII.GetBytes(text));
    }

    /// <summary>A number as ECMAScript writes it (RFC 8785 section 3.2.2.3).</summary>
    internal static string FormatNumber(double number)
    {
        if (number == 0)
        {
            return "0";
        }

        var shortest = Shortest(number, out var exponent);
        var sign = number < 0 ? "-" : "";
        var count = shortest.Length;
        var point = exponent + 1;
        if (point is > 0 and <= 21)
        {
            return sign + (count <= point ? shortest.PadRight(point, '0') : $"{shortest[..point]}.{shortest[point..]}");
        }

        if (point is > -6 and <= 0)
        {
            return $"{sign}0.{new string('0', -point)}{shortest}";
        }

        var fraction = count == 1 ? "" : "." + shortest[1..];
        return $"{sign}{shortest[0]}{fraction}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent).ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>The fewest digits that give the same double, without point, and the exponent of the first of them.</summary>
    private static string Shortest(double number, out int exponent)
    {
        var text = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        exponent = e < 0 ? 0 : int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? mantissa : mantissa.Remove(point, 1);
        exponent += (point < 0 ? mantissa.Length : point) - 1;
        var leading = digits.Length - digits.TrimStart('0').Length;
        exponent -= leading;
        return digits.Trim('0');
    }
}
