using System.CommandLine;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.HttpSignatures;

namespace ProvenanceGrains.Cli.Authorship;

/// <summary>Sends a document to a server, signed by a party's key.</summary>
internal static class CaptureCommand
{
    private const int MaxAnswerBytes = 64 << 20;

    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "The EPCIS document." };
        var url = new Option<string>("--url") { Description = "The server.", HelpName = "URL", Required = true };
        var party = new Option<string?>("--party") { Description = "Who signs, with --key.", HelpName = "ID" };
        var key = new Option<string?>("--key", "-k") { Description = "The party's private key (keygen --type).", HelpName = "FILE" };
        var apiKey = new Option<string?>("--api-key") { Description = "A party's API key, in place of or beside a signature.", HelpName = "KEY" };
        var command = new ToolCommand(
            "capture",
            "Sends an EPCIS document to a server, signed.",
            """
            The request is signed as RFC 9421 says, over method, target, content type, digest of the body, party and time. The server keeps
            the signature in the log, so that anybody can verify who said it. A busy server (503, 429) is reported: run it again.
            """,
            "provenance capture events.json --url http://127.0.0.1:8080 --party acme --key acme.jwk",
            "provenance capture events.json --url http://127.0.0.1:8080 --api-key KEY")
        {
            file,
            url,
            party,
            key,
            apiKey,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(key) is null != result.GetResult(party) is null)
            {
                result.AddError("--party and --key go together: a signature names its party.");
            }
            else if (result.GetResult(key) is null && result.GetResult(apiKey) is null)
            {
                result.AddError("Give --party and --key, or --api-key: writing needs one.");
            }
        });
        command.SetAction((parsed, cancellation) => RunAsync(
            terminal,
            parsed.GetRequiredValue(file),
            HttpLogSource.ParseAddress(parsed.GetRequiredValue(url)),
            parsed.GetValue(party),
            parsed.GetValue(key),
            parsed.GetValue(apiKey),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, string file, Uri server, string? party, string? keyFile, string? apiKey, CancellationToken cancellation)
    {
        var body = InputFile.Read(file, SignedCapture.MaxBodyBytes);
        using var http = HttpLogSource.CreateClient(MaxAnswerBytes);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, "capture"));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("Prefer", "wait");
        request.Headers.Authorization = apiKey is null ? null : new AuthenticationHeaderValue("Bearer", apiKey);
        if (keyFile is not null)
        {
            using var key = PartyKeyFile.Read(keyFile);
            Sign(request, body, party!, key, terminal.Clock.GetUtcNow());
        }

        using var answer = await http.SendAsync(request, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            throw new UnusableException($"The server answers {(int)answer.StatusCode}. {Explain(text)}");
        }

        await terminal.Out.WriteLineAsync($"captured {answer.Headers.Location}{(keyFile is null ? "" : $", signed by {party}")}");
        return ExitCode.Sound;
    }

    private static void Sign(HttpRequestMessage request, byte[] body, string party, PartyKeyFile key, DateTimeOffset now)
    {
        if (!PartyNames.IsId(party))
        {
            throw new UnusableException("--party: a party id has 1 to 64 characters of a-z, 0-9, '-', '_' and '.'.");
        }

        var digest = ContentDigestField.Of(body);
        var target = request.RequestUri!;
        var message = new HttpMessageParts
        {
            Method = request.Method.Method,
            Scheme = target.Scheme,
            Authority = target.Authority,
            Target = target.PathAndQuery,
            Fields = [new("content-type", "application/json"), new("content-digest", digest), new(SignedRequest.PartyHeader, party)],
        };
        var covered = SignedRequest.Cover(key.Key.Id, now.ToUnixTimeSeconds(), RandomNumberGenerator.GetHexString(32, lowercase: true));
        if (!HttpMessageSigner.TrySign(message, SignedRequest.Label, covered, key.Sign, out var fields, out var error))
        {
            throw new UnusableException($"The request cannot be signed: {error}.");
        }

        request.Headers.Add("Provenance-Party", party);
        request.Headers.Add("Signature-Input", fields.SignatureInput);
        request.Headers.Add("Signature", fields.Signature);
        request.Content!.Headers.TryAddWithoutValidation("Content-Digest", digest);
    }

    /// <summary>Detail of problem details (RFC 9457), with the part of a signature that is wrong.</summary>
    private static string Explain(string text)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            var root = problem.RootElement;
            var part = root.TryGetProperty("part", out var named) ? $" ({named})" : "";
            return root.TryGetProperty("detail", out var detail) ? detail + part : "";
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return "";
        }
    }
}
