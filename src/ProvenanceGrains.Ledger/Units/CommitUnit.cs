using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Ledger.Units;

/// <summary>A field group as it is kept: its salt and its bytes.</summary>
/// <param name="Salt">16 bytes.</param>
/// <param name="Bytes">The group's content. The holder must not change it.</param>
public readonly record struct SaltedBytes(Salt Salt, ReadOnlyMemory<byte> Bytes);

/// <summary>One entry of a unit.</summary>
/// <param name="Entity">Whose journal.</param>
/// <param name="Header">Numbered and chained already.</param>
/// <param name="EntitySalt">Salt of the <see cref="FieldGroup.Entity"/> group.</param>
/// <param name="TypeSalt">Salt of the <see cref="FieldGroup.Type"/> group.</param>
/// <param name="EntryType">E.g. <c>epcis.event</c>.</param>
/// <param name="Role">The entity's part in the matter, e.g. <c>epc</c>, <c>parent</c>; may be empty.</param>
/// <param name="Matter">Which of the unit's matters is this entry's <see cref="FieldGroup.Content"/> group.</param>
public readonly record struct UnitEntry(
    EntityId Entity,
    EntryHeader Header,
    Salt EntitySalt,
    Salt TypeSalt,
    string EntryType,
    string Role,
    int Matter);

/// <summary>A name that only one matter of the whole log may bear: the hash of an event's id, say.</summary>
/// <param name="Name">SHA-256 over what is claimed.</param>
/// <param name="Matter">Which of the unit's matters claims it.</param>
public readonly record struct Claim(Hash256 Name, int Matter);

/// <summary>
/// What commits together or not at all: entries of one or more journals, the matters they are about, each stored once
/// however many entries share it, and the author group that all of them share.
/// </summary>
/// <remarks>
/// Entries of one journal stand in the order of their sequence; entries of one matter stand together, in the order of
/// the matters. Every matter has at least one entry. The record is data: The unit codec checks and encodes it.
/// </remarks>
public sealed record CommitUnit
{
    /// <summary>The request's id, 16 bytes, e.g. that of a capture job.</summary>
    public required UInt128 Id { get; init; }

    /// <summary>When it was recorded: milliseconds since the epoch; the <c>recordTime</c> of its events.</summary>
    public required long TimeMs { get; init; }

    /// <summary>The author group shared by every entry of the unit.</summary>
    public required SaltedBytes Author { get; init; }

    /// <summary>The content groups, in the order in which the entries use them.</summary>
    public required IReadOnlyList<SaltedBytes> Matters { get; init; }

    public required IReadOnlyList<UnitEntry> Entries { get; init; }

    public required IReadOnlyList<Claim> Claims { get; init; }

    /// <summary>What the request's own record holds beside, e.g. a capture job as JSON; may be empty. Not committed to.</summary>
    public required ReadOnlyMemory<byte> Note { get; init; }
}
