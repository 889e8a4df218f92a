using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ProvenanceGrains.Api.Reading;

/// <summary>Writes a document into the response piece by piece, and waits for its reader in between.</summary>
/// <param name="write">Writes a piece at each step, and says how many bytes wait in the writer.</param>
/// <remarks>
/// Without the waiting a whole document stands in the server's buffers while a slow reader takes it: sixteen readers of a bundle of
/// 20,000 entries took 5.5 GB.
/// </remarks>
internal sealed class StreamedJson(Func<Utf8JsonWriter, IEnumerable<int>> write) : IResult
{
    /// <summary>How long sending may take; then the connection is closed. A slow reader must not keep the place of another for ever.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(2);

    /// <summary>So many bytes are gathered before they are sent.</summary>
    public const int PieceBytes = 16 << 10;

    // As the formats' own writers write: the document is never embedded in HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var late = new CancellationTokenSource(MaxTime, httpContext.RequestServices.GetRequiredService<TimeProvider>());
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, httpContext.RequestAborted);
        try
        {
            await SendAsync(httpContext.Response, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Half a document must not look like a whole one.
            httpContext.Abort();
        }
    }

    private async Task SendAsync(HttpResponse response, CancellationToken cancellation)
    {
        response.ContentType = Negotiation.Json;
        await using var json = new Utf8JsonWriter(response.BodyWriter, Options);
        var gathered = 0L;
        foreach (var _ in write(json))
        {
            if (json.BytesCommitted + json.BytesPending - gathered >= PieceBytes)
            {
                await json.FlushAsync(cancellation);
                await response.BodyWriter.FlushAsync(cancellation);
                gathered = json.BytesCommitted;
            }
        }

        await json.FlushAsync(cancellation);
        await response.BodyWriter.FlushAsync(cancellation);
    }
}
