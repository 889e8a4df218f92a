using System.Buffers;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage.Admission;

namespace ProvenanceGrains.Storage.Segments;

/// <summary>A unit in the queue: encoded, with room in front for its frame's header.</summary>
internal sealed class WaitingUnit
{
    private const int MaxPooled = 1024 * 1024;

    private byte[]? _buffer;

    public WaitingUnit(AdmittedUnit admitted)
    {
        Admitted = admitted;
        HeadLength = UnitCodec.HeadLength(admitted.Unit);
        FrameLength = FrameHeader.Size + admitted.Length;
        _buffer = FrameLength <= MaxPooled ? ArrayPool<byte>.Shared.Rent(FrameLength) : new byte[FrameLength];
        UnitCodec.Encode(admitted.Unit, _buffer.AsSpan(FrameHeader.Size, admitted.Length));
    }

    public AdmittedUnit Admitted { get; }

    public int HeadLength { get; }

    public int FrameLength { get; }

    public Memory<byte> Frame => (_buffer ?? throw new InvalidOperationException("The buffer was returned."))
        .AsMemory(0, FrameLength);

    public ReadOnlyMemory<byte> UnitHead => Frame.Slice(FrameHeader.Size, HeadLength);

    /// <remarks>Continuations run elsewhere: the committer must not run its callers' code.</remarks>
    public TaskCompletionSource<AppendOutcome> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gives the buffer back. Once, by the thread that took the unit out of the queue.</summary>
    public void ReturnBuffer()
    {
        if (_buffer is { } buffer && FrameLength <= MaxPooled)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _buffer = null;
    }
}
