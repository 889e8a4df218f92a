namespace ProvenanceGrains.Storage.Admission;

/// <summary>The conditions of a <see cref="MatterQuery"/> that one matter alone decides, and the checks on queries.</summary>
internal static class MatterFilter
{
    /// <summary>The most rows of one page.</summary>
    public const int MaxPage = 1000;

    public static bool Matches(MatterQuery query, MatterProjection matter, long recordTimeMs) =>
        Within(matter.TimeMs, query.FromTimeMs, query.BeforeTimeMs)
        && Within(recordTimeMs, query.FromRecordTimeMs, query.BeforeRecordTimeMs)
        && OneOf(matter.MatterType, query.MatterTypes)
        && OneOf(matter.Action, query.Actions)
        && OneOf(matter.BizStep, query.BizSteps)
        && OneOf(matter.Disposition, query.Dispositions)
        && OneOf(matter.ReadPoint, query.ReadPoints)
        && OneOf(matter.BizLocation, query.BizLocations);

    public static bool Within(long time, long? from, long? before) =>
        (from is null || time >= from) && (before is null || time < before);

    /// <exception cref="ArgumentOutOfRangeException">The limit is not 1 to 1,000.</exception>
    public static void CheckPage(int max, string name)
    {
        if (max is < 1 or > MaxPage)
        {
            throw new ArgumentOutOfRangeException(name, max, $"A page has 1 to {MaxPage} rows.");
        }
    }

    private static bool OneOf(string? value, IReadOnlyList<string>? wanted)
    {
        if (wanted is null)
        {
            return true;
        }

        for (var i = 0; i < wanted.Count; i++)
        {
            if (value is not null && string.Equals(value, wanted[i], StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
