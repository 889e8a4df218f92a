using Microsoft.AspNetCore.Http;

namespace ProvenanceGrains.Api.Reading;

/// <summary>Bounds how many histories are held in memory at a time, the ones whose readers are slow included.</summary>
/// <remarks>One is at most some 25 MB, payloads and JSON together.</remarks>
internal sealed class ReadBudget
{
    private const int MaxReaders = 16;

    private int _readers;

    /// <summary>Takes a place until the response has ended; false if there is none.</summary>
    public bool TryEnter(HttpResponse response)
    {
        if (Interlocked.Increment(ref _readers) > MaxReaders)
        {
            Interlocked.Decrement(ref _readers);
            return false;
        }

        response.RegisterForDispose(new Place(this));
        return true;
    }

    private sealed class Place(ReadBudget budget) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref budget._readers);
    }
}
