using System.Text.Json;

namespace ProvenanceGrains.Grains.Contracts.Capture;

/// <summary>What a unit keeps of the capture job that it is: everything that its entries do not say.</summary>
/// <param name="Behaviour">What the sender asked for.</param>
/// <param name="Replayed">Events of the document that were in the log already.</param>
/// <param name="Errors">What was left out, and why.</param>
public sealed record CaptureNote(
    CaptureErrorBehaviour Behaviour, IReadOnlyList<string> Replayed, IReadOnlyList<CaptureError> Errors)
{
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);

    /// <exception cref="InvalidDataException">The bytes are no note.</exception>
    public static CaptureNote Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<CaptureNote>(json.Span, JsonSerializerOptions.Web)
                ?? throw new InvalidDataException("A capture job's note is null.");
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException($"A capture job's note is damaged: {damaged.Message}", damaged);
        }
    }
}
