using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Api.Tests.Hosting;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.HttpSignatures;
using ProvenanceGrains.Ledger.Signatures;
using ProvenanceGrains.Ledger.StructuredFields;

namespace ProvenanceGrains.Api.Tests.Parties;

/// <summary>A party's key pair, by which it signs requests.</summary>
internal sealed class Signer
{
    private readonly Func<byte[], byte[]> _sign;

    private Signer(PartyKey key, Func<byte[], byte[]> sign)
    {
        Key = key;
        _sign = sign;
    }

    public PartyKey Key { get; }

    public static Signer NewEd25519()
    {
        var seed = RandomNumberGenerator.GetBytes(32);
        Assert.True(PartyKey.TryCreate(PartyKeyType.Ed25519, Ed25519.PublicKey(seed), out var key, out var error), error);
        return new Signer(key, message => Ed25519.Sign(seed, message));
    }

    public static Signer NewP256()
    {
        var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = pair.ExportParameters(false).Q;
        Assert.True(PartyKey.TryCreate(PartyKeyType.Es256, (byte[])[.. point.X!, .. point.Y!], out var key, out var error), error);
        return new Signer(key, message => pair.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    /// <summary>The signature, in base64, of what a member of <c>Signature-Input</c> covers; of nothing if it covers what is not there.</summary>
    public string Sign(HttpMessageParts message, string input)
    {
        Assert.True(HttpSignature.TryParse($"provenance={input}", "provenance=:AAAA:", out var parsed, out var error), error);
        return Convert.ToBase64String(_sign(SignatureBase.TryCreate(message, parsed[0].Covered, out var signed, out _) ? signed : []));
    }

    /// <summary>A signed POST, not sent yet, so that a test can alter it first.</summary>
    public SignedPost Post(Uri server, string path, string party, string body, long createdAgo = 0, InnerList? covered = null)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var created = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - createdAgo;
        covered ??= SignedRequest.Cover(Key.Id, created, RandomNumberGenerator.GetHexString(24));
        var message = new HttpMessageParts
        {
            Method = "POST",
            Scheme = server.Scheme,
            Authority = server.Authority,
            Target = path,
            Fields =
            [
                new("Content-Type", "application/json"), new("Content-Digest", ContentDigestField.Of(bytes)), new("Provenance-Party", party),
            ],
        };
        Assert.True(HttpMessageSigner.TrySign(message, "sig", covered, _sign, out var fields, out var error), error);
        return new SignedPost(path, body, new Dictionary<string, string>
        {
            ["Content-Digest"] = ContentDigestField.Of(bytes),
            ["Provenance-Party"] = party,
            ["Signature-Input"] = fields.SignatureInput,
            ["Signature"] = fields.Signature,
        });
    }
}

/// <summary>A signed request as data.</summary>
internal sealed record SignedPost(string Path, string Body, Dictionary<string, string> Headers)
{
    public SignedPost With(string header, string value) => this with { Headers = new(Headers) { [header] = value } };

    public SignedPost Without(string header)
    {
        var fewer = new Dictionary<string, string>(Headers);
        fewer.Remove(header);
        return this with { Headers = fewer };
    }

    public async Task<HttpResponseMessage> SendAsync(RunningSilo silo, string? apiKey = null)
    {
        using var client = new HttpClient { BaseAddress = silo.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("Prefer", "wait");
        request.Headers.Authorization = apiKey is null ? null : new AuthenticationHeaderValue("Bearer", apiKey);
        foreach (var (name, value) in Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }
}

/// <summary>What tests ask of a silo about parties.</summary>
internal static class PartyRequests
{
    public static async Task RegisterAsync(
        this RunningSilo silo, string id, Signer? key = null, string roles = "\"capture\"", string prefixes = "", string validity = "")
    {
        var keys = key is null ? "" : $$""","keys":[{"jwk":{{key.Key.ToJwk()}}{{validity}}}]""";
        using var answer = await silo.PostAsync(
            "/parties",
            Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","name":"The {{id}}","roles":[{{roles}}],"glnPrefixes":[{{prefixes}}]{{keys}}}"""),
            "application/json");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal($"/parties/{id}", answer.Headers.Location!.ToString());
    }

    /// <summary>Sends and expects problem details with a status; returns their member <c>part</c>, else the first error's field.</summary>
    public static async Task<string?> RefusalAsync(this HttpResponseMessage answer, int status)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            var problem = JsonDocument.Parse(text).RootElement;
            Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
            return problem.TryGetProperty("part", out var part) ? part.GetString()
                : problem.TryGetProperty("errors", out var errors) && errors.GetArrayLength() > 0 ? errors[0].GetProperty("field").GetString()
                : null;
        }
    }
}
