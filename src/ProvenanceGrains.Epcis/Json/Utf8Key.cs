using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ProvenanceGrains.Epcis.Json;

/// <summary>
/// 64-bit hash of a short byte string for tables that live no longer than one parse or are fixed at start-up.
/// Not keyed: tables fed by input must be bounded, and their users compare the bytes themselves where a false
/// match would matter.
/// </summary>
internal static class Utf8Key
{
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            const ulong Multiplier = 0x9E3779B97F4A7C15;
            var hash = (ulong)bytes.Length * Multiplier;
            while (bytes.Length >= 8)
            {
                hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * Multiplier;
                hash ^= hash >> 29;
                bytes = bytes[8..];
            }

            var rest = 0UL;
            for (var i = bytes.Length - 1; i >= 0; i--)
            {
                rest = (rest << 8) | bytes[i];
            }

            hash = (hash ^ rest) * Multiplier;
            return hash ^ (hash >> 32);
        }
    }
}

/// <summary>An open-addressing table from UTF-8 bytes to values; grows, never shrinks, holds no duplicates.</summary>
/// <remarks>Not thread safe while it is being filled.</remarks>
internal sealed class Utf8Map<T>(int capacity = 16)
{
    private Entry[] _entries = new Entry[int.Max(16, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity * 2))];
    private int _count;

    public int Count => _count;

    public bool TryGet(ReadOnlySpan<byte> key, out T value)
    {
        var hash = Utf8Key.Hash(key);
        var mask = _entries.Length - 1;
        for (var i = (int)(hash & (uint)mask); ; i = (i + 1) & mask)
        {
            ref readonly var entry = ref _entries[i];
            if (entry.Key is null)
            {
                value = default!;
                return false;
            }

            if (entry.Hash == hash && key.SequenceEqual(entry.Key))
            {
                value = entry.Value;
                return true;
            }
        }
    }

    /// <summary>Adds a value; the key must not be there yet.</summary>
    public void Add(ReadOnlySpan<byte> key, T value)
    {
        if ((_count + 1) * 2 > _entries.Length)
        {
            Grow();
        }

        Insert(new Entry(key.ToArray(), Utf8Key.Hash(key), value));
        _count++;
    }

    private void Grow()
    {
        var old = _entries;
        _entries = new Entry[old.Length * 2];
        foreach (ref readonly var entry in old.AsSpan())
        {
            if (entry.Key is not null)
            {
                Insert(entry);
            }
        }
    }

    private void Insert(in Entry entry)
    {
        var mask = _entries.Length - 1;
        var i = (int)(entry.Hash & (uint)mask);
        while (_entries[i].Key is not null)
        {
            i = (i + 1) & mask;
        }

        _entries[i] = entry;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(byte[]? Key, ulong Hash, T Value);
}

/// <summary>
/// Finds a name that stands twice in one object (or a value twice in one set). One instance serves nested objects:
/// each opens a frame. Names count as equal when their 64-bit hashes are.
/// </summary>
internal sealed class NameSet
{
    private const int LinearLimit = 24;

    private readonly List<Frame> _frames = [];
    private ulong[] _hashes = new ulong[64];
    private int _used;

    public void Open() => _frames.Add(new Frame(_used, null));

    public void Close()
    {
        _used = _frames[^1].Start;
        _frames.RemoveAt(_frames.Count - 1);
    }

    /// <summary>Forgets everything, also frames that an abandoned parse left open.</summary>
    public void Clear()
    {
        _frames.Clear();
        _used = 0;
    }

    /// <summary>False if the innermost frame holds the name already.</summary>
    public bool Add(ReadOnlySpan<byte> name)
    {
        var hash = Utf8Key.Hash(name);
        var frame = _frames[^1];
        if (frame.Large is { } large)
        {
            return large.Add(hash);
        }

        var own = _hashes.AsSpan(frame.Start, _used - frame.Start);
        if (own.Contains(hash))
        {
            return false;
        }

        if (own.Length == LinearLimit)
        {
            large = new HashSet<ulong>(own.ToArray(), Seeded.Instance) { hash };
            _frames[^1] = frame with { Large = large };
            return true;
        }

        if (_used == _hashes.Length)
        {
            Array.Resize(ref _hashes, _used * 2);
        }

        _hashes[_used++] = hash;
        return true;
    }

    private readonly record struct Frame(int Start, HashSet<ulong>? Large);

    /// <summary>Buckets by a hash with a secret of the process, so that nobody can choose names that share one.</summary>
    private sealed class Seeded : IEqualityComparer<ulong>
    {
        public static readonly Seeded Instance = new();

        public bool Equals(ulong x, ulong y) => x == y;

        public int GetHashCode(ulong value) => HashCode.Combine(value);
    }
}
