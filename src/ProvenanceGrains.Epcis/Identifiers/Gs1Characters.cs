using System.Buffers;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>The GS1 encodable character sets (GS1 General Specifications 7.11).</summary>
internal static class Gs1Characters
{
    public const string Digits = "0123456789";

    public const string Set82 =
        "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

    public const string Set39 = "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    public const string Set64 = "-0123456789=ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> DigitValues = SearchValues.Create(Digits);
    private static readonly SearchValues<char> Set82Values = SearchValues.Create(Set82);
    private static readonly SearchValues<char> Set39Values = SearchValues.Create(Set39);
    private static readonly SearchValues<char> Set64Values = SearchValues.Create(Set64);

    public static bool AreDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(DigitValues);

    /// <summary>The first character outside the digits, or -1.</summary>
    public static int IndexOfNonDigit(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(DigitValues);

    public static int IndexOutsideSet82(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(Set82Values);

    public static int IndexOutsideSet39(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(Set39Values);

    /// <summary>Base64url as the GS1 syntax tests have it: at most two <c>=</c>, at the end of a multiple of three.</summary>
    public static bool IsSet64(ReadOnlySpan<char> text)
    {
        var body = text.TrimEnd('=');
        var padding = text.Length - body.Length;
        return !text.ContainsAnyExcept(Set64Values)
            && !body.Contains('=')
            && padding <= 2
            && (padding == 0 || text.Length % 3 == 0);
    }
}
