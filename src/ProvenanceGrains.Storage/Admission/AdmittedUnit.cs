using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Storage.Admission;

/// <summary>A unit that is well formed, with what every store works out of it before it takes its turn.</summary>
/// <remarks>All of this depends on the unit alone, so it is done on the caller's thread and not on the committer's.</remarks>
internal sealed class AdmittedUnit
{
    private AdmittedUnit(CommitUnit unit, UnitChains chains, int length, IReadOnlyList<MatterProjection?> projections)
    {
        Unit = unit;
        Chains = chains;
        Length = length;
        Projections = projections;
    }

    public CommitUnit Unit { get; }

    public UnitChains Chains { get; }

    /// <summary>Encoded length, in bytes.</summary>
    public int Length { get; }

    /// <summary>One a matter; null for a matter that is not indexed.</summary>
    public IReadOnlyList<MatterProjection?> Projections { get; }

    /// <summary>Checks a unit as <see cref="IJournalWriter.AppendAsync"/> promises.</summary>
    /// <exception cref="ArgumentException">It is not well formed, or there is not one projection a matter.</exception>
    public static AdmittedUnit Admit(
        CommitUnit unit,
        IReadOnlyList<MatterProjection?>? projections,
        IMatterProjector projector,
        IEntityIndexFunction index)
    {
        if (!UnitCheck.TryCheck(unit, out var chains, out var error)
            || !UnitCodec.TryMeasure(unit, out var length, out error))
        {
            throw new ArgumentException(error, nameof(unit));
        }

        foreach (var journal in chains.Journals)
        {
            // The stores find a journal by its index: an entry under another's would be in the wrong journal for ever.
            var entry = unit.Entries[journal.First];
            if (index.Compute(entry.Entity) != entry.Header.Index)
            {
                throw new ArgumentException($"The index in the header is not that of {entry.Entity}.", nameof(unit));
            }
        }

        if (projections is not null && projections.Count != unit.Matters.Count)
        {
            throw new ArgumentException(
                $"There are {projections.Count} projections for {unit.Matters.Count} matters.", nameof(projections));
        }

        return new AdmittedUnit(unit, chains, length, projections ?? Project(unit, projector));
    }

    /// <summary>The same for a unit that was read back from a log, where it was checked when it was written.</summary>
    public static bool TryReadmit(
        CommitUnit unit,
        int length,
        IMatterProjector projector,
        [NotNullWhen(true)] out AdmittedUnit? admitted,
        [NotNullWhen(false)] out string? error)
    {
        admitted = UnitCheck.TryCheck(unit, out var chains, out error)
            ? new AdmittedUnit(unit, chains, length, Project(unit, projector))
            : null;
        return admitted is not null;
    }

    /// <summary>Asks the projector about every matter, naming the type of the matter's first entry.</summary>
    public static MatterProjection?[] Project(CommitUnit unit, IMatterProjector projector)
    {
        var projections = new MatterProjection?[unit.Matters.Count];
        var matter = -1;
        for (var i = 0; i < unit.Entries.Count && matter < projections.Length - 1; i++)
        {
            var entry = unit.Entries[i];
            if (entry.Matter != matter)
            {
                matter = entry.Matter;
                projections[matter] = projector.Project(entry.EntryType, unit.Matters[matter].Bytes);
            }
        }

        return projections;
    }
}
