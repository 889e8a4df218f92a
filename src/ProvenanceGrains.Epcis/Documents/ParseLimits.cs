namespace ProvenanceGrains.Epcis.Documents;

/// <summary>What a document may cost. Every limit is checked while reading, before anything of that size is kept.</summary>
public sealed record ParseLimits
{
    /// <summary>The defaults.</summary>
    public static ParseLimits Default { get; } = new();

    /// <summary>For content that this program accepted before: roomier, and any time is fine.</summary>
    public static ParseLimits Stored { get; } = new()
    {
        MaxBodyBytes = 64 << 20,
        MaxDepth = 72,
        MaxContextBytes = 64 << 10,
        MaxExtensionBytesPerEvent = int.MaxValue,
        MaxEpcsPerEvent = int.MaxValue,
        MaxEpcsPerDocument = int.MaxValue,
        MaxListElements = int.MaxValue,
        MaxStringBytes = int.MaxValue,
        MaxFutureMs = null,
    };

    /// <summary>Bytes of a whole document.</summary>
    public int MaxBodyBytes { get; init; } = 16 << 20;

    /// <summary>Nesting levels of arrays and objects, the document itself being the first.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Events in one document.</summary>
    public int MaxEventsPerDocument { get; init; } = 10_000;

    /// <summary>EPCs and quantity elements in one event, over all its lists.</summary>
    public int MaxEpcsPerEvent { get; init; } = 10_000;

    /// <summary>EPCs and quantity elements in one document, over all its events.</summary>
    public int MaxEpcsPerDocument { get; init; } = 100_000;

    /// <summary>Elements of any other standard list (transactions, sources, sensor elements, sensor reports).</summary>
    public int MaxListElements { get; init; } = 1_000;

    /// <summary>UTF-8 bytes of one JSON string, as written.</summary>
    public int MaxStringBytes { get; init; } = 64 << 10;

    /// <summary>UTF-8 bytes of one identifier; never more than an entity key may have.</summary>
    public int MaxIdentifierBytes { get; init; } = 1_024;

    /// <summary>Bytes of all extension members of one event, nested ones included.</summary>
    public int MaxExtensionBytesPerEvent { get; init; } = 256 << 10;

    /// <summary>Bytes of the <c>@context</c> in force for an event, without insignificant whitespace.</summary>
    public int MaxContextBytes { get; init; } = 8 << 10;

    /// <summary>Errors reported for one document; what comes after is not listed.</summary>
    public int MaxErrors { get; init; } = 100;

    /// <summary>How far past the present an event may claim to have happened, in milliseconds; null for any time.</summary>
    public long? MaxFutureMs { get; init; } = 24L * 60 * 60 * 1000;
}
