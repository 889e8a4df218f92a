namespace ProvenanceGrains.Ledger.Authorship;

/// <summary>The words by which parties are named, and their bounds.</summary>
public static class PartyNames
{
    /// <summary>The longest party id, in characters.</summary>
    public const int MaxIdLength = 64;

    /// <summary>The longest name or reason, in characters.</summary>
    public const int MaxTextLength = 256;

    /// <summary>The most GLN prefixes of one party.</summary>
    public const int MaxPrefixes = 64;

    private static readonly (string Name, PartyRoles Role)[] Roles =
        [("capture", PartyRoles.Capture), ("query", PartyRoles.Query), ("admin", PartyRoles.Admin)];

    /// <summary>1 to 64 characters of <c>a-z</c>, <c>0-9</c>, <c>-</c>, <c>_</c> and <c>.</c>, the first a letter or digit.</summary>
    public static bool IsId(string? text) => text is { Length: > 0 and <= MaxIdLength }
        && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.')
        && char.IsAsciiLetterOrDigit(text[0]);

    /// <summary>1 to 256 characters, none of control, no lone surrogate.</summary>
    public static bool IsText(string? text) => text is { Length: > 0 and <= MaxTextLength }
        && !text.Any(char.IsControl)
        && text.EnumerateRunes().All(rune => rune != System.Text.Rune.ReplacementChar);

    /// <summary>13 digits, the last the check digit of the others (GS1 General Specifications section 7.9).</summary>
    public static bool IsGln(string? text)
    {
        if (text is not { Length: 13 } || !text.All(char.IsAsciiDigit))
        {
            return false;
        }

        var sum = 0;
        for (var i = 0; i < 12; i++)
        {
            sum += (text[i] - '0') * (i % 2 == 0 ? 1 : 3);
        }

        return (10 - (sum % 10)) % 10 == text[12] - '0';
    }

    /// <summary>4 to 12 digits.</summary>
    public static bool IsGlnPrefix(string? text) => text is { Length: >= 4 and <= 12 } && text.All(char.IsAsciiDigit);

    /// <summary>The role of a name; <see cref="PartyRoles.None"/> if there is none.</summary>
    public static PartyRoles RoleOf(string? name) => Roles.FirstOrDefault(one => one.Name == name).Role;

    /// <summary>The names of roles.</summary>
    public static IEnumerable<string> OfRoles(PartyRoles roles) => Roles.Where(one => roles.HasFlag(one.Role)).Select(one => one.Name);
}
