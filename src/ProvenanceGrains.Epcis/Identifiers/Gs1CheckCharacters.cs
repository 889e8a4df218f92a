namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>Check characters that are not the modulo 10 digit.</summary>
internal static class Gs1CheckCharacters
{
    private const string CheckAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    // The primes 2 to 509: one weight a position, from the right (GS1 General Specifications 7.9.5).
    private static readonly int[] Primes = FirstPrimes(97);

    /// <summary>The check character pair of the Global Model Number (GS1 General Specifications 7.9.5).</summary>
    public static string? Check(ReadOnlySpan<char> part)
    {
        if (part.Length < 2)
        {
            return "it is too short for a check character pair.";
        }

        if (part.Length - 2 > Primes.Length)
        {
            return "it is too long for a check character pair.";
        }

        var sum = 0;
        for (var i = 0; i < part.Length - 2; i++)
        {
            var value = Gs1Characters.Set82.IndexOf(part[i], StringComparison.Ordinal);
            if (value < 0)
            {
                return $"'{part[i]}' is not allowed.";
            }

            sum += value * Primes[part.Length - 3 - i];
        }

        sum %= 1021;
        var first = CheckAlphabet[sum >> 5];
        var second = CheckAlphabet[sum & 31];
        return part[^2] == first && part[^1] == second
            ? null : $"the check characters are {part[^2..]} but must be {first}{second}.";
    }

    /// <summary>An IBAN's country and modulo 97 check (ISO 13616).</summary>
    public static string? Iban(ReadOnlySpan<char> part)
    {
        if (part.Length < 5)
        {
            return "an IBAN has at least five characters.";
        }

        if (!Gs1CodeLists.IsCountryLetters(part[..2]) && part[..2] is not "XK")
        {
            return $"'{part[..2]}' is no country of an IBAN.";
        }

        var remainder = 0;
        for (var i = 0; i < part.Length; i++)
        {
            var c = part[(i + 4) % part.Length];
            if (char.IsAsciiDigit(c))
            {
                remainder = ((remainder * 10) + (c - '0')) % 97;
            }
            else if (char.IsAsciiLetterUpper(c))
            {
                remainder = ((remainder * 100) + (c - 'A' + 10)) % 97;
            }
            else
            {
                return $"'{c}' is not allowed in an IBAN.";
            }
        }

        return remainder == 1 ? null : $"the check digits {part[2..4]} of the IBAN are wrong.";
    }

    private static int[] FirstPrimes(int count)
    {
        var primes = new List<int>(count);
        for (var n = 2; primes.Count < count; n++)
        {
            if (primes.TrueForAll(p => n % p != 0))
            {
                primes.Add(n);
            }
        }

        return [.. primes];
    }
}
