namespace ProvenanceGrains.Epcis.Json;

/// <summary>
/// What was made of a piece of the document, by the piece's bytes: one document names the same objects and places many
/// times. Keys stay in the document; the table stops growing at a fixed size.
/// </summary>
internal sealed class SliceCache<T>(ReadOnlyMemory<byte> body)
{
    private const int MaxEntries = 1 << 14;
    private const int MaxSteps = 16;

    private Entry[] _entries = new Entry[32];
    private int _count;

    public bool TryGet(ReadOnlySpan<byte> key, out T value)
    {
        var hash = Utf8Key.Hash(key);
        var span = body.Span;
        var mask = _entries.Length - 1;
        var i = (int)(hash & (uint)mask);
        for (var step = 0; step < MaxSteps && _entries[i].Length > 0; step++, i = (i + 1) & mask)
        {
            ref readonly var entry = ref _entries[i];
            if (entry.Hash == hash && key.SequenceEqual(span.Slice(entry.Offset, entry.Length)))
            {
                value = entry.Value;
                return true;
            }
        }

        value = default!;
        return false;
    }

    /// <param name="offset">Where in the document the key stands, unescaped.</param>
    /// <param name="length">Bytes, more than none.</param>
    /// <param name="value">What to keep.</param>
    public void Add(int offset, int length, T value)
    {
        if (_count == MaxEntries)
        {
            return;
        }

        if ((_count + 1) * 2 > _entries.Length)
        {
            var old = _entries;
            _entries = new Entry[old.Length * 2];
            foreach (ref readonly var entry in old.AsSpan())
            {
                if (entry.Length > 0)
                {
                    Insert(entry);
                }
            }
        }

        Insert(new Entry(Utf8Key.Hash(body.Span.Slice(offset, length)), offset, length, value));
        _count++;
    }

    private void Insert(in Entry entry)
    {
        var mask = _entries.Length - 1;
        var i = (int)(entry.Hash & (uint)mask);
        for (var step = 0; step < MaxSteps; step++, i = (i + 1) & mask)
        {
            if (_entries[i].Length == 0)
            {
                _entries[i] = entry;
                return;
            }
        }
    }

    private readonly record struct Entry(ulong Hash, int Offset, int Length, T Value);
}
