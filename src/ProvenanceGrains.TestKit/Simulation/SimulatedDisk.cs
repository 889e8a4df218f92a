using ProvenanceGrains.Storage.Segments;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>The machine went down in the middle of a file call.</summary>
internal sealed class SimulatedPowerLossException() : IOException("The simulated machine has lost its power.");

/// <summary>
/// A disk in memory that does what the journal store must be ready for: until a sync, writes and names are in the page cache
/// alone, and a power loss leaves any part of them; a call may fail; a failed sync leaves pages that look written and are not.
/// </summary>
/// <remarks>Killing the process loses nothing (the page cache stays); cutting the power does.</remarks>
internal sealed class SimulatedDisk(SeededRandom random) : ISegmentDisk
{
    private readonly List<Action<Dictionary<string, DiskFile>>> _unsyncedNames = [];
    private Dictionary<string, DiskFile> _names = new(StringComparer.Ordinal);
    private Dictionary<string, DiskFile> _durableNames = new(StringComparer.Ordinal);
    private int _powerLossAfter = -1;
    private int _faultAfter = -1;

    /// <summary>Whether the power is gone; every call fails until <see cref="CutPower"/> has settled what is left.</summary>
    public bool IsDown { get; private set; }

    /// <summary>Planted bug: a sync that does nothing.</summary>
    public bool IgnoresSyncs { get; init; }

    /// <summary>Planted bug: a failed sync is reported as a success.</summary>
    public bool HidesFailedSyncs { get; init; }

    /// <summary>Planted bug: the newest synced write is lost with the power.</summary>
    public bool LosesLastSync { get; init; }

    /// <summary>Whether a call that fails has its whole effect all the same; else it has none of it, or a part.</summary>
    public bool FailedCallsPersist { get; init; }

    /// <summary>Lets the power fail within the n-th file call from now that changes something.</summary>
    public void LosePowerAfter(int calls) => _powerLossAfter = calls;

    /// <summary>Lets the n-th file call from now that changes something fail.</summary>
    public void FailAfter(int calls) => _faultAfter = calls;

    public void Calm()
    {
        _powerLossAfter = -1;
        _faultAfter = -1;
    }

    /// <summary>The power goes, and comes again: what was not synced is there in part.</summary>
    public void CutPower()
    {
        Calm();
        IsDown = false;
        foreach (var change in _unsyncedNames.Take(random.Next(_unsyncedNames.Count + 1)))
        {
            // A file system that journals its names keeps their order.
            change(_durableNames);
        }

        _unsyncedNames.Clear();
        _names = new Dictionary<string, DiskFile>(_durableNames, StringComparer.Ordinal);
        foreach (var file in _names.Values.Distinct())
        {
            file.CutPower(random, LosesLastSync);
        }
    }

    public IReadOnlyList<string> List(string folder) =>
        [.. _names.Keys.Where(name => name.StartsWith(folder + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public void CreateFolder(string folder)
    {
        // Folders are a matter of names here.
    }

    public ISegmentFile Open(string path, bool create)
    {
        if (create)
        {
            Act(() => ChangeNames(names => names[path] = new DiskFile()));
        }

        return new Handle(this, _names.GetValueOrDefault(path) ?? throw new FileNotFoundException(path));
    }

    public void Rename(string from, string to) => Act(() =>
    {
        var file = _names[from];
        ChangeNames(names =>
        {
            names.Remove(from);
            names[to] = file;
        });
    });

    public void Delete(string path) => Act(() => ChangeNames(names => names.Remove(path)));

    public void SyncFolder(string folder) => Act(() =>
    {
        _durableNames = new Dictionary<string, DiskFile>(_names, StringComparer.Ordinal);
        _unsyncedNames.Clear();
    });

    /// <summary>All bytes of all files by name, for a rewriting or rolled-back store.</summary>
    public Dictionary<string, byte[]> Copy() => _names.ToDictionary(
        pair => pair.Key, pair => pair.Value.Content.ToArray(), StringComparer.Ordinal);

    /// <summary>Puts other files in the place of all that are there, as somebody with access to the disk can.</summary>
    public void Replace(Dictionary<string, byte[]> files)
    {
        _names = files.ToDictionary(pair => pair.Key, pair => new DiskFile(pair.Value), StringComparer.Ordinal);
        _durableNames = new Dictionary<string, DiskFile>(_names, StringComparer.Ordinal);
        _unsyncedNames.Clear();
    }

    private void ChangeNames(Action<Dictionary<string, DiskFile>> change)
    {
        change(_names);
        _unsyncedNames.Add(names => change(names));
    }

    private void Act(Action action)
    {
        var fails = BeginsFault();
        if (!fails || FailedCallsPersist)
        {
            action();
        }

        if (fails)
        {
            throw new IOException("No space left on device (simulated)");
        }

        EndCall();
    }

    /// <summary>Counts a call; true if it must fail.</summary>
    private bool BeginsFault()
    {
        if (IsDown)
        {
            throw new SimulatedPowerLossException();
        }

        if (_faultAfter < 0)
        {
            return false;
        }

        return _faultAfter-- == 0;
    }

    /// <summary>The power may go after the call's effect and before anybody learns of it.</summary>
    private void EndCall()
    {
        if (_powerLossAfter >= 0 && _powerLossAfter-- == 0)
        {
            IsDown = true;
            throw new SimulatedPowerLossException();
        }
    }

    private sealed class Handle(SimulatedDisk disk, DiskFile file) : ISegmentFile
    {
        public long Length => file.Content.Length;

        public int Read(Span<byte> destination, long offset) => file.Read(destination, offset);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
        {
            var fails = disk.BeginsFault();
            var whole = buffers.Sum(buffer => buffer.Length);
            var granted = fails && !disk.FailedCallsPersist ? disk.Random.Next(whole + 1) : whole;
            foreach (var buffer in buffers)
            {
                var part = buffer[..Math.Min(buffer.Length, granted)];
                file.Write(part.Span, offset);
                offset += part.Length;
                granted -= part.Length;
            }

            if (fails)
            {
                throw new IOException("No space left on device (simulated)");
            }

            disk.EndCall();
        }

        public void Sync()
        {
            if (disk.BeginsFault())
            {
                if (disk.FailedCallsPersist)
                {
                    file.Sync();
                }
                else
                {
                    file.FailSync(disk.Random);
                }

                if (!disk.HidesFailedSyncs)
                {
                    throw new IOException("Input/output error (simulated)");
                }

                return;
            }

            if (!disk.IgnoresSyncs)
            {
                file.Sync();
            }

            disk.EndCall();
        }

        public void SetLength(long length)
        {
            disk.Act(() => file.SetLength((int)length));
        }

        public void Dispose()
        {
            // The file stays where it is.
        }
    }

    private SeededRandom Random => random;
}
