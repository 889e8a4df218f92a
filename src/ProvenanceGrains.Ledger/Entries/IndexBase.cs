using ProvenanceGrains.Ledger.Blocks;

namespace ProvenanceGrains.Ledger.Entries;

/// <summary>
/// What the VRF is evaluated for: the product, with its lot if it is named, of an item below it, and any other entity itself
/// (docs/formats.md, Index by a verifiable random function).
/// </summary>
/// <param name="Kind">The entity's kind.</param>
/// <param name="Key">The whole key, or for an item what stands before its serial number.</param>
internal readonly record struct IndexBase(string Kind, string Key)
{
    private const string ItemKind = "lot";
    private const string ProductPrefix = "01/";
    private const string SerialNumber = "/21/";

    /// <summary>Whether an entity has a hashed index under every rule: the log's own journal, whose key is no secret.</summary>
    /// <remarks>A stranger who has nothing but the log's key must be able to tell blocks from entries.</remarks>
    public static bool IsOpen(in EntityId entity) => entity.Kind == BlockContent.EntityKind;

    /// <summary>Splits an entity into its base and the rest.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="rest"><c>21/</c> and the serial number for an item; empty for anything else.</param>
    public static IndexBase Of(in EntityId entity, out ReadOnlySpan<char> rest)
    {
        var key = entity.Key;
        var at = entity.Kind == ItemKind && key.StartsWith(ProductPrefix, StringComparison.Ordinal)
            ? key.LastIndexOf(SerialNumber, StringComparison.Ordinal)
            : -1;

        // A serial number that holds a '/' has it escaped. The parts come in pairs: a lot that is called 21 is no serial number.
        if (at < ProductPrefix.Length
            || at + SerialNumber.Length == key.Length
            || key.AsSpan(at + SerialNumber.Length).Contains('/')
            || key.AsSpan(0, at).Count('/') % 2 == 0)
        {
            rest = [];
            return new IndexBase(entity.Kind, key);
        }

        rest = key.AsSpan(at + 1);
        return new IndexBase(entity.Kind, key[..at]);
    }

    /// <summary>The VRF's input for a base.</summary>
    public byte[] ToAlpha()
    {
        var domain = "provenancegrains/vrf/v1\0"u8;
        Span<byte> buffer = stackalloc byte[domain.Length + PrefixedText.MaxSize(EntityId.MaxKindLength + EntityId.MaxKeyBytes, 2)];
        domain.CopyTo(buffer);
        var length = domain.Length;
        length += PrefixedText.Write(Kind, buffer[length..]);
        length += PrefixedText.Write(Key, buffer[length..]);
        return buffer[..length].ToArray();
    }

    /// <summary>The index from the VRF's output for the base and the rest of the key.</summary>
    public static EntityIndex Derive(in Hash256 output, ReadOnlySpan<char> rest)
    {
        var domain = "provenancegrains/vrf-index/v1\0"u8;
        Span<byte> buffer = stackalloc byte[domain.Length + Hash256.Size + PrefixedText.MaxSize(EntityId.MaxKeyBytes, 1)];
        domain.CopyTo(buffer);
        output.CopyTo(buffer[domain.Length..]);
        var length = domain.Length + Hash256.Size;
        length += PrefixedText.Write(rest, buffer[length..]);
        return new EntityIndex(Hash256.Sha256(buffer[..length]));
    }
}
