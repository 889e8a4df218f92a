using System.Text;
using System.Text.Json;
using ProvenanceGrains.Cli.Authorship;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Hashing;
using ProvenanceGrains.Epcis.Samples;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.HttpSignatures;

namespace ProvenanceGrains.Cli.Tests.Authorship;

public sealed class CaptureTests
{
    private const long Now = 1_800_000_000_000;

    private static readonly byte[] Document = SupplyChain.Generate(
        new SupplyChainOptions { Start = DateTimeOffset.UnixEpoch.AddDays(20_000), Bars = 1 }).First().Json;

    [Theory]
    [InlineData("es256")]
    [InlineData("ed25519")]
    public async Task A_document_is_sent_with_a_signature_that_the_public_key_verifies(string type)
    {
        using var folder = new TestFolder();
        var made = await Tool.RunAsync("keygen", "--type", type, "--out", folder["acme.jwk"]);
        Assert.Equal(0, made.Code);
        using var jwk = JsonDocument.Parse(made.Out);
        Assert.True(PartyKey.TryParseJwk(jwk.RootElement, out var key, out var error), error);
        Assert.Contains(key.Id, made.Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["acme.jwk"]));
        }

        Assert.True(PartyRecord.TryApply(null, new PartyEntry.Registered("acme", "Acme", null, PartyRoles.Capture, []), 0, out var party, out _));
        Assert.True(PartyRecord.TryApply(party, new PartyEntry.KeyAdded("acme", key, 0, null), 0, out party, out _));
        await File.WriteAllBytesAsync(folder["events.json"], Document);
        string? refusal = "not asked";
        var address = new Uri("http://unknown");
        await using var server = TestServer.Start(request =>
        {
            refusal = Verify(request, address, party);
            return new TestAnswer(200, [], ("Location", "/capture/1"));
        });
        address = new Uri(server.Url);

        var sent = await Tool.RunAsync(
            "capture", folder["events.json"], "--url", server.Url, "--party", "acme", "--key", folder["acme.jwk"]);

        Assert.True(sent.Code == 0, sent.Error);
        Assert.Null(refusal);
        Assert.Contains("/capture/1", sent.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_names_the_part_that_is_wrong()
    {
        using var folder = new TestFolder();
        await File.WriteAllBytesAsync(folder["events.json"], Document);
        await using var server = TestServer.Start(_ => new TestAnswer(401, "{\"detail\":\"Too old.\",\"part\":\"created\"}"u8.ToArray()));

        var sent = await Tool.RunAsync("capture", folder["events.json"], "--url", server.Url, "--api-key", "some-key-0123456789");

        Assert.Equal(2, sent.Code);
        Assert.Contains("401. Too old. (created)", sent.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("capture", "FILE", "--url", "http://127.0.0.1:1")]
    [InlineData("capture", "FILE", "--url", "http://127.0.0.1:1", "--party", "acme")]
    [InlineData("capture", "FILE", "--url", "http://127.0.0.1:1", "--party", "acme", "--key", "FILE")]
    [InlineData("capture", "FILE", "--url", "http://127.0.0.1:1", "--party", "acme", "--key", "MISSING")]
    [InlineData("keygen")]
    [InlineData("keygen", "--type", "rsa", "--out", "MISSING")]
    [InlineData("keygen", "--type", "es256", "--name", "log.example.org", "--out", "MISSING")]
    public async Task Wrong_usage_does_nothing_and_says_so(params string[] args)
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder["events.json"], "{\"kty\":\"EC\",\"d\":\"AA\"}");
        var result = await Tool.RunAsync([.. args.Select(arg => arg switch
        {
            "FILE" => folder["events.json"],
            "MISSING" => folder["missing"],
            _ => arg,
        })]);

        Assert.Equal(2, result.Code);
        Assert.NotEmpty(result.Error);
        Assert.Equal(["events.json"], folder.Files());
    }

    [Fact]
    public void A_key_file_whose_halves_do_not_belong_together_is_refused()
    {
        using var folder = new TestFolder();
        foreach (var type in (PartyKeyType[])[PartyKeyType.Es256, PartyKeyType.Ed25519])
        {
            using var one = PartyKeyFile.Create(type);
            using var two = PartyKeyFile.Create(type);
            one.WriteNew(folder[$"{type}-1"]);
            two.WriteNew(folder[$"{type}-2"]);
            using var read = PartyKeyFile.Read(folder[$"{type}-1"]);
            Assert.Equal(one.Key.Id, read.Key.Id);
            var secret = File.ReadAllText(folder[$"{type}-2"]).Split("\"d\":")[1];
            File.Copy(folder[$"{type}-1"], folder["mixed"], overwrite: true);
            File.WriteAllText(folder["mixed"], File.ReadAllText(folder[$"{type}-1"]).Split("\"d\":")[0] + "\"d\":" + secret);
            var refused = Assert.Throws<UnusableException>(() => PartyKeyFile.Read(folder["mixed"]));
            Assert.Contains("no private JWK", refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.OtherExecute)]
    public void A_key_file_that_others_may_open_is_refused(UnixFileMode open)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TestFolder();
        using var key = PartyKeyFile.Create(PartyKeyType.Es256);
        key.WriteNew(folder["acme.jwk"]);
        File.SetUnixFileMode(folder["acme.jwk"], SecretFile.Mode | open);
        var refused = Assert.Throws<UnusableException>(() => PartyKeyFile.Read(folder["acme.jwk"]));
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_is_found_in_its_signed_body_and_in_no_other()
    {
        var read = EpcisDocumentParser.Parse(Document, ParseLimits.Default, Now).Document!.Events[0];
        var content = read.ToStoredContent(EventIdentity.Of(read));

        Assert.True(AuthoredEvents.Of(Document, Now).Hold(content));
        var altered = Encoding.UTF8.GetString(Document).Replace("2024-", "2025-", StringComparison.Ordinal);
        Assert.NotEqual(Document, Encoding.UTF8.GetBytes(altered));
        Assert.False(AuthoredEvents.Of(Encoding.UTF8.GetBytes(altered), Now).Hold(content));
        Assert.False(AuthoredEvents.Of("nothing"u8.ToArray(), Now).Hold(content));
    }

    private static string? Verify(TestRequest request, Uri address, PartyRecord party)
    {
        var message = new HttpMessageParts
        {
            Method = "POST",
            Scheme = "http",
            Authority = address.Authority,
            Target = request.Path,
            Fields = [.. request.Headers.Select(header => new KeyValuePair<string, string>(header.Key, header.Value.ToString()))],
        };
        var verifier = new SignedRequestVerifier(SignatureWindow.Default);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        return SignedRequest.TryRead(message, out var signed, out var fault)
            && verifier.TryVerify(signed, party, now, out fault)
            && verifier.TryVerifyBody(signed, request.Body.ToArray(), out fault)
                ? null
                : fault.ToString();
    }
}
