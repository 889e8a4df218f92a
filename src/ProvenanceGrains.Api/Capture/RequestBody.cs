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

        // A body of unknown length counts as the largest one, until its length is known.
        var reserved = request.ContentLength ?? maxBytes;
        if (!TryReserve(reserved))
        {
            return new BodyOutcome.Busy();
        }

        Lease? lease = new(this, reserved);
        try
        {
            var length = await lease.FillAsync(request.BodyReader, maxBytes, (int)(request.ContentLength ?? 0), cancellation);
            if (length is null)
            {
                return new BodyOutcome.TooLarge();
            }

            var whole = new BodyOutcome.Whole(lease.Memory[..length.Value], lease);
            lease = null;
            return whole;
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
    internal sealed class Lease(RequestBody owner, long reserved) : IDisposable
    {
        private const int FirstBytes = 16 * 1024;

        private byte[] _buffer = [];
        private long _reserved = reserved;

        public ReadOnlyMemory<byte> Memory => _buffer;

        /// <returns>The length; null if it is over the bound.</returns>
        public async Task<int?> FillAsync(PipeReader reader, int maxBytes, int expected, CancellationToken cancellation)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(expected, FirstBytes));
            var length = 0;
            while (true)
            {
                var read = await reader.ReadAsync(cancellation);
                if (length + read.Buffer.Length > maxBytes)
                {
                    return null;
                }

                Grow(length, length + (int)read.Buffer.Length);
                read.Buffer.CopyTo(_buffer.AsSpan(length));
                length += (int)read.Buffer.Length;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return length;
                }
            }
        }

        public void Dispose()
        {
            Interlocked.Add(ref owner._inUse, -_reserved);
            _reserved = 0;
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        private void Grow(int used, int needed)
        {
            if (needed <= _buffer.Length)
            {
                return;
            }

            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer.Length * 2));
            _buffer.AsSpan(0, used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
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
