using System.Collections.Concurrent;
using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Storage.Segments;

/// <summary>A matter's block in the segments.</summary>
/// <param name="Segment">Number of the segment.</param>
/// <param name="Offset">Of the block in the file.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Digest">The upper half of the block's digest.</param>
internal readonly record struct BlockLocation(long Segment, long Offset, int Length, ulong Digest)
{
    public static ulong Shorten(BlockDigest digest) => (ulong)(digest.Value >> 64);
}

/// <summary>Reads what stands in the segments; everything it returns has been checked.</summary>
internal sealed class SegmentFiles(ISegmentDisk disk, string folder) : IDisposable
{
    private const int MaxOpen = 128;

    private readonly ConcurrentDictionary<long, ISegmentFile> _open = new();
    private readonly ConcurrentDictionary<long, SegmentHeader> _headers = new();

    public string PathOf(long segment) => Path.Combine(folder, SegmentHeader.FileName(segment));

    public void Know(SegmentHeader header) => _headers[header.Number] = header;

    public byte[] ReadBlock(in BlockLocation block)
    {
        var bytes = Read(block.Segment, block.Offset, block.Length);
        if (BlockLocation.Shorten(BlockDigest.Of(bytes)) != block.Digest)
        {
            throw new StoreDamagedException(
                PathOf(block.Segment), block.Offset, $"the {block.Length} bytes of a matter do not match their digest");
        }

        return bytes;
    }

    /// <summary>A frame's header and its unit's head.</summary>
    public (FrameHeader Frame, UnitHead Head) ReadHead(long segment, long offset)
    {
        var start = Read(segment, offset, FrameHeader.Size);
        if (!FrameHeader.TryPeek(start, out var header, out var error))
        {
            throw new StoreDamagedException(PathOf(segment), offset, error);
        }

        var bytes = Read(segment, offset, FrameHeader.Size + header.HeadLength);
        if (!FrameHeader.TryParse(HeaderOf(segment), offset, bytes, out header, out _, out error)
            || !UnitHead.TryParse(bytes.AsMemory(FrameHeader.Size), out var head, out error))
        {
            throw new StoreDamagedException(PathOf(segment), offset, error);
        }

        return (header, head);
    }

    public byte[] Read(long segment, long offset, int length)
    {
        var bytes = new byte[length];
        Read(segment, offset, bytes);
        return bytes;
    }

    public void Read(long segment, long offset, Span<byte> destination)
    {
        while (true)
        {
            var file = FileOf(segment);
            try
            {
                if (file.Read(destination, offset) != destination.Length)
                {
                    throw new StoreDamagedException(PathOf(segment), offset, "the file ends too early");
                }

                return;
            }
            catch (ObjectDisposedException) when (!_open.TryGetValue(segment, out var now) || now != file)
            {
                // Another reader's segment took its place among the open files: open it again.
            }
        }
    }

    public void Dispose()
    {
        foreach (var file in _open.Values)
        {
            file.Dispose();
        }
    }

    private ISegmentFile FileOf(long segment)
    {
        if (_open.TryGetValue(segment, out var file))
        {
            return file;
        }

        if (_open.Count >= MaxOpen)
        {
            foreach (var other in _open.Keys.Take(MaxOpen / 4).ToList())
            {
                if (_open.TryRemove(other, out var closing))
                {
                    closing.Dispose();
                }
            }
        }

        file = disk.Open(PathOf(segment), create: false);
        if (_open.TryAdd(segment, file))
        {
            return file;
        }

        file.Dispose();
        return FileOf(segment);
    }

    private SegmentHeader HeaderOf(long segment) => _headers.GetOrAdd(segment, number =>
        SegmentHeader.TryParse(Read(number, 0, SegmentHeader.Size), out var header, out var error)
            ? header
            : throw new StoreDamagedException(PathOf(number), 0, error));
}
