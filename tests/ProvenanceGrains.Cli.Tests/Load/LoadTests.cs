using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ProvenanceGrains.Cli.Tests.Load;

public sealed class LoadTests
{
    [Fact]
    public async Task Documents_are_posted_in_order_with_the_key_and_a_wish_to_wait()
    {
        var times = new List<string>();
        var events = 0;
        await using var server = TestServer.Start(request =>
        {
            Assert.Equal("/capture", request.Path);
            Assert.Equal("Bearer secret", request.Headers["Authorization"].ToString());
            Assert.Equal("wait", request.Headers["Prefer"].ToString());
            using var document = JsonDocument.Parse(request.Body);
            times.Add(document.RootElement.GetProperty("creationDate").GetDateTimeOffset().ToString("O"));
            events += document.RootElement.GetProperty("epcisBody").GetProperty("eventList").GetArrayLength();
            return new TestAnswer(200, "{}"u8.ToArray());
        });

        var result = await Tool.RunAsync("load", "--url", server.Url, "--api-key", "secret", "--bars", "20", "--seed", "5");

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(14, times.Count);
        Assert.Equal(times.Order(StringComparer.Ordinal), times);
        Assert.Contains($"{events} events in 14 documents", result.Out, StringComparison.Ordinal);
        Assert.Contains(server.Url + "01/09521102003016/21/05B00000000", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_server_gets_the_same_document_again()
    {
        var bodies = new List<string>();
        await using var server = TestServer.Start(request =>
        {
            using var reader = new StreamReader(request.Body);
            bodies.Add(reader.ReadToEnd());
            return bodies.Count is 1 or 4 ? new TestAnswer(503, [], ("Retry-After", "0")) : new TestAnswer(200, []);
        });

        var result = await Tool.RunAsync("load", "--url", server.Url, "--api-key", "k", "--bars", "1");

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(16, bodies.Count);
        Assert.Equal(bodies[0], bodies[1]);
        Assert.Equal(bodies[3], bodies[4]);
        Assert.Equal(14, bodies.Distinct().Count());
        Assert.Contains("2 waits for a busy server", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_broke_gets_the_same_document_again()
    {
        var bodies = new List<string>();
        await using var server = TestServer.Start(request =>
        {
            using var reader = new StreamReader(request.Body);
            bodies.Add(reader.ReadToEnd());
            return bodies.Count is 2 ? TestAnswer.BreakOff : new TestAnswer(200, []);
        });

        var result = await Tool.RunAsync("load", "--url", server.Url, "--api-key", "k", "--bars", "1");

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(15, bodies.Count);
        Assert.Equal(bodies[1], bodies[2]);
        Assert.Contains("1 broken connection", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_breaks_every_connection_ends_the_load()
    {
        var requests = 0;
        await using var server = TestServer.Start(_ =>
        {
            requests++;
            return TestAnswer.BreakOff;
        });

        var result = await Tool.RunAsync("load", "--url", server.Url, "--api-key", "k", "--bars", "1");

        Assert.Equal(2, result.Code);
        Assert.Equal(3, requests);
        Assert.NotEmpty(result.Error);
    }

    [Fact]
    public async Task A_refusal_ends_the_load_and_is_explained()
    {
        var requests = 0;
        await using var server = TestServer.Start(_ =>
        {
            requests++;
            return new TestAnswer(400, Encoding.UTF8.GetBytes(
                """{"title":"Invalid document","detail":"One error.","errors":[{"pointer":"/epcisBody/eventList/0/action","message":"no such action"}]}"""));
        });

        var result = await Tool.RunAsync("load", "--url", server.Url, "--api-key", "k", "--bars", "500", "--clients", "3");

        Assert.Equal(2, result.Code);
        Assert.InRange(requests, 1, 3);
        Assert.Contains("400. Invalid document One error. (/epcisBody/eventList/0/action: no such action)", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_clients_keep_the_documents_of_one_run_in_order()
    {
        var runs = new ConcurrentDictionary<string, List<DateTimeOffset>>();
        await using var server = TestServer.Start(request =>
        {
            using var document = JsonDocument.Parse(request.Body);
            var run = Regex.Match(document.RootElement.GetRawText(), "/10/[A-Z0-9]+-05-([0-9]{4})").Groups[1].Value;
            if (run.Length > 0)
            {
                runs.GetOrAdd(run, _ => []).Add(document.RootElement.GetProperty("creationDate").GetDateTimeOffset());
            }

            return new TestAnswer(200, []);
        });

        var result = await Tool.RunAsync("load", "--url", server.Url, "--api-key", "k", "--bars", "400", "--clients", "4", "--seed", "5");

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(5, runs.Count);
        Assert.All(runs.Values, times => Assert.Equal(times.Order(), times));
    }

    [Theory]
    [InlineData("--bars", "0")]
    [InlineData("--clients", "0")]
    [InlineData("--clients", "many")]
    [InlineData("--start", "yesterday-ish")]
    public async Task Wrong_numbers_are_refused(string option, string value) =>
        Assert.Equal(2, (await Tool.RunAsync("load", "--url", "http://127.0.0.1:1", "--api-key", "k", option, value)).Code);
}
