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

        var held = false;
        try
        {
            var bytes = await ReadAllAsync(request.BodyReader, maxBytes, (int)(request.ContentLength ?? 0), cancellation);
            if (bytes is null)
            {
                return new BodyOutcome.TooLarge();
            }

            held = true;
            return new BodyOutcome.Whole(bytes, new Lease(this, reserved));
        }
        finally
        {
            if (!held)
            {
                Interlocked.Add(ref _inUse, -reserved);
            }
        }
    }

    private static async Task<byte[]?> ReadAllAsync(
        PipeReader reader, int maxBytes, int expected, CancellationToken cancellation)
    {
        var body = new ArrayBufferWriter<byte>(Math.Max(expected, 256));
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            if (body.WrittenCount + read.Buffer.Length > maxBytes)
            {
                return null;
            }

            foreach (var segment in read.Buffer)
            {
                body.Write(segment.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return body.WrittenSpan.ToArray();
            }
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

    /// <summary>The body's share of the bound; given back once.</summary>
    internal sealed class Lease(RequestBody owner, long bytes) : IDisposable
    {
        private long _bytes = bytes;

        public void Dispose() => Interlocked.Add(ref owner._inUse, -Interlocked.Exchange(ref _bytes, 0));
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
