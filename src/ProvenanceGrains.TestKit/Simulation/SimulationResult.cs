namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>What to run.</summary>
public sealed record SimulationOptions
{
    /// <summary>Decides everything that happens.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The mistake to run with.</summary>
    public PlantedBug Bug { get; init; }

    /// <summary>Whether to keep the lines of the trace and not only their hash.</summary>
    public bool KeepsTrace { get; init; }
}

/// <summary>How a run ended.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Finding">What a check found wrong; null if all held.</param>
/// <param name="TraceHash">SHA-256 over all that happened, in hexadecimal digits: equal for two runs of one seed.</param>
/// <param name="Trace">What happened, if it was to be kept.</param>
/// <param name="Counts">How much of what happened.</param>
public sealed record SimulationResult(
    ulong Seed, string? Finding, string TraceHash, IReadOnlyList<string> Trace, SimulationCounts Counts);

/// <summary>How much of what happened in a run, or in many: what never happens is not tested.</summary>
public sealed record SimulationCounts
{
    public long Steps { get; set; }

    public long Documents { get; set; }

    public long Acknowledged { get; set; }

    public long Conflicts { get; set; }

    public long Blocks { get; set; }

    public long Entries { get; set; }

    public long Kills { get; set; }

    public long PowerLosses { get; set; }

    public long DiskFaults { get; set; }

    public long SealFaults { get; set; }

    public long ClockJumps { get; set; }

    public long Duplicates { get; set; }

    /// <summary>Stores that were tampered with, each of which was found out.</summary>
    public long Malices { get; set; }

    public void Add(SimulationCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Steps += other.Steps;
        Documents += other.Documents;
        Acknowledged += other.Acknowledged;
        Conflicts += other.Conflicts;
        Blocks += other.Blocks;
        Entries += other.Entries;
        Kills += other.Kills;
        PowerLosses += other.PowerLosses;
        DiskFaults += other.DiskFaults;
        SealFaults += other.SealFaults;
        ClockJumps += other.ClockJumps;
        Duplicates += other.Duplicates;
        Malices += other.Malices;
    }
}

/// <summary>A check found something wrong.</summary>
internal sealed class FindingException(string message) : Exception(message);
