using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Storage.Segments;

/// <summary>The headers of the newest entries: the sealer follows so closely that it hardly ever reads a file.</summary>
internal sealed class HeaderRing(int capacity)
{
    private readonly Lock _gate = new();
    private readonly EntryHeader[] _headers = new EntryHeader[capacity];
    private long _first = -1;
    private long _next;

    public void Add(CommittedUnit unit)
    {
        lock (_gate)
        {
            if (_first < 0)
            {
                _first = _next = unit.FirstOrdinal;
            }

            foreach (var entry in unit.Admitted.Unit.Entries)
            {
                _headers[_next % capacity] = entry.Header;
                _next++;
            }

            _first = Math.Max(_first, _next - capacity);
        }
    }

    /// <summary>The headers from <paramref name="first"/> to <paramref name="end"/>; null unless it has all of them.</summary>
    public EntryHeader[]? TryRead(long first, long end)
    {
        lock (_gate)
        {
            if (_first < 0 || first < _first || end > _next)
            {
                return null;
            }

            var headers = new EntryHeader[end - first];
            for (var i = 0; i < headers.Length; i++)
            {
                headers[i] = _headers[(first + i) % capacity];
            }

            return headers;
        }
    }
}
