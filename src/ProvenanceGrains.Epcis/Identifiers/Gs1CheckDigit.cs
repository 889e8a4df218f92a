namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>The GS1 check digit: modulo 10 with weights 3 and 1 from the right (GS1 General Specifications 7.9.1).</summary>
public static class Gs1CheckDigit
{
    /// <summary>The digit that completes <paramref name="digits"/>.</summary>
    /// <param name="digits">ASCII digits without the check digit: the caller has checked that nothing else is there.</param>
    /// <returns><c>'0'</c> to <c>'9'</c>.</returns>
    public static char Compute(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        var weight = 3;
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            sum += (digits[i] - '0') * weight;
            weight = 4 - weight;
        }

        return (char)('0' + ((10 - (sum % 10)) % 10));
    }

    /// <summary>Whether the last digit is the check digit of those before it.</summary>
    /// <param name="digits">Any text: false when it is shorter than two characters or holds anything but digits.</param>
    public static bool IsValid(ReadOnlySpan<char> digits) =>
        digits.Length >= 2 && Gs1Characters.AreDigits(digits) && Compute(digits[..^1]) == digits[^1];
}
