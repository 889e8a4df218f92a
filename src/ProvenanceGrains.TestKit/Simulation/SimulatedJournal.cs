using Microsoft.Extensions.Logging.Abstractions;
using ProvenanceGrains.Grains.Capture;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Admission;
using ProvenanceGrains.Storage.Segments;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>
/// The production journal store without its threads: its recovery, queue, committer and segment writer over a simulated disk.
/// The run calls <see cref="Commit"/> where the committer's thread would wake.
/// </summary>
internal sealed class SimulatedJournal : IJournalWriter, IDisposable
{
    private const string Segments = "/data/segments";
    private const int MaxBatchBytes = 16 * 1024;

    private readonly SegmentWriter _writer;
    private readonly SegmentFiles _files;
    private readonly WaitingQueue _queue;
    private readonly Committer _committer;
    private readonly CarelessCommitter? _careless;
    private readonly PlantedBug _bug;

    /// <summary>Opens the store as a new process does.</summary>
    /// <exception cref="StoreDamagedException">It does not hold what it must.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public SimulatedJournal(SimulatedDisk disk, long mustHoldOrdinal, SimulatedTime time, SimulatedSize size, PlantedBug bug)
    {
        _bug = bug;
        var options = new SegmentStoreOptions
        {
            Folder = "/data",
            Disk = disk,
            LogId = Hash256.Sha256("simulated"u8),
            SegmentBytes = size.SegmentBytes,
            MaxQueueUnits = size.QueueUnits,
        };
        var tail = new SegmentRecovery(options, Segments, mustHoldOrdinal, NullLogger.Instance).Recover();
        for (var number = 0L; number <= tail.Segment.Number; number++)
        {
            Load(disk, number);
        }

        if (Index.Committed != tail.NextOrdinal)
        {
            throw new InvalidDataException($"The segments hold {Index.Committed} entries, not {tail.NextOrdinal}.");
        }

        _queue = new WaitingQueue(options.MaxQueueUnits, options.MaxQueueBytes);
        _files = new SegmentFiles(disk, Segments);
        _writer = new SegmentWriter(options, Segments, tail, _files, time);
        _committer = new Committer(_queue, _writer, Index, Publish, _ => { }, MaxBatchBytes);
        _careless = CarelessCommitter.Replaces(bug) ? new CarelessCommitter(_queue, _writer, Index, Publish, bug) : null;
    }

    /// <summary>What is durable.</summary>
    public SimulatedIndex Index { get; } = new();

    /// <summary>Whether the committer has something to do.</summary>
    public bool HasWork => !HasFailed && (_queue.Count > 0 || _careless is { HasWork: true });

    /// <summary>Whether it takes nothing more until it is opened again.</summary>
    public bool HasFailed => _queue.Failure is not null;

    public void Dispose()
    {
        _writer.Dispose();
        _files.Dispose();
    }

    /// <summary>One round of the committer.</summary>
    public void Commit()
    {
        if (_careless is not null)
        {
            _careless.CommitNext();
        }
        else
        {
            _committer.CommitNext();
        }
    }

    public ValueTask<AppendOutcome> AppendAsync(
        CommitUnit unit, IReadOnlyList<MatterProjection?>? projections, CancellationToken cancellation)
    {
        var admitted = AdmittedUnit.Admit(unit, projections, new EventProjector(), HashedEntityIndex.Instance);
        var length = FrameHeader.Size + admitted.Length;
        if (!_queue.TryReserve(length))
        {
            throw new StoreBusyException("The simulated store's queue is full.");
        }

        var waiting = new WaitingUnit(admitted);
        _queue.Put(waiting);
        return new ValueTask<AppendOutcome>(waiting.Done.Task);
    }

    private void Publish(IReadOnlyList<CommittedUnit> units)
    {
        foreach (var unit in units)
        {
            Index.Add(unit, keepsClaims: true);
        }
    }

    private void Load(SimulatedDisk disk, long number)
    {
        using var file = disk.Open(Path.Combine(Segments, SegmentHeader.FileName(number)), create: false);
        var walk = new SegmentWalk(file, new SegmentReader());
        for (var step = walk.Next(); step.Kind != SegmentStepKind.End; step = walk.Next())
        {
            if (step.Kind == SegmentStepKind.Damage)
            {
                throw new InvalidDataException($"Segment {number}, offset {step.Offset}: {step.Error}");
            }

            if (step.Kind == SegmentStepKind.Frame)
            {
                Take(number, step);
            }
        }
    }

    private void Take(long number, in SegmentStep step)
    {
        ReadOnlyMemory<byte> bytes = step.Unit.ToArray();
        if (!UnitHead.TryParse(bytes[..step.Frame.HeadLength], out var head, out var error)
            || !UnitCodec.TryDecode(bytes, step.Frame.HeadLength, out var unit, out error)
            || !AdmittedUnit.TryReadmit(unit, bytes.Length, new EventProjector(), out var admitted, out error))
        {
            throw new InvalidDataException($"Segment {number}, offset {step.Offset}: {error}");
        }

        var committed = new CommittedUnit(admitted, step.FirstOrdinal, number, step.Offset, head);
        Index.Add(committed, keepsClaims: _bug != PlantedBug.ForgetsClaims);
    }
}

/// <summary>Sizes that make things happen early in a small run.</summary>
/// <param name="SegmentBytes">When a new segment begins.</param>
/// <param name="QueueUnits">When the store is busy.</param>
internal sealed record SimulatedSize(long SegmentBytes, int QueueUnits);
