using System.Net;
using System.Net.Sockets;

namespace ProvenanceGrains.Cli.Tests;

/// <summary>What a test server answers.</summary>
internal sealed record TestAnswer(int Status, byte[] Body, params (string Name, string Value)[] Headers)
{
    public static TestAnswer NotFound { get; } = new(404, []);
}

/// <summary>A web server on this machine whose answers the test gives.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _serving;

    private TestServer(HttpListener listener, string url, Func<HttpListenerRequest, TestAnswer> answer)
    {
        _listener = listener;
        Url = url;
        _serving = ServeAsync(answer);
    }

    public string Url { get; }

    /// <param name="answer">Called for one request at a time.</param>
    public static TestServer Start(Func<HttpListenerRequest, TestAnswer> answer)
    {
        while (true)
        {
            // A port that was free a moment ago may be taken by another test by now: then another one.
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
            probe.Stop();
            var listener = new HttpListener();
            listener.Prefixes.Add(url);
            try
            {
                listener.Start();
                return new TestServer(listener, url, answer);
            }
            catch (HttpListenerException)
            {
                listener.Close();
            }
        }
    }

    /// <summary>Serves a folder's files under <c>/log/</c>.</summary>
    public static TestServer OfLog(string folder) => Start(request =>
    {
        var path = request.Url!.AbsolutePath;
        var file = Path.Combine(folder, path["/log/".Length..]);
        return path.StartsWith("/log/", StringComparison.Ordinal) && File.Exists(file)
            ? new TestAnswer(200, File.ReadAllBytes(file))
            : TestAnswer.NotFound;
    });

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync(Func<HttpListenerRequest, TestAnswer> answer)
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var (status, body, headers) = answer(context.Request);
            context.Response.StatusCode = status;
            foreach (var (name, value) in headers)
            {
                context.Response.Headers[name] = value;
            }

            try
            {
                await context.Response.OutputStream.WriteAsync(body);
                context.Response.Close();
            }
            catch (HttpListenerException)
            {
                // The client has given up; that is its right.
                context.Response.Abort();
            }
        }
    }
}
