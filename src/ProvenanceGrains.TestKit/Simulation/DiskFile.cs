namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>One file of a <see cref="SimulatedDisk"/>: what a reader sees, what the platter has, and the writes between the two.</summary>
internal sealed class DiskFile
{
    /// <summary>A power loss keeps or loses so many bytes together.</summary>
    private const int SectorBytes = 128;

    private readonly List<(int Offset, byte[] Bytes, int Length)> _unsynced = [];
    private byte[] _durable = [];
    private byte[] _beforeLastSync = [];

    public DiskFile()
    {
    }

    public DiskFile(byte[] content) => Content = _durable = _beforeLastSync = content;

    /// <summary>As the page cache has it.</summary>
    public byte[] Content { get; private set; } = [];

    public int Read(Span<byte> destination, long offset)
    {
        var count = (int)Math.Clamp(Content.Length - offset, 0, destination.Length);
        if (count > 0)
        {
            Content.AsSpan((int)offset, count).CopyTo(destination);
        }

        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        _unsynced.Add(((int)offset, bytes.ToArray(), -1));
        Content = Put(Content, (int)offset, bytes);
    }

    public void SetLength(int length)
    {
        _unsynced.Add((0, [], length));
        Content = Resize(Content, length);
    }

    public void Sync()
    {
        _unsynced.Clear();
        _beforeLastSync = _durable;
        _durable = (byte[])Content.Clone();
    }

    /// <summary>Some pages arrive and some do not, and the page cache takes all of them for clean.</summary>
    public void FailSync(SeededRandom random)
    {
        Settle(random);
        _unsynced.Clear();
    }

    public void CutPower(SeededRandom random, bool losesLastSync)
    {
        if (losesLastSync)
        {
            _durable = _beforeLastSync;
        }

        Settle(random);
        _unsynced.Clear();
        Content = (byte[])_durable.Clone();
        _beforeLastSync = _durable;
    }

    private void Settle(SeededRandom random)
    {
        foreach (var (offset, bytes, length) in _unsynced)
        {
            if (length >= 0)
            {
                _durable = random.OneIn(2) ? Resize(_durable, length) : _durable;
                continue;
            }

            for (var at = 0; at < bytes.Length; at += SectorBytes)
            {
                if (random.OneIn(2))
                {
                    _durable = Put(_durable, offset + at, bytes.AsSpan(at, Math.Min(SectorBytes, bytes.Length - at)));
                }
            }
        }
    }

    private static byte[] Put(byte[] into, int offset, ReadOnlySpan<byte> bytes)
    {
        var result = into.Length >= offset + bytes.Length ? (byte[])into.Clone() : Resize(into, offset + bytes.Length);
        bytes.CopyTo(result.AsSpan(offset));
        return result;
    }

    private static byte[] Resize(byte[] bytes, int length)
    {
        var result = new byte[length];
        bytes.AsSpan(0, Math.Min(length, bytes.Length)).CopyTo(result);
        return result;
    }
}
