namespace ProvenanceGrains.Sealing.Witnessing;

/// <summary>What a witness answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">At most <see cref="IWitnessClient.MaxAnswerBytes"/>.</param>
internal sealed record WitnessReply(int Status, ReadOnlyMemory<byte> Body);

/// <summary>The way to a witness (C2SP tlog-witness).</summary>
internal interface IWitnessClient
{
    /// <summary>The longest answer that is read, in bytes.</summary>
    const int MaxAnswerBytes = 64 * 1024;

    /// <summary>Calls <c>add-checkpoint</c>.</summary>
    /// <exception cref="HttpRequestException">There is no answer, or one over the limit.</exception>
    Task<WitnessReply> AddCheckpointAsync(string prefix, ReadOnlyMemory<byte> body, CancellationToken cancellation);

    /// <summary>Reads the latest checkpoint that the witness shows to monitors, on the same prefix.</summary>
    /// <exception cref="HttpRequestException">As above.</exception>
    Task<WitnessReply> ReadLatestAsync(string prefix, string originHash, CancellationToken cancellation);
}

/// <summary>Over HTTP: connections are kept open, redirects are not followed.</summary>
internal sealed class HttpWitnessClient : IWitnessClient, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        MaxConnectionsPerServer = 4,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    })
    {
        MaxResponseContentBufferSize = IWitnessClient.MaxAnswerBytes,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public async Task<WitnessReply> AddCheckpointAsync(
        string prefix, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        using var content = new ReadOnlyMemoryContent(body);
        using var answer = await _http.PostAsync(new Uri(prefix.TrimEnd('/') + "/add-checkpoint"), content, cancellation);
        return new WitnessReply((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(cancellation));
    }

    public async Task<WitnessReply> ReadLatestAsync(string prefix, string originHash, CancellationToken cancellation)
    {
        using var answer = await _http.GetAsync(new Uri($"{prefix.TrimEnd('/')}/{originHash}/checkpoint"), cancellation);
        return new WitnessReply((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(cancellation));
    }

    public void Dispose() => _http.Dispose();
}
