using System.Text;
using System.Text.Json;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.HttpSignatures;
using ProvenanceGrains.Ledger.StructuredFields;

namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>Structured fields, HTTP message signatures, and what is kept of them.</summary>
internal static class AuthorshipTargets
{
    private const long ForSignatures = 8 << 20;

    private static readonly PartyLogEntry[] Journal =
    [
        .. PartyLines().Take(4).Select((line, i) => new PartyLogEntry(line.Type, line.Content, 1_790_000_000_000, i)),
    ];

    public static IEnumerable<FuzzTarget> All(FuzzCorpus corpus)
    {
        byte[][] fields =
        [
            .. FuzzTarget.Texts(
                "sig1=(\"@method\" \"@target-uri\" \"content-digest\";sf \"x\";key=\"a\";bs;req;tr);created=1618884473;keyid=\"k\";nonce=\"n-123456\"",
                "a=1, b=?0, c=:AQID:, d=\"q\\\"\\\\\", e=tok*/:, f=1.125;x=-0.5;y, g=@1618884473, h=(1 2;a \"z\");q",
                "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:, sha-512=:AQ==:",
                ContentDigestField.Of("{}"u8), ContentDigestField.Of("{}"u8) + ", md5=:AQ==:", "\"text\";a=1", "999999999999999", "-999999999999.999", "(((", "a;b;c;d=?1"),
        ];
        yield return new FuzzTarget("structured-field", FuzzShape.Text, fields, RunField) { MaxBytes = 20_000 };
        yield return new FuzzTarget("content-digest", FuzzShape.Text, fields, RunDigest) { MaxBytes = 20_000 };
        byte[][] messages =
        [
            .. FuzzTarget.Texts(
                "POST\nlog.example.org\n/capture?x=1&x=%20\nprovenance-party: acme\ncontent-digest: sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:\n"
                + "signature-input: sig1=(\"@method\" \"@target-uri\" \"content-digest\" \"provenance-party\");created=1790000010;keyid=\"k\";nonce=\"nonce-01\"\n"
                + "signature: sig1=:AAECAwQFBgcICQoLDA0ODw==:",
                "GET\nEXAMPLE.com:443\n/p%61th?a=b\nx: a=1;b, c\nx:  d \nsignature-input: s=(\"@query-param\";name=\"a\" \"@query\" \"@path\" \"@authority\" \"@scheme\" \"x\";sf \"x\";key=\"a\" \"x\";bs);alg=\"ed25519\"\nsignature: s=:AA==:"),
            .. corpus.Files("tlog/rfc9421", ".md"),
        ];
        yield return new FuzzTarget("http-message", FuzzShape.Lines, messages, RunMessage) { MaxBytes = 20_000, AllocationFactor = 512 };
        yield return new FuzzTarget("signed-capture", FuzzShape.Json, [FuzzCorpus.Golden("signed-capture-v1.json")], RunCapture) { AllocationBase = ForSignatures };
        yield return new FuzzTarget("party-entry", FuzzShape.Json, [.. PartyLines().Select(line => line.Content)], RunParty) { AllocationBase = ForSignatures };
    }

    private static IEnumerable<(string Type, byte[] Content)> PartyLines() => FuzzCorpus.GoldenLines("party-entries-v1.txt")
        .Select(line => line.Split(' ', 2))
        .Select(parts => (parts[0], Encoding.UTF8.GetBytes(parts[1])));

    private static bool RunField(byte[] input)
    {
        var text = FuzzOracle.Text(input);
        var any = false;
        if (FuzzOracle.Answer(StructuredField.TryParseDictionary(text, out var dictionary, out var error), error))
        {
            any = true;
            Settles(StructuredField.Write(dictionary!), again => StructuredField.TryParseDictionary(again, out var members, out _) ? StructuredField.Write(members) : null);
        }

        if (FuzzOracle.Answer(StructuredField.TryParseList(text, out var list, out error), error))
        {
            any = true;
            Settles(StructuredField.Write(list!), again => StructuredField.TryParseList(again, out var members, out _) ? StructuredField.Write(members) : null);
        }

        if (FuzzOracle.Answer(StructuredField.TryParseItem(text, out var item, out error), error))
        {
            any = true;
            Settles(StructuredField.Write(item!), again => StructuredField.TryParseItem(again, out var one, out _) ? StructuredField.Write(one) : null);
        }

        return any;
    }

