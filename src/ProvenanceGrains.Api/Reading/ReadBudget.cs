using Microsoft.AspNetCore.Http;
using ProvenanceGrains.Query.Proofs;

namespace ProvenanceGrains.Api.Reading;

/// <summary>
/// Bounds the memory of the bundles and journals that are under way, by estimated bytes: the ones whose readers are slow included. A small
/// one always gets in; large ones are few, so that they cannot take all the room.
/// </summary>
/// <remarks>
/// A small answer fits into the server's own buffer: its memory does not wait for its reader. What is larger is sent piece by piece
/// (<see cref="StreamedJson"/>), and holds its share until the response has ended, which <see cref="StreamedJson.MaxTime"/> bounds.
/// </remarks>
internal sealed class ReadBudget
{
    /// <summary>Up to this many bytes an answer is small.</summary>
    public const long SmallBytes = 48 << 10;

    /// <summary>Beyond this many bytes an answer is large.</summary>
    public const long LargeBytes = 4 << 20;

    /// <summary>The most bytes of all answers together that are not small.</summary>
    public const long MaxBytes = 128 << 20;

    /// <summary>The most large answers at a time.</summary>
    public const int MaxLarge = 2;

    private readonly Lock _lock = new();

    // Under the lock.
    private long _bytes;
    private int _large;

    /// <summary>A share for one answer, empty yet; it is given back when the response has ended.</summary>
    public IReadMemory Enter(HttpResponse response)
    {
        var share = new Share(this);
        response.RegisterForDispose(share);
        return share;
    }

    private sealed class Share(ReadBudget budget) : IReadMemory, IDisposable
    {
        private long _bytes;
        private bool _ended;

        public bool TryTake(long bytes)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(bytes);
            lock (budget._lock)
            {
                var (before, after) = (_bytes, _bytes + bytes);
                var more = Counted(after) - Counted(before);
                var large = before <= LargeBytes && after > LargeBytes ? 1 : 0;
                if (_ended || budget._bytes + more > MaxBytes || budget._large + large > MaxLarge)
                {
                    return false;
                }

                _bytes = after;
                budget._bytes += more;
                budget._large += large;
                return true;
            }
        }

        public void Dispose()
        {
            lock (budget._lock)
            {
                budget._bytes -= _ended ? 0 : Counted(_bytes);
                budget._large -= !_ended && _bytes > LargeBytes ? 1 : 0;
                _ended = true;
            }
        }

        private static long Counted(long bytes) => bytes <= SmallBytes ? 0 : bytes;
    }
}
