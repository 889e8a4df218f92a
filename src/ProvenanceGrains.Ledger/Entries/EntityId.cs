using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ProvenanceGrains.Ledger.Entries;

/// <summary>Something with a journal: a kind (<c>lot</c>, <c>party</c>, <c>chain</c>, ...) and a key within it.</summary>
public readonly record struct EntityId
{
    /// <summary>The longest kind, in characters.</summary>
    public const int MaxKindLength = 32;

    /// <summary>The longest key, in UTF-8 bytes.</summary>
    public const int MaxKeyBytes = 1024;

    private readonly string? _kind;
    private readonly string? _key;

    private EntityId(string kind, string key)
    {
        _kind = kind;
        _key = key;
    }

    /// <summary>1 to 32 characters of <c>a-z</c>, <c>0-9</c> and <c>-</c>.</summary>
    public string Kind => _kind ?? "";

    /// <summary>1 to 1,024 UTF-8 bytes, no control characters.</summary>
    public string Key => _key ?? "";

    /// <summary>Checks a kind and a key and joins them.</summary>
    /// <param name="kind">See <see cref="Kind"/>.</param>
    /// <param name="key">See <see cref="Key"/>.</param>
    /// <param name="entity">The entity, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryCreate(string kind, string key, out EntityId entity, [NotNullWhen(false)] out string? error)
    {
        entity = default;
        error = Check(kind, key);
        if (error is not null)
        {
            return false;
        }

        entity = new EntityId(kind, key);
        return true;
    }

    /// <exception cref="ArgumentException">What <see cref="TryCreate"/> refuses.</exception>
    public static EntityId Create(string kind, string key) =>
        TryCreate(kind, key, out var entity, out var error) ? entity : throw new ArgumentException(error);

    public override string ToString() => $"{Kind}/{Key}";

    private static string? Check(string kind, string key)
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(key);
        if (kind.Length is 0 or > MaxKindLength)
        {
            return $"An entity kind has 1 to {MaxKindLength} characters, not {kind.Length}.";
        }

        foreach (var c in kind)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
            {
                return $"An entity kind holds a-z, 0-9 and '-' only: '{kind}'.";
            }
        }

        if (key.Length is 0 or > MaxKeyBytes || Encoding.UTF8.GetByteCount(key) > MaxKeyBytes)
        {
            return $"An entity key has 1 to {MaxKeyBytes} UTF-8 bytes.";
        }

        for (var i = 0; i < key.Length; i++)
        {
            if (char.IsControl(key[i]))
            {
                return "An entity key holds no control characters.";
            }

            // A lone surrogate has no UTF-8 form: two keys would share one index.
            if (char.IsHighSurrogate(key[i]) && i + 1 < key.Length && char.IsLowSurrogate(key[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(key[i]))
            {
                return "An entity key is well-formed Unicode.";
            }
        }

        return null;
    }
}

/// <summary>The 32 bytes that stand for an entity in the public log.</summary>
public readonly record struct EntityIndex(Hash256 Value)
{
    public override string ToString() => Value.ToHex();
}
