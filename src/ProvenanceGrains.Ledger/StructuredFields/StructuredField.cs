using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace ProvenanceGrains.Ledger.StructuredFields;

/// <summary>Reads and writes the structured fields that HTTP message signatures are made of (RFC 9651, before RFC 8941).</summary>
public static class StructuredField
{
    /// <summary>The longest field value that is read, in characters.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>The most members of a dictionary or list.</summary>
    public const int MaxMembers = 256;

    /// <summary>The most items of an inner list.</summary>
    public const int MaxInnerItems = 256;

    /// <summary>The most parameters of one member.</summary>
    public const int MaxParameters = 64;

    /// <summary>Reads a dictionary (section 4.2.2). A key that comes again replaces the value before.</summary>
    /// <param name="text">The field's lines, joined by commas.</param>
    /// <param name="members">In order.</param>
    /// <param name="error">What is wrong, with its position.</param>
    public static bool TryParseDictionary(
        string text,
        [NotNullWhen(true)] out IReadOnlyList<KeyValuePair<string, StructuredMember>>? members,
        [NotNullWhen(false)] out string? error) => TryParseDictionary(text, refuseRepeats: false, out members, out error);

    /// <summary>The same; whether a key or a parameter that comes twice is an error is the caller's choice.</summary>
    internal static bool TryParseDictionary(
        string text,
        bool refuseRepeats,
        [NotNullWhen(true)] out IReadOnlyList<KeyValuePair<string, StructuredMember>>? members,
        [NotNullWhen(false)] out string? error)
    {
        members = null;
        if (!IsShortEnough(text, out error))
        {
            return false;
        }

        var reader = new StructuredFieldReader(text);
        reader.SkipSpaces();
        var read = reader.ReadDictionary(MaxMembers);
        error = !reader.TryEnd() ? reader.Error : refuseRepeats && reader.HasRepeats ? "something is named twice" : null;
        members = error is null ? read : null;
        return error is null;
    }

    /// <summary>Reads a list (section 4.2.1).</summary>
    public static bool TryParseList(
        string text, [NotNullWhen(true)] out IReadOnlyList<StructuredMember>? members, [NotNullWhen(false)] out string? error)
    {
        members = null;
        if (!IsShortEnough(text, out error))
        {
            return false;
        }

        var reader = new StructuredFieldReader(text);
        reader.SkipSpaces();
        var read = reader.ReadList(MaxMembers);
        members = reader.TryEnd() ? read : null;
        error = reader.Error;
        return error is null;
    }

    /// <summary>Reads a single item (section 4.2.3).</summary>
    public static bool TryParseItem(
        string text, [NotNullWhen(true)] out StructuredItem? item, [NotNullWhen(false)] out string? error)
    {
        item = null;
        if (!IsShortEnough(text, out error))
        {
            return false;
        }

        var reader = new StructuredFieldReader(text);
        reader.SkipSpaces();
        var read = reader.ReadItem();
        item = reader.TryEnd() ? read : null;
        error = reader.Error;
        return error is null;
    }

    /// <summary>Writes a dictionary (section 4.1.2).</summary>
    public static string Write(IEnumerable<KeyValuePair<string, StructuredMember>> dictionary)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        var text = new StringBuilder();
        foreach (var (key, member) in dictionary)
        {
            text.Append(text.Length > 0 ? ", " : "").Append(key);
            if (member is StructuredItem { Value: BareItem.BooleanItem { Value: true } })
            {
                Append(text, member.Parameters);
            }
            else
            {
                Append(text.Append('='), member);
            }
        }

        return text.ToString();
    }

    /// <summary>Writes a list (section 4.1.1).</summary>
    public static string Write(IEnumerable<StructuredMember> list)
    {
        ArgumentNullException.ThrowIfNull(list);
        var text = new StringBuilder();
        foreach (var member in list)
        {
            Append(text.Append(text.Length > 0 ? ", " : ""), member);
        }

        return text.ToString();
    }

    /// <summary>Writes an item or an inner list with its parameters (sections 4.1.1.1 and 4.1.3).</summary>
    public static string Write(StructuredMember member)
    {
        var text = new StringBuilder();
        Append(text, member);
        return text.ToString();
    }

    private static void Append(StringBuilder text, StructuredMember member)
    {
        if (member is InnerList list)
        {
            text.Append('(');
            for (var i = 0; i < list.Items.Count; i++)
            {
                Append(text.Append(i > 0 ? " " : ""), list.Items[i]);
            }

            text.Append(')');
        }
        else
        {
            Append(text, ((StructuredItem)member).Value);
        }

        Append(text, member.Parameters);
    }

    private static void Append(StringBuilder text, Parameters parameters)
    {
        foreach (var (key, value) in parameters.All)
        {
            text.Append(';').Append(key);
            if (value is not BareItem.BooleanItem { Value: true })
            {
                Append(text.Append('='), value);
            }
        }
    }

    private static void Append(StringBuilder text, BareItem value)
    {
        var invariant = CultureInfo.InvariantCulture;
        switch (value)
        {
            case BareItem.IntegerItem integer:
                text.Append(integer.Value.ToString(invariant));
                break;
            case BareItem.DecimalItem number:
                text.Append(number.Value.ToString("0.0##", invariant));
                break;
            case BareItem.StringItem { Value: var characters }:
                text.Append('"').Append(characters.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
                break;
            case BareItem.TokenItem token:
                text.Append(token.Value);
                break;
            case BareItem.BytesItem bytes:
                text.Append(':').Append(Convert.ToBase64String(bytes.Value.Span)).Append(':');
                break;
            case BareItem.BooleanItem boolean:
                text.Append(boolean.Value ? "?1" : "?0");
                break;
            case BareItem.DateItem date:
                text.Append('@').Append(date.Seconds.ToString(invariant));
                break;
        }
    }

    private static bool IsShortEnough(string text, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        error = text.Length <= MaxLength ? null : $"it has {text.Length} characters, at most {MaxLength} are read";
        return error is null;
    }
}
