using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace ProvenanceGrains.Api.Capture;

/// <summary>Reads whole request bodies within a bound for each and a bound for all of them together.</summary>
/// <remarks>The second bound is what keeps memory flat: a thousand clients at the first bound would not fit otherwise.</remarks>
internal sealed class RequestBody(long maxTotalBytes)
{
    private long _inUse;

    /// <summary>Bytes of bodies that are being held.</summary>
    public long InUse => Interlocked.Read(ref _inUse);

    /// <summary>Reads a body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">The most that it may have.</param>
    /// <param name="cancellation">The client's patience: an upload that breaks off throws.</param>
    public async Task<BodyOutcome> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellation)
    {
        if (request.ContentLength > maxBytes)
        {
            return new BodyOutcome.TooLarge();
        }

        var lease = new Lease(this);
        try
        {
            var outcome = await lease.FillAsync(
                request.BodyReader, maxBytes, (int)(request.ContentLength ?? 0), cancellation);
            if (outcome is BodyOutcome.Whole)
            {
                lease = null;
            }

            return outcome;
        }
        finally
        {
            lease?.Dispose();
        }
    }

    private bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _inUse, bytes) <= maxTotalBytes)
        {
            return true;
        }

        Interlocked.Add(ref _inUse, -bytes);
        return false;
    }

    /// <summary>The body's memory and its share of the bound; given back once, after the last look at the body.</summary>
    /// <remarks>
    /// Pooled: a document is larger than the threshold of the large object heap, and one array a document kept the
    /// collector busy for an eighth of the CPU time.
    /// </remarks>
    internal sealed class Lease(RequestBody owner) : IDisposable
    {
        private const int FirstBytes = 16 * 1024;

        // A length that was only announced gets no more than this; the rest when it comes.
        private const int MostOnTrust = 256 * 1024;

        private byte[] _buffer = [];
        private long _reserved;

        public async Task<BodyOutcome> FillAsync(PipeReader reader, int maxBytes, int expected, CancellationToken cancellation)
        {
            if (!TryGrow(0, Math.Clamp(expected, FirstBytes, MostOnTrust)))
            {
                return new BodyOutcome.Busy();
            }

            var length = 0;
            while (true)
            {
                var read = await reader.ReadAsync(cancellation);
                if (length + read.Buffer.Length > maxBytes)
                {
                    return new BodyOutcome.TooLarge();
                }

                if (!TryGrow(length, length + (int)read.Buffer.Length))
                {
                    return new BodyOutcome.Busy();
                }

                read.Buffer.CopyTo(_buffer.AsSpan(length));
                length += (int)read.Buffer.Length;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return new BodyOutcome.Whole(_buffer.AsMemory(0, length), this);
                }
            }
        }

        public void Dispose()
        {
            Interlocked.Add(ref owner._inUse, -_reserved);
            _reserved = 0;
            Release();
            _buffer = [];
        }

        /// <remarks>What is reserved is what is rented: a body that comes slowly, or never, holds no more than it brought.</remarks>
        private bool TryGrow(int used, int needed)
        {
            if (needed <= _buffer.Length)
            {
                return true;
            }

            var size = Math.Max(needed, _buffer.Length * 2);
            if (!owner.TryReserve(size - _reserved))
            {
                return false;
            }

            _reserved = size;
            var larger = ArrayPool<byte>.Shared.Rent(size);
            _buffer.AsSpan(0, used).CopyTo(larger);
            Release();
            _buffer = larger;
            return true;
        }

        private void Release()
        {
            if (_buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
            }
        }
    }
}

/// <summary>What became of reading a body.</summary>
internal abstract record BodyOutcome
{
    private BodyOutcome()
    {
    }

    /// <summary>All of it.</summary>
    public sealed record Whole(ReadOnlyMemory<byte> Bytes, IDisposable Lease) : BodyOutcome;

    /// <summary>It is over the bound for one.</summary>
    public sealed record TooLarge : BodyOutcome;

    /// <summary>The bound for all of them is used up just now.</summary>
    public sealed record Busy : BodyOutcome;
}
