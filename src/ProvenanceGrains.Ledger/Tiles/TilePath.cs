using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ProvenanceGrains.Ledger.Tiles;

/// <summary>
/// Names a tile or an entry bundle of a log (C2SP tlog-tiles, Merkle Tree and Log entries), e.g. <c>tile/1/x001/234.p/5</c>
/// or <c>tile/entries/000</c>.
/// </summary>
/// <param name="Level">0 to 63; <see cref="Entries"/> for an entry bundle.</param>
/// <param name="Index">Position within the level, from 0.</param>
/// <param name="Width">Hashes or entries in it: 256, or 1 to 255 for a partial one.</param>
public readonly record struct TilePath(int Level, long Index, int Width)
{
    /// <summary>The <see cref="Level"/> that stands for entry bundles.</summary>
    public const int Entries = -1;

    /// <summary>Hashes or entries of a full tile or bundle.</summary>
    public const int FullWidth = 256;

    /// <summary>The highest level that the specification allows. A tree of 2^63 leaves needs 7.</summary>
    public const int MaxLevel = 63;

    /// <summary>The longest path, in characters.</summary>
    public const int MaxLength = 64;

    public bool IsEntryBundle => Level == Entries;

    public bool IsPartial => Width != FullWidth;

    /// <summary>The full tile of the same place.</summary>
    public TilePath Full => this with { Width = FullWidth };

    /// <summary>Length of the content in bytes: 32 a hash. Of an entry bundle unknown: 0.</summary>
    public int ContentLength => IsEntryBundle ? 0 : Width * Hash256.Size;

    /// <summary>The path relative to the log's prefix, without a leading slash.</summary>
    public override string ToString()
    {
        var groups = new Stack<string>();
        groups.Push((Index % 1000).ToString("000", CultureInfo.InvariantCulture));
        for (var rest = Index / 1000; rest > 0; rest /= 1000)
        {
            groups.Push("x" + (rest % 1000).ToString("000", CultureInfo.InvariantCulture));
        }

        var level = IsEntryBundle ? "entries" : Level.ToString(CultureInfo.InvariantCulture);
        var suffix = IsPartial ? ".p/" + Width.ToString(CultureInfo.InvariantCulture) : "";
        return $"tile/{level}/{string.Join('/', groups)}{suffix}";
    }

    /// <summary>Reads a path; only the one form that <see cref="ToString"/> writes is taken.</summary>
    public static bool TryParse(ReadOnlySpan<char> path, out TilePath tile, [NotNullWhen(false)] out string? error)
    {
        tile = default;
        if (path.Length > MaxLength || !path.StartsWith("tile/", StringComparison.Ordinal))
        {
            error = $"A tile path begins with 'tile/' and has at most {MaxLength} characters.";
            return false;
        }

        var rest = path["tile/".Length..];
        var slash = rest.IndexOf('/');
        var level = 0;
        if (slash < 0 || (!rest[..slash].SequenceEqual("entries") && !TryParseSmall(rest[..slash], MaxLevel, out level)))
        {
            error = $"The level of a tile is 'entries' or 0 to {MaxLevel} without leading zeroes.";
            return false;
        }

        level = rest[..slash].SequenceEqual("entries") ? Entries : level;
        rest = rest[(slash + 1)..];
        var width = FullWidth;
        var partial = rest.IndexOf(".p/", StringComparison.Ordinal);
        if (partial >= 0)
        {
            if (!TryParseSmall(rest[(partial + 3)..], FullWidth - 1, out width) || width == 0)
            {
                error = "The width of a partial tile is 1 to 255 without leading zeroes.";
                return false;
            }

            rest = rest[..partial];
        }

        if (!TryParseIndex(rest, out var index))
        {
            error = "The index of a tile is groups of three digits, all but the last with an 'x' before, none superfluous.";
            return false;
        }

        error = null;
        tile = new TilePath(level, index, width);
        return true;
    }

    private static bool TryParseIndex(ReadOnlySpan<char> text, out long index)
    {
        index = 0;
        for (var first = true; ; first = false)
        {
            var last = text.Length == 3;
            var group = last ? text : text.Length > 5 && text[0] == 'x' && text[4] == '/' ? text[1..4] : default;
            if (group.Length != 3 || group.ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }

            var value = ((group[0] - '0') * 100) + ((group[1] - '0') * 10) + (group[2] - '0');
            if ((first && !last && value == 0) || index > (long.MaxValue - value) / 1000)
            {
                return false;
            }

            index = (index * 1000) + value;
            if (last)
            {
                return true;
            }

            text = text[5..];
        }
    }

    private static bool TryParseSmall(ReadOnlySpan<char> text, int max, out int value)
    {
        value = 0;
        if (text.Length is 0 or > 3 || (text.Length > 1 && text[0] == '0') || text.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        value = int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        return value <= max;
    }
}
