using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ProvenanceGrains.Api.Tests.Capture;
using ProvenanceGrains.Api.Tests.Hosting;
using ProvenanceGrains.Cli;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.HttpSignatures;

namespace ProvenanceGrains.Api.Tests.Parties;

/// <summary>Guarantee G10: what the log took it can prove. Nothing that a party sends makes an honest log's bundle look forged.</summary>
public sealed class G10_AcceptedIsProvableTests
{
    private const string Party = "odd";

    [Fact]
    public async Task What_changes_while_the_body_is_on_its_way_is_seen_before_the_commit()
    {
        await using var silo = await StartAsync();
        var (signer, other) = (Signer.NewEd25519(), Signer.NewP256());
        await silo.RegisterAsync(Party, signer);
        await silo.RegisterAsync("other", other);
        var before = await silo.MetricAsync("provenance_store_entries");

        // The server asks for the body once the gate is passed: by then the signature held.
        var expires = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 3;
        Assert.Equal("expires", await (await SendSlowlyAsync(
            silo,
            new OddRequest(signer, Party, "E") { Parameters = $";expires={expires}" },
            () => RunningSilo.EventuallyAsync(
                () => Task.FromResult(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()), now => now >= expires))).RefusalAsync(401));
        Assert.Equal(before, await silo.MetricAsync("provenance_store_entries"));
        Assert.Equal("keyid", await (await SendSlowlyAsync(
            silo,
            new OddRequest(signer, Party, "F"),
            async () =>
            {
                using var revoked = await silo.PostAsync($"/parties/{Party}/keys/{signer.Key.Id}/revoke", [], null);
                Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
            })).RefusalAsync(401));
        using var taken = await SendSlowlyAsync(silo, new OddRequest(other, "other", "G"), () => Task.CompletedTask);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
    }

