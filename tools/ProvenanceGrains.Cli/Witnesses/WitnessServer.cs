using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Witnessing;

namespace ProvenanceGrains.Cli.Witnesses;

/// <summary>How a witness is to run.</summary>
/// <param name="Listen">The URL; port 0 takes a free one.</param>
/// <param name="Data">Its folder, made on the first start.</param>
/// <param name="Logs">Keys of the logs that it witnesses, at least one.</param>
/// <param name="KeyFile">Its private key; null for <c>witness.key</c> in the folder.</param>
/// <param name="Name">Name of a key to be made; null lets the key's own bits name it.</param>
internal sealed record WitnessOptions(
    string Listen, string Data, IReadOnlyList<VerifierKey> Logs, string? KeyFile = null, string? Name = null);

/// <summary>A witness over HTTP (C2SP tlog-witness). Submission and monitoring prefix are both the server's root.</summary>
internal sealed class WitnessServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly WitnessFolder _folder;

    private WitnessServer(WebApplication app, WitnessFolder folder, VerifierKey key)
    {
        _app = app;
        _folder = folder;
        Key = key;
    }

    /// <summary>Its public key.</summary>
    public VerifierKey Key { get; }

    /// <summary>Where it listens.</summary>
    public string Url => _app.Urls.First();

    /// <exception cref="UnusableException">The folder is in use or damaged, or the key is not usable.</exception>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static async Task<WitnessServer> StartAsync(WitnessOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var data = Path.GetFullPath(options.Data);
        var folder = WitnessFolder.Open(data);
        WebApplication? app = null;
        try
        {
            var key = folder.LoadOrCreateKey(
                options.KeyFile is { } file ? Path.GetFullPath(file) : Path.Combine(data, "witness.key"),
                options.Name,
                () => RandomNumberGenerator.GetBytes(32));
            var witness = new Witness(
                options.Logs, key, keys => folder.Read(keys, key.Verifier), folder.Write, time);
            app = Build(options.Listen, witness, key.Verifier, options.Logs);
            await app.StartAsync(cancellation);
            return new WitnessServer(app, folder, key.Verifier);
        }
        catch
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }

            folder.Dispose();
            throw;
        }
    }

    public async Task WaitForShutdownAsync(CancellationToken cancellation)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stop = cancellation.Register(stopped.SetResult);
        await using var end = _app.Lifetime.ApplicationStopping.Register(() => stopped.TrySetResult());
        await stopped.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private static WebApplication Build(string listen, Witness witness, VerifierKey key, IReadOnlyList<VerifierKey> logs)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(listen);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = AddCheckpointRequest.MaxBytes;
            kestrel.Limits.MaxConcurrentConnections = 1024;
        });
        var app = builder.Build();
        app.MapPost("/add-checkpoint", http => AddCheckpointAsync(http, witness));
        app.MapGet("/{originHash:length(64)}/checkpoint", (string originHash) => witness.Latest(originHash) is { } note
            ? Results.Text(note.ToString(), "text/plain; charset=utf-8")
            : Results.Text("This witness has cosigned no checkpoint of that log.\n", statusCode: StatusCodes.Status404NotFound));
        var about = $"""
            A witness of transparency logs (https://c2sp.org/tlog-witness).

            key   {key}
            logs  {string.Join("\n      ", logs.Select(log => log.ToString()))}

            POST /add-checkpoint, GET /SHA-256-OF-ORIGIN/checkpoint

            """;
        app.MapGet("/", () => Results.Text(about));
        return app;
    }

    private static async Task AddCheckpointAsync(HttpContext http, Witness witness)
    {
        using var body = new MemoryStream();
        try
        {
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        }
        catch (BadHttpRequestException bad)
        {
            await WriteAsync(http.Response, bad.StatusCode, "text/plain; charset=utf-8", bad.Message + "\n");
            return;
        }

        var answer = await witness.AddCheckpointAsync(body.GetBuffer().AsMemory(0, (int)body.Length), http.RequestAborted);
        await WriteAsync(http.Response, answer.Status, answer.ContentType, answer.Body);
    }

    private static Task WriteAsync(HttpResponse response, int status, string type, string body)
    {
        response.StatusCode = status;
        response.ContentType = type;
        return response.WriteAsync(body);
    }
}
