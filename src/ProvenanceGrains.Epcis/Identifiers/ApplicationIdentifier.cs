using System.Globalization;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>One GS1 application identifier: what its data must look like and its role in a Digital Link.</summary>
public sealed class ApplicationIdentifier
{
    /// <summary>The longest data of any AI, in characters.</summary>
    public const int MaxDataLength = 90;

    private readonly Component[] _components;

    internal ApplicationIdentifier(string code, string flags, string[] components, string? sequences, string title)
    {
        Code = code;
        IsPredefinedLength = flags.Contains('*', StringComparison.Ordinal);
        IsDataAttribute = flags.Contains('?', StringComparison.Ordinal);
        Title = title;
        _components = Array.ConvertAll(components, Component.Parse);
        if (sequences is not null)
        {
            QualifierSequences = Array.ConvertAll(
                sequences.Split('|'), static s => s.Split(',', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    /// <summary>Two to four digits, such as <c>01</c>.</summary>
    public string Code { get; }

    /// <summary>The GS1 data title, such as <c>GTIN</c>.</summary>
    public string Title { get; }

    /// <summary>Whether no separator follows the data in an element string (GS1 General Specifications figure 7.8.5-2).</summary>
    public bool IsPredefinedLength { get; }

    /// <summary>Whether it may stand in the query string of a Digital Link.</summary>
    public bool IsDataAttribute { get; }

    /// <summary>Whether it can begin the path of a Digital Link.</summary>
    public bool IsPrimaryKey => QualifierSequences is not null;

    /// <summary>Whether the data begins with a GTIN, which older links write without its leading zeros.</summary>
    internal bool IsGtin => Code is "01" or "02" or "03";

    /// <summary>For a primary key: the qualifiers it takes, in order; one list for each alternative.</summary>
    internal string[][]? QualifierSequences { get; }

    /// <summary>Checks data against format, character set and content rules.</summary>
    /// <param name="data">Decoded data without the AI.</param>
    /// <returns>Null when it is valid, else the reason in words, naming the AI.</returns>
    public string? Check(ReadOnlySpan<char> data) => Check(data, verifyCheckDigit: true);

    internal string? Check(ReadOnlySpan<char> data, bool verifyCheckDigit)
    {
        var rest = data;
        foreach (var component in _components)
        {
            if (rest.IsEmpty && component.Optional)
            {
                break;
            }

            var length = Math.Min(rest.Length, component.MaxLength);
            var part = rest[..length];
            var reason = component.Check(part, verifyCheckDigit);
            if (reason is not null)
            {
                return $"({Code}) {Title} '{data}': {reason}";
            }

            rest = rest[length..];
        }

        return rest.IsEmpty ? null : $"({Code}) {Title} '{data}': it is {rest.Length} characters too long.";
    }

    /// <summary>One part of the data, with its own type, length and checks.</summary>
    private sealed class Component
    {
        private static readonly Gs1Linter CheckDigitLinter = Gs1Linters.CheckDigit;

        private readonly char _type;
        private readonly int _minLength;
        private readonly Gs1Linter[] _linters;

        private Component(char type, int minLength, int maxLength, bool optional, Gs1Linter[] linters)
        {
            _type = type;
            _minLength = minLength;
            MaxLength = maxLength;
            Optional = optional;
            _linters = linters;
        }

        public int MaxLength { get; }

        public bool Optional { get; }

        public static Component Parse(string text)
        {
            var parts = text.Split(',');
            var format = parts[0];
            var optional = format[0] == '[';
            format = format.Trim('[', ']');
            var variable = format.Contains("..", StringComparison.Ordinal);
            var max = int.Parse(format.AsSpan(variable ? 3 : 1), NumberStyles.None, CultureInfo.InvariantCulture);
            return new Component(
                format[0], variable ? 1 : max, max, optional, Array.ConvertAll(parts[1..], Gs1Linters.ByName));
        }

        public string? Check(ReadOnlySpan<char> part, bool verifyCheckDigit)
        {
            if (part.Length < _minLength)
            {
                return part.IsEmpty ? "it is empty or too short." : $"'{part}' has fewer than {_minLength} characters.";
            }

            var outside = _type switch
            {
                'N' => Gs1Characters.IndexOfNonDigit(part),
                'X' => Gs1Characters.IndexOutsideSet82(part),
                'Y' => Gs1Characters.IndexOutsideSet39(part),
                _ => Gs1Characters.IsSet64(part) ? -1 : 0,
            };
            if (outside >= 0)
            {
                return $"'{part[outside]}' is not allowed in '{part}'.";
            }

            foreach (var linter in _linters)
            {
                if (!verifyCheckDigit && linter == CheckDigitLinter)
                {
                    continue;
                }

                var reason = linter(part);
                if (reason is not null)
                {
                    return reason;
                }
            }

            return null;
        }
    }
}
