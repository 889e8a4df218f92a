using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>
/// Compares the segments that an audit wants to skip with what the state keeps of them: that each is there, of the folder, at its place,
/// with its length and its last frame. What lies between its first and its last frame is not read.
/// </summary>
internal static class SkippedSegments
{
    /// <param name="folder">Holds the segments.</param>
    /// <param name="prefix">What to put before a file's name.</param>
    /// <param name="audited">What was audited.</param>
    /// <returns>Why the segments are not those that were audited, or null.</returns>
    public static string? WhyOthers(string folder, string prefix, AuditedPayloads audited)
    {
        for (var number = 0; number <= audited.Segments.Count; number++)
        {
            var name = SegmentHeader.FileName(number);
            if (WhyOther(Path.Combine(folder, name), number, audited) is { } why)
            {
                return $"{prefix}{name} {why}";
            }
        }

        return null;
    }

    private static string? WhyOther(string file, int number, AuditedPayloads audited)
    {
        var isOpen = number == audited.Segments.Count;
        if (!File.Exists(file))
        {
            return isOpen && audited.NextOrdinal == 0 ? null : "is missing";
        }

        using var handle = File.OpenHandle(file);
        var bytes = new byte[SegmentHeader.Size];
        if (RandomAccess.Read(handle, bytes, 0) < bytes.Length || !SegmentHeader.TryParse(bytes, out var header, out _))
        {
            return "has no whole header";
        }

        var first = number == 0 ? 0 : audited.Segments[number - 1].EndOrdinal;
        if (header.Number != number || header.FirstOrdinal != first || (header.LogId != audited.LogId && audited.NextOrdinal > 0))
        {
            return "is another one than was audited";
        }

        if (isOpen)
        {
            return null;
        }

        var segment = audited.Segments[number];
        var length = RandomAccess.GetLength(handle);
        if (length != segment.Length)
        {
            return $"has {length} bytes, but had {segment.Length} when it was audited";
        }

        var frame = new byte[Math.Min(length - segment.LastFrame, FrameHeader.Size + UnitLimits.MaxUnitBytes)];
        return RandomAccess.Read(handle, frame, segment.LastFrame) == frame.Length
            && FrameHeader.TryParse(header, segment.LastFrame, frame, out var last, out var check, out _)
            && check == segment.LastCheck
            && segment.LastFrame + last.FrameLength == length
                ? null
                : "does not end with the frame that it had when it was audited";
    }
}
