using Microsoft.Extensions.Logging;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage.Admission;
using ProvenanceGrains.Storage.Segments.Index;

namespace ProvenanceGrains.Storage.Segments;

/// <summary>At a start: reads the log from where the index stands to its end. A lost index is only one that stands at 0.</summary>
internal sealed partial class IndexCatchUp(
    SegmentStoreOptions options, IMatterProjector projector, SegmentFiles files, Indexer indexer, ILogger logger)
{
    private const int BatchEntries = 12_000;
    private const long BatchBytes = 32L * 1024 * 1024;

    private readonly List<CommittedUnit> _batch = [];
    private int _entries;
    private long _bytes;

    public void Run(IndexPosition from, LogTail tail, CancellationToken cancellation)
    {
        indexer.Indexed.Advance(from.NextOrdinal);
        if (from.NextOrdinal == tail.NextOrdinal)
        {
            return;
        }

        LogCatchUp(from.NextOrdinal, tail.NextOrdinal);
        for (var number = from.Segment; number <= tail.Segment.Number; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadSegment(number, number == from.Segment ? from : default, cancellation);
        }

        Flush();
        if (indexer.Indexed.Value != tail.NextOrdinal)
        {
            throw new StoreDamagedException(
                files.PathOf(tail.Segment.Number), 0,
                $"reading the segments ends at ordinal {indexer.Indexed.Value}, not {tail.NextOrdinal}");
        }
    }

    private void ReadSegment(long number, IndexPosition from, CancellationToken cancellation)
    {
        var path = files.PathOf(number);
        var start = files.Read(number, 0, SegmentHeader.Size);
        if (!SegmentHeader.TryParse(start, out var segment, out var error))
        {
            throw new StoreDamagedException(path, 0, error);
        }

        files.Know(segment);
        var reader = from.Offset > 0
            ? new SegmentReader(segment, from.Offset, from.NextOrdinal)
            : new SegmentReader(segment, SegmentHeader.Size, segment.FirstOrdinal);
        using var file = options.Disk.Open(path, create: false);
        var walk = new SegmentWalk(file, reader);
        for (var step = walk.Next(); step.Kind != SegmentStepKind.End; step = walk.Next())
        {
            cancellation.ThrowIfCancellationRequested();
            if (step.Kind == SegmentStepKind.Damage)
            {
                throw new StoreDamagedException(path, step.Offset, $"{step.Error} (entries from {step.FirstOrdinal})");
            }

            if (step.Kind == SegmentStepKind.Frame)
            {
                Take(path, number, step);
            }
        }
    }

    private void Take(string path, long number, in SegmentStep step)
    {
        // The walk uses its buffer again; the projections refer to no bytes, but the unit's note does until the batch is flushed.
        ReadOnlyMemory<byte> bytes = step.Unit.ToArray();
        if (!UnitHead.TryParse(bytes[..step.Frame.HeadLength], out var head, out var error)
            || !UnitCodec.TryDecode(bytes, step.Frame.HeadLength, out var unit, out error)
            || !AdmittedUnit.TryReadmit(unit, bytes.Length, projector, out var admitted, out error))
        {
            throw new StoreDamagedException(path, step.Offset, error);
        }

        _batch.Add(new CommittedUnit(admitted, step.FirstOrdinal, number, step.Offset, head));
        _entries += step.Frame.EntryCount;
        _bytes += bytes.Length;
        if (_entries >= BatchEntries || _bytes >= BatchBytes)
        {
            Flush();
        }
    }

    private void Flush()
    {
        if (_batch.Count > 0)
        {
            indexer.Add(_batch);
            _batch.Clear();
            _entries = 0;
            _bytes = 0;
        }
    }

    [LoggerMessage(2003, LogLevel.Information, "The index follows the log from ordinal {From} to {To}")]
    private partial void LogCatchUp(long from, long to);
}
