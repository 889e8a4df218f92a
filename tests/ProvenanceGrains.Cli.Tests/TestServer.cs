using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ProvenanceGrains.Cli.Tests;

/// <summary>What a test server was asked, its body whole.</summary>
internal sealed record TestRequest(string Path, IQueryCollection Query, IHeaderDictionary Headers, MemoryStream Body);

/// <summary>What a test server answers.</summary>
internal sealed record TestAnswer(int Status, byte[] Body, params (string Name, string Value)[] Headers)
{
    public static TestAnswer NotFound { get; } = new(404, []);

    /// <summary>The connection ends without an answer.</summary>
    public static TestAnswer BreakOff { get; } = new(0, []);
}

/// <summary>A web server on this machine whose answers the test gives.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single() + "/";

    /// <param name="answer">Called for one request at a time.</param>
    public static TestServer Start(Func<TestRequest, TestAnswer> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var gate = new Lock();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            body.Position = 0;
            TestAnswer given;
            lock (gate)
            {
                given = answer(new TestRequest(context.Request.Path, context.Request.Query, context.Request.Headers, body));
            }

            if (given == TestAnswer.BreakOff)
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = given.Status;
            foreach (var (name, value) in given.Headers)
            {
                context.Response.Headers[name] = value;
            }

            await context.Response.Body.WriteAsync(given.Body);
        });
        app.StartAsync().GetAwaiter().GetResult();
        return new TestServer(app);
    }

    /// <summary>Serves a folder's files under <c>/log/</c>.</summary>
    public static TestServer OfLog(string folder) => Start(request =>
    {
        var file = Path.Combine(folder, request.Path["/log/".Length..]);
        return request.Path.StartsWith("/log/", StringComparison.Ordinal) && File.Exists(file)
            ? new TestAnswer(200, File.ReadAllBytes(file))
            : TestAnswer.NotFound;
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