    private static bool RunDigest(byte[] input)
    {
        var accepted = FuzzOracle.Answer(ContentDigestField.TryParse(FuzzOracle.Text(input), out var field, out var error), error);
        field?.Matches(input);
        return accepted;
    }

    /// <summary>Method, authority, target, then fields, a line each.</summary>
    private static bool RunMessage(byte[] input)
    {
        var lines = FuzzOracle.Text(input).Split('\n');
        var message = new HttpMessageParts
        {
            Method = lines[0],
            Authority = lines.Length > 1 ? lines[1] : "",
            Target = lines.Length > 2 ? lines[2] : "/",
            Fields = [.. lines.Skip(3).Take(100).Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2).Select(parts => KeyValuePair.Create(parts[0], parts[1]))],
        };
        foreach (var name in (string[])["signature", "signature-input"])
        {
            var value = string.Join(", ", message.Fields.Where(field => field.Key == name).Select(field => field.Value.Trim()));
            if (FuzzOracle.Answer(HttpSignature.TryParse(value, value, out var signatures, out var error), error))
            {
                FuzzOracle.Require(signatures!.Count > 0, "Accepted without a signature.");
            }
        }

        var all = string.Join(", ", message.Fields.Where(field => field.Key == "signature-input").Select(field => field.Value.Trim()));
        if (StructuredField.TryParseDictionary(all, out var inputs, out _))
        {
            foreach (var covered in inputs.Select(member => member.Value).OfType<InnerList>())
            {
                FuzzOracle.Answer(SignatureBase.TryCreate(message, covered, out _, out var error), error);
            }
        }

        var accepted = SignedRequest.TryRead(message, out var request, out var fault);
        FuzzOracle.Answer(accepted, fault?.ToString());
        if (request is not null)
        {
            // Whatever stands in a request, its claim and its verdict can be told.
            _ = request.NonceClaim;
            Verify(SignedCapture.Write(request, input));
        }

        return accepted;
    }

    private static bool RunCapture(byte[] input)
    {
        var accepted = FuzzOracle.Answer(SignedCapture.TryParse(input, out var capture, out var error), error);
        if (capture is not null)
        {
            FuzzOracle.Settles(
                SignedCapture.Write(capture.Request, capture.Body.Span),
                written => SignedCapture.TryParse(written, out var again, out _) ? SignedCapture.Write(again.Request, again.Body.Span) : null);
        }

        Verify(input);
        return accepted;
    }

    private static void Verify(byte[] capture)
    {
        var verdict = AuthorshipVerifier.Verify(new SignedEntry(capture, "k", 1_790_000_000_000, 99), Journal);
        FuzzOracle.Require(!string.IsNullOrWhiteSpace(verdict.ToString()), "A verdict that says nothing.");
    }

    private static bool RunParty(byte[] input)
    {
        var any = false;
        foreach (var type in (string[])[PartyEntry.RegisteredType, PartyEntry.KeyAddedType, PartyEntry.KeyRevokedType])
        {
            if (FuzzOracle.Answer(PartyEntry.TryParse(type, input, out var entry, out var error), error))
            {
                any = true;
                FuzzOracle.Settles(entry!.ToJson(), written => PartyEntry.TryParse(type, written, out var again, out _) ? again.ToJson() : null);
                FuzzOracle.Answer(PartyRecord.TryApply(null, entry, 1_790_000_000_000, out _, out error), error);
            }
        }

        if (TryRead(input) is { } json)
        {
            FuzzOracle.Answer(PartyEntryReader.TryReadRegistered("acme", json, out _, out var error), error);
            FuzzOracle.Answer(PartyEntryReader.TryReadAdded("acme", json, 5, out _, out error), error);
            FuzzOracle.Answer(PartyKey.TryParseJwk(json, out _, out error), error);
        }

        return any;
    }

    /// <summary>JSON as the callers of these readers parse it; null if they refuse it.</summary>
    private static JsonElement? TryRead(byte[] input)
    {
        try
        {
            using var json = JsonDocument.Parse(input, PartyEntryReader.Options);
            return json.RootElement.Clone();
        }
        catch (Exception refused) when (refused is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Settles(string written, Func<string, string?> again) => FuzzOracle.Settles(
        Encoding.UTF8.GetBytes(written), bytes => again(Encoding.UTF8.GetString(bytes)) is { } second ? Encoding.UTF8.GetBytes(second) : null);
}
