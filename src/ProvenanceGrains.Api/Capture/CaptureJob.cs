using System.Text.Json;
using System.Text.Json.Serialization;
using ProvenanceGrains.Grains.Contracts.Capture;

namespace ProvenanceGrains.Api.Capture;

/// <summary>A capture job (EPCIS 2.0 REST binding, schema <c>epcisCaptureJob</c>), with where each event went.</summary>
/// <remarks><c>ReceiptLevel</c>: durable, sealed or witnessed, the highest that all of it has reached now.</remarks>
public sealed record CaptureJob(
    [property: JsonPropertyName("captureID")] string CaptureId,
    DateTimeOffset CreatedAt,
    DateTimeOffset FinishedAt,
    bool Running,
    bool Success,
    string CaptureErrorBehaviour,
    string ReceiptLevel,
    IReadOnlyList<CaptureError> Errors,
    IReadOnlyList<CapturedEvent> Events)
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
}

/// <summary>An event that the job put into the log.</summary>
public sealed record CapturedEvent(
    [property: JsonPropertyName("eventID")] string EventId, IReadOnlyList<CapturedEntry> Entries);

/// <summary>One of its entries.</summary>
/// <param name="Kind">Kind of the entity.</param>
/// <param name="Key">Key of the entity.</param>
/// <param name="Role">The entity's part in the event.</param>
/// <param name="Sequence">Position in the entity's journal.</param>
/// <param name="LeafIndex">Position in the log; null until a published checkpoint covers it.</param>
public sealed record CapturedEntry(string Kind, string Key, string Role, long Sequence, long? LeafIndex);

/// <summary>Describes capture jobs out of what is stored.</summary>
public interface ICaptureJobs
{
    /// <summary>The job of that id; null if there is none.</summary>
    Task<CaptureJob?> FindAsync(string id, CancellationToken cancellation);

    /// <summary>The job that a receipt names, for the one who sent the document.</summary>
    Task<CaptureJob> DescribeAsync(CaptureReceipt receipt, CancellationToken cancellation);
}
