namespace ProvenanceGrains.Epcis.Samples;

internal sealed record SampleQuantity(string Class, decimal Amount, string? Unit = "KGM");

internal sealed record SampleReport(
    string Type, string Unit, decimal? Value = null, decimal? Lowest = null, decimal? Highest = null, decimal? Mean = null);

internal sealed record SampleSensor(
    string Device, DateTimeOffset Start, DateTimeOffset End, IReadOnlyList<SampleReport> Reports);

/// <summary>The part of an EPCIS event that the generated story needs. Null and empty members are left out.</summary>
internal sealed record SampleEvent
{
    public required string Type { get; init; }

    public required DateTimeOffset Time { get; init; }

    public string? Action { get; init; }

    public required string BizStep { get; init; }

    public string? Disposition { get; init; }

    /// <summary>Set with this event to last (EPCIS 2.0, 7.3.5.3).</summary>
    public string? PersistentDisposition { get; init; }

    public required SamplePlace ReadPoint { get; init; }

    /// <summary>Say the read point by its position instead of its key.</summary>
    public bool ByPosition { get; init; }

    public SamplePlace? Location { get; init; }

    public string? Parent { get; init; }

    public IReadOnlyList<string> Epcs { get; init; } = [];

    public IReadOnlyList<SampleQuantity> Quantities { get; init; } = [];

    public IReadOnlyList<SampleQuantity> Inputs { get; init; } = [];

    public IReadOnlyList<string> OutputEpcs { get; init; } = [];

    public IReadOnlyList<SampleQuantity> Outputs { get; init; } = [];

    public IReadOnlyList<(string Type, string Id)> Transactions { get; init; } = [];

    /// <summary>Prefix of the company that hands over.</summary>
    public string? From { get; init; }

    /// <summary>Prefix of the company that takes over.</summary>
    public string? To { get; init; }

    public IReadOnlyList<SampleSensor> Sensors { get; init; } = [];

    public IReadOnlyList<(string Name, string Value)> Ilmd { get; init; } = [];

    public string? Certificate { get; init; }

    /// <summary>Whether the sender numbers its events; without, the event hash is the event's identity.</summary>
    public bool HasId { get; init; } = true;
}
