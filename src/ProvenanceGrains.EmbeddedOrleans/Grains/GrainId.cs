using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>A grain's name: its type and its key, written <c>type/key</c>.</summary>
[GenerateSerializer, Immutable]
public readonly struct GrainId : IEquatable<GrainId>
{
    private GrainId(string type, string key)
    {
        TypeName = type;
        KeyText = key;
    }

    internal string TypeName { get; }

    internal string KeyText { get; }

    /// <summary>Whether this is <c>default</c>, which names no grain.</summary>
    public bool IsDefault => KeyText is null;

    public static bool operator ==(GrainId left, GrainId right) => left.Equals(right);

    public static bool operator !=(GrainId left, GrainId right) => !left.Equals(right);

    /// <summary>Names the grain of this type with this key; neither may be blank.</summary>
    public static GrainId Create(string type, string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(type);
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        return new GrainId(type, key);
    }

    /// <summary>Reads <c>type/key</c>; the first slash divides.</summary>
    public static bool TryParse(string? value, out GrainId result)
    {
        var slash = value?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        result = slash < 0 ? default : new GrainId(value![..slash], value[(slash + 1)..]);
        return slash >= 0;
    }

    public bool Equals(GrainId other) =>
        string.Equals(KeyText, other.KeyText, StringComparison.Ordinal)
        && string.Equals(TypeName, other.TypeName, StringComparison.Ordinal);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is GrainId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(TypeName, KeyText);

    public override string ToString() => $"{TypeName}/{KeyText}";
}
