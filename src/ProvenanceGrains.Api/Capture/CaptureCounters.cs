using ProvenanceGrains.Grains.Contracts.Capture;

namespace ProvenanceGrains.Api.Capture;

/// <summary>What became of documents, since the start.</summary>
internal sealed class CaptureCounters
{
    private long _captured;
    private long _events;
    private long _replayed;
    private long _refused;
    private long _putOff;

    /// <summary>Documents captured.</summary>
    public long Captured => Interlocked.Read(ref _captured);

    /// <summary>Events in them.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>Documents that were in the log already.</summary>
    public long Replayed => Interlocked.Read(ref _replayed);

    /// <summary>Documents refused for what they are (4xx).</summary>
    public long RefusedDocuments => Interlocked.Read(ref _refused);

    /// <summary>Documents put off (503).</summary>
    public long PutOffDocuments => Interlocked.Read(ref _putOff);

    public void Refused() => Interlocked.Increment(ref _refused);

    public void PutOff() => Interlocked.Increment(ref _putOff);

    public void Count(CaptureOutcome outcome)
    {
        switch (outcome)
        {
            case CaptureOutcome.Captured { Receipt.Replayed: true }:
                Interlocked.Increment(ref _replayed);
                break;
            case CaptureOutcome.Captured captured:
                Interlocked.Increment(ref _captured);
                Interlocked.Add(ref _events, captured.Receipt.EventIds.Count);
                break;
            case CaptureOutcome.Busy or CaptureOutcome.Unavailable:
                PutOff();
                break;
            default:
                Refused();
                break;
        }
    }
}
