namespace ProvenanceGrains.Api.Capture;

/// <summary>What capture announces and refuses beyond.</summary>
public sealed record CaptureLimits
{
    /// <summary>Events of one document.</summary>
    public int MaxEvents { get; init; } = 10_000;

    /// <summary>Bytes of one document.</summary>
    public int MaxDocumentBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Bytes of all documents that are being held at a time.</summary>
    public long MaxBytesInFlight { get; init; } = 256L * 1024 * 1024;
}
