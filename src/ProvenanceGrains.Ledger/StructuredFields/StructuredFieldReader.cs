using System.Globalization;
using System.Text;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.StructuredFields;

/// <summary>
/// Reads structured fields step by step as RFC 9651 section 4.2 does. The first thing that is wrong is kept with its
/// position, and every further step ends at once.
/// </summary>
/// <remarks>Display strings (section 3.3.8) are refused: no field that is read here has any.</remarks>
internal ref struct StructuredFieldReader(string text)
{
    private readonly string _text = text;
    private int _at;

    public string? Error { get; private set; }

    /// <summary>Whether a dictionary or a parameter list named something twice.</summary>
    public bool HasRepeats { get; private set; }

    /// <summary>Section 4.2, step 6 and 7: what is left may only be spaces.</summary>
    public bool TryEnd()
    {
        SkipSpaces();
        if (Error is null && _at < _text.Length)
        {
            Fail("something follows that does not belong there");
        }

        return Error is null;
    }

    public void SkipSpaces()
    {
        while (Peek() == ' ')
        {
            _at++;
        }
    }

    /// <summary>Section 4.2.2.</summary>
    public List<KeyValuePair<string, StructuredMember>> ReadDictionary(int maxMembers)
    {
        var members = new List<KeyValuePair<string, StructuredMember>>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        while (Error is null && _at < _text.Length)
        {
            var key = ReadKey();
            StructuredMember member = TryTake('=')
                ? ReadMember()
                : new StructuredItem(new BareItem.BooleanItem(true), ReadParameters());
            if (places.TryGetValue(key, out var place))
            {
                HasRepeats = true;
                members[place] = new(key, member);
            }
            else if (members.Count == maxMembers)
            {
                Fail($"there are more than {maxMembers} members");
            }
            else
            {
                places.Add(key, members.Count);
                members.Add(new(key, member));
            }

            if (!NextMember())
            {
                break;
            }
        }

        return members;
    }

    /// <summary>Section 4.2.1.</summary>
    public List<StructuredMember> ReadList(int maxMembers)
    {
        var members = new List<StructuredMember>();
        while (Error is null && _at < _text.Length)
        {
            if (members.Count == maxMembers)
            {
                Fail($"there are more than {maxMembers} members");
                break;
            }

            members.Add(ReadMember());
            if (!NextMember())
            {
                break;
            }
        }

        return members;
    }

    /// <summary>Section 4.2.3.</summary>
    public StructuredItem ReadItem() => new(ReadBareItem(), ReadParameters());

    /// <summary>Section 4.2.1.1.</summary>
    private StructuredMember ReadMember() => Peek() == '(' ? ReadInnerList() : ReadItem();

    private InnerList ReadInnerList()
    {
        var items = new List<StructuredItem>();
        _at++;
        while (Error is null)
        {
            SkipSpaces();
            if (TryTake(')'))
            {
                return new InnerList(items, ReadParameters());
            }

            if (items.Count == StructuredField.MaxInnerItems)
            {
                Fail($"an inner list has more than {StructuredField.MaxInnerItems} items");
                break;
            }

            items.Add(ReadItem());
            if (Peek() is not (' ' or ')'))
            {
                Fail("an inner list goes on with a space or ends with ')'");
            }
        }

        return new InnerList([], Parameters.None);
    }

    /// <summary>Whether another member follows; a comma at the end is wrong.</summary>
    private bool NextMember()
    {
        SkipOptionalSpace();
        if (Error is not null || _at == _text.Length)
        {
            return false;
        }

        if (!TryTake(','))
        {
            Fail("a comma is missing");
            return false;
        }

        SkipOptionalSpace();
        if (_at == _text.Length)
        {
            Fail("nothing follows the last comma");
        }

        return Error is null;
    }

    private Parameters ReadParameters()
    {
        Parameters? parameters = null;
        while (Error is null && TryTake(';'))
        {
            SkipSpaces();
            var key = ReadKey();
            BareItem value = TryTake('=') ? ReadBareItem() : new BareItem.BooleanItem(true);
            parameters ??= new Parameters();
            HasRepeats |= parameters.Find(key) is not null;
            parameters.Set(key, value);
            if (parameters.All.Count > StructuredField.MaxParameters)
            {
                Fail($"there are more than {StructuredField.MaxParameters} parameters");
            }
        }

        return parameters ?? Parameters.None;
    }

    /// <summary>Section 4.2.3.3.</summary>
    private string ReadKey()
    {
        var start = _at;
        if (Peek() is not ((>= 'a' and <= 'z') or '*'))
        {
            Fail("a key begins with a-z or '*'");
            return "";
        }

        while (Peek() is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_' or '-' or '.' or '*')
        {
            _at++;
        }

        return _text[start.._at];
    }

    private BareItem ReadBareItem()
    {
        switch (Peek())
        {
            case '-' or (>= '0' and <= '9'):
                return ReadNumber();
            case '"':
                return new BareItem.StringItem(ReadString());
            case '*' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z'):
                return new BareItem.TokenItem(ReadToken());
            case ':':
                return new BareItem.BytesItem(ReadBytes());
            case '?':
                return ReadBoolean();
            case '@':
                return ReadDate();
            default:
                Fail("no item begins like this");
                return new BareItem.BooleanItem(false);
        }
    }

    /// <summary>Section 4.2.4.</summary>
    private BareItem ReadNumber()
    {
        var start = _at;
        TryTake('-');
        var whole = CountDigits();
        if (whole == 0 || !TryTake('.'))
        {
            if (whole is 0 or > 15)
            {
                Fail("an integer has 1 to 15 digits");
                return new BareItem.IntegerItem(0);
            }

            return new BareItem.IntegerItem(long.Parse(_text.AsSpan(start, _at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        }

        var fraction = CountDigits();
        if (whole > 12 || fraction is 0 or > 3)
        {
            Fail("a decimal has at most 12 digits before and 1 to 3 behind its point");
            return new BareItem.DecimalItem(0);
        }

        return new BareItem.DecimalItem(decimal.Parse(
            _text.AsSpan(start, _at - start), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture));
    }

    private int CountDigits()
    {
        var start = _at;
        while (Peek() is >= '0' and <= '9')
        {
            _at++;
        }

        return _at - start;
    }

    /// <summary>Section 4.2.5.</summary>
    private string ReadString()
    {
        var value = new StringBuilder();
        _at++;
        while (_at < _text.Length)
        {
            var c = _text[_at++];
            if (c == '"')
            {
                return value.ToString();
            }

            if (c == '\\')
            {
                if (Peek() is not ('"' or '\\'))
                {
                    break;
                }

                c = _text[_at++];
            }
            else if (c is < ' ' or > '~')
            {
                break;
            }

            value.Append(c);
        }

        Fail("a string is printable ASCII between quotation marks, with only '\"' and '\\' escaped");
        return "";
    }

    /// <summary>Section 4.2.6.</summary>
    private string ReadToken()
    {
        var start = _at;
        while (Peek() is ':' or '/' or '!' or '#' or '$' or '%' or '&' or '\'' or '*' or '+' or '-' or '.' or '^' or '_' or '`' or '|' or '~'
            or (>= '0' and <= '9') or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z'))
        {
            _at++;
        }

        return _text[start.._at];
    }

    /// <summary>Section 4.2.7; padding is required and bits that mean nothing are zero, so that a value has one spelling.</summary>
    private ReadOnlyMemory<byte> ReadBytes()
    {
        var start = ++_at;
        var end = _text.IndexOf(':', start);
        if (end < 0 || !Ascii.IsValid(_text.AsSpan(start, end - start))
            || !StrictText.TryDecodeBase64(Encoding.ASCII.GetBytes(_text[start..end]), canonical: true, out var bytes))
        {
            Fail("bytes are base64 between colons");
            return default;
        }

        _at = end + 1;
        return bytes;
    }

    private BareItem ReadBoolean()
    {
        _at++;
        var value = Peek();
        if (value is not ('0' or '1'))
        {
            Fail("a boolean is ?0 or ?1");
        }
        else
        {
            _at++;
        }

        return new BareItem.BooleanItem(value == '1');
    }

    private BareItem ReadDate()
    {
        _at++;
        if (ReadNumber() is BareItem.IntegerItem { Value: var seconds })
        {
            return new BareItem.DateItem(seconds);
        }

        Fail("a date is a whole number of seconds");
        return new BareItem.DateItem(0);
    }

    private void SkipOptionalSpace()
    {
        while (Peek() is ' ' or '\t')
        {
            _at++;
        }
    }

    private bool TryTake(char expected)
    {
        if (Peek() != expected)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>The next character; NUL, which no field holds, at the end and once something was wrong.</summary>
    private readonly char Peek() => Error is null && _at < _text.Length ? _text[_at] : '\0';

    private void Fail(string reason) => Error ??= $"{reason} (character {_at})";
}
