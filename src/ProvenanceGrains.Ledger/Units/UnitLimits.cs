namespace ProvenanceGrains.Ledger.Units;

/// <summary>What a unit may hold at most. A reader refuses more, so these can be raised but not lowered.</summary>
public static class UnitLimits
{
    /// <summary>Entries of one unit.</summary>
    public const int MaxEntries = 100_000;

    /// <summary>Matters of one unit. Every matter has an entry, so there are never more of them.</summary>
    public const int MaxMatters = MaxEntries;

    /// <summary>Claims of one unit.</summary>
    public const int MaxClaims = 100_000;

    /// <summary>Encoded length of a whole unit, in bytes.</summary>
    public const int MaxUnitBytes = 64 * 1024 * 1024;

    /// <summary>Length of one matter, in bytes.</summary>
    public const int MaxMatterBytes = 16 * 1024 * 1024;

    /// <summary>Length of the author group, in bytes.</summary>
    public const int MaxAuthorBytes = 4096;

    /// <summary>Length of the note, in bytes.</summary>
    public const int MaxNoteBytes = 8 * 1024 * 1024;

    /// <summary>Different (entry type, role) pairs among the entries of one matter.</summary>
    public const int MaxTypesOfMatter = 255;
}
