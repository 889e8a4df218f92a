using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Grains.Journals;

/// <summary>A unit before its entries are numbered and chained: all of it but the headers.</summary>
public sealed record UnitDraft
{
    /// <summary>The request's id.</summary>
    public required UInt128 Id { get; init; }

    /// <summary>Record time: milliseconds since the epoch.</summary>
    public required long TimeMs { get; init; }

    /// <summary>Key id of the author and id of the request, as the author group has them.</summary>
    public required ReadOnlyMemory<byte> Author { get; init; }

    /// <summary>What the entries are about, in order, with the entities it touches; each touches one at least.</summary>
    public required IReadOnlyList<MatterDraft> Matters { get; init; }

    /// <summary>See <see cref="CommitUnit.Note"/>.</summary>
    public required ReadOnlyMemory<byte> Note { get; init; }

    /// <summary>Asked when the unit takes its place in the order: false, and it is not written. Null for none.</summary>
    /// <remarks>It sees every unit of this silo that <see cref="IsAlone"/> and comes before. It must not commit anything itself.</remarks>
    public Func<CancellationToken, ValueTask<bool>>? Condition { get; init; }

    /// <summary>Whether no unit takes its place behind this one before it is decided.</summary>
    public bool IsAlone { get; init; }
}

/// <summary>One matter, e.g. an EPCIS event.</summary>
/// <param name="EntryType">E.g. <c>epcis.event</c>.</param>
/// <param name="Content">The content group's bytes.</param>
/// <param name="Claim">The name that only this matter may bear; null for none.</param>
/// <param name="Participants">The entities with their roles, each entity once.</param>
/// <param name="Projection">For the index.</param>
public sealed record MatterDraft(
    string EntryType,
    ReadOnlyMemory<byte> Content,
    Ledger.Hash256? Claim,
    IReadOnlyList<(EntityId Entity, string Role)> Participants,
    MatterProjection? Projection);

/// <summary>Where salts come from: 128 bits that nobody can guess.</summary>
/// <remarks>Production takes them from the operating system's generator; the simulator from a seed.</remarks>
public interface ISaltSource
{
    /// <summary>Fills the whole span.</summary>
    void Fill(Span<byte> destination);
}