    [Fact]
    public async Task Whatever_odd_request_is_taken_the_bundles_are_complete_and_the_audit_sound()
    {
        await using var silo = await StartAsync();
        var signer = Signer.NewEd25519();
        await silo.RegisterAsync(Party, signer);
        OddRequest Odd(int number) => new(signer, Party, $"odd{number}");
        const string Others = "px=(\"@method\");created=1, ";
        OddRequest[] requests =
        [
            Odd(0),
            Odd(1) with { Covered = ["\"signature\";key=\"px\""], OtherInput = Others, OtherSignature = "px=:AAAA:, " },
            Odd(2) with { Covered = ["\"signature-input\";key=\"px\""], OtherInput = Others, OtherSignature = "px=:AAAA:, " },
            Odd(3) with { Covered = ["\"signature\""], OtherInput = Others, OtherSignature = "px=:AAAA:, " },
            Odd(4) with { OtherInput = Others, OtherSignature = "px=:AAAA:, " },
            Odd(5) with { Covered = ["\"x-odd\""], Headers = [new("X-Odd", "a"), new("X-Odd", "b, c")] },
            Odd(6) with { Covered = ["\"x-odd\";bs"], Headers = [new("X-Odd", "a"), new("X-Odd", "b, c")] },
            Odd(7) with { Covered = ["\"x-odd\";sf"], Headers = [new("X-Odd", "a;  b,c")] },
            Odd(8) with { Covered = ["\"x-odd\";key=\"a\""], Headers = [new("X-Odd", "a=1, b=2")] },
            Odd(9) with { Covered = ["\"x-odd\""], Headers = [new("X-Odd", "\"<&\\u0000>\" \\ ")] },
            Odd(10) with { Covered = ["\"content-digest\";bs"] },
            Odd(11) with { Covered = ["\"content-digest\";sf"] },
            Odd(12) with { Covered = ["\"provenance-party\";bs"] },
            Odd(13) with { Covered = ["\"@authority\"", "\"@request-target\"", "\"@path\"", "\"@scheme\"", "\"@query\""], Path = "/events?a=%20&b" },
            Odd(14) with { Covered = ["\"@query-param\";name=\"a\""], Path = "/events?a=%20&b" },
            Odd(15) with { Parameters = ";alg=\"ed25519\";tag=\"\\\"\\\\\";x;y=?0;z=1.5" },
            Odd(16) with { Path = "/events?" },
            Odd(17) with { Headers = [new("Provenance-Party", "other")] },
            Odd(18) with { Parameters = $";expires={TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 1000}" },
        ];
        var taken = new List<string>();
        foreach (var request in requests)
        {
            using var answer = await SendSlowlyAsync(silo, request, () => Task.CompletedTask);
            Assert.True((int)answer.StatusCode is 201 or 400 or 401, await answer.Content.ReadAsStringAsync());
            if (answer.StatusCode == HttpStatusCode.Created)
            {
                taken.Add($"lot/01/09521234000037/21/{request.Serial}");
            }
        }

        // The key revokes itself: the signature of that stands before the revocation.
        var leave = signer.Post(silo.Address, $"/parties/{Party}/keys/{signer.Key.Id}/revoke", Party, "{}");
        using var left = await leave.SendAsync(silo);
        Assert.Equal(HttpStatusCode.OK, left.StatusCode);

        Assert.InRange(taken.Count, 5, requests.Length - 3);
        var folder = Directory.CreateTempSubdirectory("odd-");
        try
        {
            var vkey = (await silo.Client.GetStringAsync("/log/vkey")).Trim();
            foreach (var entity in (string[])[.. taken, $"party/{Party}"])
            {
                var file = Path.Combine(folder.FullName, "bundle.json");
                await File.WriteAllBytesAsync(file, await BundleAsync(silo, entity));
                var (code, text) = await ToolAsync("verify", file, "--key", vkey);
                Assert.True(code == 0 && text.Contains("COMPLETE", StringComparison.Ordinal), $"{entity}: {text}");
                Assert.True(
                    entity.StartsWith("party", StringComparison.Ordinal) || text.Contains("1 entries are signed by who they say: The odd", StringComparison.Ordinal), text);
                Assert.Contains("was revoked later", text, StringComparison.Ordinal);
            }

            await silo.RestartAsync(async () =>
            {
                var (sound, report) = await ToolAsync("audit", silo.DataFolder, "--key", vkey);
                Assert.True(sound == 0, report);
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Behind_a_public_address_what_was_signed_for_another_server_is_refused()
    {
        await using var silo = new RunningSiloOfItsOwn();
        silo.Settings["Provenance:PublicUrl"] = "https://log.example.org";
        await silo.InitializeAsync();
        var signer = Signer.NewEd25519();
        await silo.RegisterAsync(Party, signer);
        foreach (var (host, status) in ((string, HttpStatusCode)[])[("https://log.example.org", HttpStatusCode.Created), ("http://evil.example", HttpStatusCode.Unauthorized)])
        {
            var request = new OddRequest(signer, Party, "H") { Server = new Uri(host) };
            using var answer = await SendSlowlyAsync(silo, request, () => Task.CompletedTask);
            Assert.Equal(status, answer.StatusCode);
        }

        using var direct = await SendSlowlyAsync(silo, new OddRequest(signer, Party, "I"), () => Task.CompletedTask);
        Assert.Equal(HttpStatusCode.Created, direct.StatusCode);
    }

    private static async Task<RunningSiloOfItsOwn> StartAsync()
    {
        var silo = new RunningSiloOfItsOwn();
        await silo.InitializeAsync();
        return silo;
    }

    private static Task<byte[]> BundleAsync(RunningSilo silo, string entity) => RunningSilo.EventuallyAsync(
        async () =>
        {
            using var answer = await silo.Client.GetAsync($"/entities/{entity}/bundle");
            var bytes = await answer.Content.ReadAsByteArrayAsync();
            return answer.IsSuccessStatusCode ? bytes : [];
        },
        bytes => Ledger.Bundles.BundleJson.TryParse(bytes, out var bundle, out _) && bundle.Subject.Entries.Count > 0
            && bundle.Journals.Where(journal => journal.Entity.Kind == "party").All(journal => journal.Entries.Count == 3));

    private static async Task<(int Code, string Text)> ToolAsync(params string[] args)
    {
        using var text = new StringWriter();
        var code = await ProvenanceTool.RunAsync(args, new Terminal(text, text, interactive: false, color: false, TimeProvider.System), CancellationToken.None);
        return (code, text.ToString());
    }

    private static async Task<HttpResponseMessage> SendSlowlyAsync(RunningSilo silo, OddRequest odd, Func<Task> meanwhile)
    {
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Timeout.InfiniteTimeSpan });
        using var request = odd.ToMessage(silo.Address, meanwhile);
        return await client.SendAsync(request);
    }

    /// <summary>A signed event; what is given makes it odd.</summary>
    private sealed record OddRequest(Signer Signer, string Party, string Serial)
    {
        public string Path { get; init; } = "/events";

        public Uri? Server { get; init; }

        /// <summary>Components beside the usual.</summary>
        public string[] Covered { get; init; } = [];

        public string Parameters { get; init; } = "";

        public string OtherInput { get; init; } = "";

        public string OtherSignature { get; init; } = "";

        public KeyValuePair<string, string>[] Headers { get; init; } = [];

        public HttpRequestMessage ToMessage(Uri address, Func<Task> meanwhile)
        {
            var body = Encoding.UTF8.GetBytes(Documents.Bare(Serial));
            var server = Server ?? address;
            var digest = ContentDigestField.Of(body);
            string[] usual = ["\"@method\"", "\"@target-uri\"", "\"content-digest\"", "\"provenance-party\""];
            var input = $"({string.Join(' ', usual.Concat(Covered))});created={TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}"
                + $";keyid=\"{Signer.Key.Id}\";nonce=\"{Guid.NewGuid():N}\"{Parameters}";
            KeyValuePair<string, string>[] headers = [.. Headers, new("Provenance-Party", Party), new("Content-Digest", digest)];
            var message = new HttpMessageParts
            {
                Method = "POST",
                Scheme = server.Scheme,
                Authority = server.Authority,
                Target = Path,
                Fields = [.. headers, new("Signature-Input", OtherInput), new("Signature", OtherSignature)],
            };
            var signature = Signer.Sign(message, input);
            var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, Path)) { Content = new SlowContent(body, meanwhile) };
            request.Headers.Host = server.Authority;
            request.Headers.ExpectContinue = true;
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            foreach (var (name, value) in (KeyValuePair<string, string>[])
                [.. headers, new("Signature-Input", $"{OtherInput}provenance={input}"), new("Signature", $"{OtherSignature}provenance=:{signature}:")])
            {
                Assert.True(request.Headers.TryAddWithoutValidation(name, value));
            }

            return request;
        }
    }

    /// <summary>Something happens between its head and its body.</summary>
    private sealed class SlowContent(byte[] body, Func<Task> meanwhile) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await meanwhile();
            await stream.WriteAsync(body);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
