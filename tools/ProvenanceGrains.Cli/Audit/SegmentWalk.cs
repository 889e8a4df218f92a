using Microsoft.Win32.SafeHandles;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>An entry as the segments have it; its payload has been checked against its commitment.</summary>
/// <param name="Ordinal">Its position in commit order.</param>
/// <param name="Header">Its header.</param>
/// <param name="LeafHash">The header's leaf hash.</param>
/// <param name="Segment">The segment's number.</param>
/// <param name="File">The segment.</param>
/// <param name="Offset">Where the frame that holds it begins.</param>
internal readonly record struct SegmentEntry(long Ordinal, EntryHeader Header, Hash256 LeafHash, int Segment, string File, long Offset);

/// <summary>Walks through all segments of a data folder and checks every byte of them.</summary>
/// <remarks>
/// Every segment header and frame is under a check, frames follow each other without a gap, segments name the length and last
/// check of the one before, units are well formed, and every entry's commitment is computed anew from its payload.
/// The walk is lazy: it reads as its caller takes entries. Ordinals that were lost to damage are left out.
/// </remarks>
/// <param name="folder">Holds the segments.</param>
/// <param name="prefix">What to put before a file's name.</param>
/// <param name="payloads">Checks what the payloads say.</param>
/// <param name="findings">Where failures go.</param>
/// <param name="meter">Told how far it is.</param>
internal sealed class SegmentWalk(
    string folder, string prefix, PayloadChecks payloads, Findings findings, IProgressMeter meter)
{
    private const int WindowBytes = 1 << 20;

    private readonly List<(string File, string Name)> _segments = List(folder, prefix, findings);
    private readonly List<AuditedSegment> _finished = [];
    private byte[] _buffer = new byte[WindowBytes];
    private SegmentHeader? _previous;
    private BlockDigest _lastCheck;
    private long _previousLength;
    private long _lastFrame;
    private long _bytes;

    /// <summary>Length of all segments, in bytes.</summary>
    public long TotalBytes => _segments.Sum(segment => new FileInfo(segment.File).Length);

    /// <summary>Bytes of the segments that were read.</summary>
    public long ReadBytes { get; private set; }

    /// <summary>The ordinal after the last sound frame.</summary>
    public long NextOrdinal { get; private set; }

    /// <summary>Units, that is requests, seen.</summary>
    public long Units { get; private set; }

    /// <summary>The segments from 0 on that are behind and that another one follows.</summary>
    public IReadOnlyList<AuditedSegment> Finished => _finished;

    /// <summary>The folder's log id, as far as it is known.</summary>
    public Hash256 LogId => _previous?.LogId ?? Hash256.Zero;

    /// <summary>All entries behind the segments that were audited to their end; these are skipped, and have been compared.</summary>
    /// <param name="audited">What was audited; null to begin with the first segment.</param>
    public IEnumerable<SegmentEntry> Entries(AuditedPayloads? audited)
    {
        if (audited?.Segments is { Count: > 0 } skipped)
        {
            _finished.AddRange(skipped);
            (NextOrdinal, _previousLength, _lastCheck) = (audited.OpenOrdinal, skipped[^1].Length, skipped[^1].LastCheck);
        }

        for (var number = _finished.Count; number < _segments.Count; number++)
        {
            using var handle = File.OpenHandle(_segments[number].File);
            foreach (var entry in Segment(handle, number, _segments[number].Name))
            {
                yield return entry;
            }

            if (number < _segments.Count - 1)
            {
                _finished.Add(new AuditedSegment(NextOrdinal, _previousLength, _lastFrame, _lastCheck));
            }
        }
    }

    private IEnumerable<SegmentEntry> Segment(SafeFileHandle handle, int number, string name)
    {
        var length = RandomAccess.GetLength(handle);
        if (length == 0)
        {
            findings.Fail(new Finding("The segment is empty.", name, Ordinal: NextOrdinal));
            yield break;
        }

        var reader = new SegmentReader();
        SegmentStep? damage = null;
        var end = false;
        while (!end)
        {
            var start = reader.Position;
            var window = ReadWindow(handle, start, reader.Wanted);
            var toEnd = start + window.Length >= length;
            for (var again = true; again && !end;)
            {
                var step = reader.Read(window[(int)(reader.Position - start)..], toEnd);
                if (step.Kind == SegmentStepKind.Damage)
                {
                    damage ??= step;
                    continue;
                }

                again = step.Kind != SegmentStepKind.More;
                end = step.Kind == SegmentStepKind.End;
                if (damage is { } lost && step.Kind is SegmentStepKind.Frame or SegmentStepKind.End)
                {
                    ReportDamage(handle, lost, step, number, name);
                    damage = null;
                }

                if (step.Kind == SegmentStepKind.Header)
                {
                    CheckHeader(reader.Segment, number, name);
                }
                else if (step.Kind == SegmentStepKind.Frame)
                {
                    (_lastCheck, _lastFrame) = (step.Check, step.Offset);
                    foreach (var entry in Frame(step, number, name))
                    {
                        yield return entry;
                    }
                }
            }

            meter.Report(_bytes + reader.Position, TotalBytes);
        }

        _bytes += length;
        ReadBytes += length;
        _previousLength = length;
    }

    private ReadOnlyMemory<byte> ReadWindow(SafeFileHandle handle, long position, int wanted)
    {
        if (_buffer.Length < wanted)
        {
            _buffer = new byte[wanted];
        }

        var read = 0;
        while (read < _buffer.Length && RandomAccess.Read(handle, _buffer.AsSpan(read), position + read) is var count and > 0)
        {
            read += count;
        }

        return _buffer.AsMemory(0, read);
    }

    private IEnumerable<SegmentEntry> Frame(SegmentStep step, int number, string name)
    {
        NextOrdinal = step.Frame.EndOrdinal;
        Units++;
        if (!UnitCodec.TryDecode(step.Unit, step.Frame.HeadLength, out var unit, out var error)
            || !UnitCheck.TryCheck(unit, out var chains, out error))
        {
            findings.Fail(new Finding(error, name, step.Offset, step.Length, Ordinal: step.FirstOrdinal));
            yield break;
        }

        if (!UnitCheck.TryCheckCommitments(unit, out var bad))
        {
            findings.Fail(new Finding(
                $"The payload of sequence {unit.Entries[bad].Header.Sequence} of {unit.Entries[bad].Entity} is not what its header commits to.",
                name, step.Offset, step.Length, Ordinal: step.FirstOrdinal + bad));
        }

        payloads.Follow(unit, step.FirstOrdinal, new Finding("", name, step.Offset, step.Length));
        for (var i = 0; i < chains.LeafHashes.Count; i++)
        {
            yield return new SegmentEntry(step.FirstOrdinal + i, unit.Entries[i].Header, chains.LeafHashes[i], number, name, step.Offset);
        }
    }

    private void CheckHeader(in SegmentHeader header, int number, string name)
    {
        var error = header.Number != number ? $"The segment says it is number {header.Number}."
            : header.FirstOrdinal != NextOrdinal ? $"The segment begins with entry {header.FirstOrdinal}, but {NextOrdinal} comes next."
            : _previous is { } p && header.LogId != p.LogId ? "The segment belongs to another data folder."
            : header.PreviousLength != _previousLength
                ? $"The segment before has {_previousLength} bytes, but this one says {header.PreviousLength}."
            : header.PreviousCheck != _lastCheck ? "The segment before does not end with the frame that this one names."
            : null;
        if (error is not null)
        {
            findings.Fail(new Finding(error, name, 0, SegmentHeader.Size, Ordinal: header.FirstOrdinal));
        }

        NextOrdinal = Math.Max(NextOrdinal, header.FirstOrdinal);
        _previous = header;
    }

    private void ReportDamage(SafeFileHandle handle, SegmentStep damage, SegmentStep next, int number, string name)
    {
        var lost = next.FirstOrdinal > damage.FirstOrdinal
            ? $" Entries {damage.FirstOrdinal} to {next.FirstOrdinal - 1} are lost."
            : "";
        if (number == _segments.Count - 1 && next.Kind == SegmentStepKind.End && IsCutShort(handle, damage, next.Offset))
        {
            findings.Note(
                $"{name} ends at byte {damage.Offset} with {next.Offset - damage.Offset} bytes of a write that was cut short. It was never acknowledged; the next start drops it.");
            return;
        }

        var excuse = number == _segments.Count - 1
            ? " If the engine crashed and was not started since, it may be a write that was never acknowledged: start it once and audit again."
            : "";
        findings.Fail(new Finding(
            damage.Error + lost + excuse, name, damage.Offset, next.Offset - damage.Offset, Ordinal: damage.FirstOrdinal));
    }

    /// <summary>
    /// Whether the rest of the last segment is the beginning of a frame and no more. A frame of full length that fails its
    /// check could be either a torn write or damage: that counts as damage.
    /// </summary>
    private static bool IsCutShort(SafeFileHandle handle, SegmentStep damage, long end)
    {
        if (damage.Frame.UnitLength > 0 && damage.Offset + damage.Frame.FrameLength > end)
        {
            return true;
        }

        Span<byte> rest = stackalloc byte[FrameHeader.Size];
        rest = rest[..RandomAccess.Read(handle, rest, damage.Offset)];
        var magic = FrameHeader.Magic;
        return rest.Length < FrameHeader.Size && rest.CommonPrefixLength(magic) == Math.Min(rest.Length, magic.Length);
    }

    private static List<(string File, string Name)> List(string folder, string prefix, Findings findings)
    {
        var found = new List<(string, string)>();
        var files = Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [];
        while (files.FirstOrDefault(file => Path.GetFileName(file) == SegmentHeader.FileName(found.Count)) is { } segment)
        {
            found.Add((segment, prefix + Path.GetFileName(segment)));
        }

        foreach (var stray in files.Except(found.Select(segment => segment.Item1)))
        {
            var name = prefix + Path.GetFileName(stray);
            if (name.EndsWith(".tmp", StringComparison.Ordinal))
            {
                findings.Note($"{name} is left over from a write that was interrupted.");
            }
            else if (Path.GetFileName(stray).StartsWith("torn-", StringComparison.Ordinal))
            {
                findings.Note($"{name} keeps what an earlier start cut off: writes that were never acknowledged.");
            }
            else
            {
                findings.Fail(new Finding(
                    name.EndsWith(SegmentHeader.Extension, StringComparison.Ordinal)
                        ? $"{prefix}{SegmentHeader.FileName(found.Count)} is missing before it."
                        : "This is no segment.",
                    name));
            }
        }

        return found;
    }
}
