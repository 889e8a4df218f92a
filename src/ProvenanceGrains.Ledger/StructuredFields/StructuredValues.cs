namespace ProvenanceGrains.Ledger.StructuredFields;

/// <summary>A bare item of a structured field (RFC 9651 section 3.3).</summary>
public abstract record BareItem
{
    private BareItem()
    {
    }

    /// <summary>At most 15 digits and a sign (section 3.3.1).</summary>
    public sealed record IntegerItem(long Value) : BareItem;

    /// <summary>At most 12 digits before and 3 behind the point (section 3.3.2).</summary>
    public sealed record DecimalItem(decimal Value) : BareItem;

    /// <summary>Printable ASCII (section 3.3.3).</summary>
    public sealed record StringItem(string Value) : BareItem;

    /// <summary>A word such as <c>sha-256</c> (section 3.3.4).</summary>
    public sealed record TokenItem(string Value) : BareItem;

    /// <summary>Bytes, on the wire base64 between colons (section 3.3.5).</summary>
    public sealed record BytesItem(ReadOnlyMemory<byte> Value) : BareItem;

    /// <summary><c>?1</c> or <c>?0</c> (section 3.3.6).</summary>
    public sealed record BooleanItem(bool Value) : BareItem;

    /// <summary>Seconds since the epoch, on the wire behind <c>@</c> (section 3.3.7).</summary>
    public sealed record DateItem(long Seconds) : BareItem;
}

/// <summary>Parameters in the order in which they came, each name once.</summary>
public sealed class Parameters
{
    private readonly List<KeyValuePair<string, BareItem>> _all = [];

    /// <summary>No parameters.</summary>
    public static Parameters None { get; } = new();

    /// <summary>In order.</summary>
    public IReadOnlyList<KeyValuePair<string, BareItem>> All => _all;

    /// <summary>Makes parameters; a later one of a name replaces the value of the earlier one, in its place (RFC 9651 section 4.2.3.2).</summary>
    public static Parameters Of(params IEnumerable<KeyValuePair<string, BareItem>> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        var parameters = new Parameters();
        foreach (var (name, value) in all)
        {
            parameters.Set(name, value);
        }

        return parameters;
    }

    /// <summary>The value of a parameter; null if it is not there.</summary>
    public BareItem? Find(string name)
    {
        foreach (var (key, value) in _all)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Whether a parameter is there and true.</summary>
    public bool IsSet(string name) => Find(name) is BareItem.BooleanItem { Value: true };

    internal void Set(string name, BareItem value)
    {
        var known = _all.FindIndex(one => one.Key == name);
        if (known < 0)
        {
            _all.Add(new(name, value));
        }
        else
        {
            _all[known] = new(name, value);
        }
    }
}

/// <summary>A member of a list or dictionary: an item or an inner list, with its parameters.</summary>
public abstract record StructuredMember(Parameters Parameters);

/// <summary>An item (RFC 9651 section 3.3).</summary>
public sealed record StructuredItem(BareItem Value, Parameters Parameters) : StructuredMember(Parameters);

/// <summary>An inner list (RFC 9651 section 3.1.1).</summary>
public sealed record InnerList(IReadOnlyList<StructuredItem> Items, Parameters Parameters) : StructuredMember(Parameters);
