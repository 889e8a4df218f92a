using System.Text;
using System.Text.Json;
using ProvenanceGrains.Ledger.Authorship;

namespace ProvenanceGrains.Ledger.Tests.Authorship;

public sealed class PartyEntryTests
{
    // RFC 8037 appendix A.3: an Ed25519 key and its thumbprint.
    private const string Ed25519Jwk = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";
    private const string Ed25519Id = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

    // RFC 7517 appendix A.1.
    private const string P256Jwk =
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\",\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\",\"use\":\"enc\",\"kid\":\"1\"}";

    [Theory]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{\"name\":\"\\ud800\",\"roles\":[\"capture\"]}")]
    [InlineData("{\"name\":\"A\",\"roles\":[\"\\ud800\"]}")]
    [InlineData("{\"name\":\"A\",\"roles\":[7]}")]
    [InlineData("{\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"\\ud800\"}}")]
    [InlineData("{\"jwk\":{\"kty\":\"\\udc00\"}}")]
    public void Whatever_JSON_a_client_sends_is_refused_with_a_reason_and_no_exception(string json)
    {
        using var document = JsonDocument.Parse(json, PartyEntryReader.Options);
        Assert.False(PartyEntryReader.TryReadRegistered("acme", document.RootElement, out _, out var error));
        Assert.NotEmpty(error);
        Assert.False(PartyEntryReader.TryReadAdded("acme", document.RootElement, 5, out _, out error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void A_text_that_is_no_UTF8_is_refused_with_a_reason_and_no_exception()
    {
        using var document = JsonDocument.Parse((byte[])[.. "{\"name\":\"A\",\"roles\":[\""u8, 0xFF, .. "\"]}"u8]);
        Assert.False(PartyEntryReader.TryReadRegistered("acme", document.RootElement, out _, out var error));
        Assert.StartsWith("roles:", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_JSON_in_the_place_of_any_part_of_an_entry_is_read_or_refused_with_a_reason_and_no_exception()
    {
        string[] others =
        [
            "null", "true", "7", "-1e400", "\"\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u0000\"", "[]", "[null]", "[[]]", "{}", "{\"a\":1}", "{\"\\ud800\":1}",
            "\"" + new string('9', 300) + "\"",
        ];
        var refused = 0;
        foreach (var line in File.ReadLines(Path.Combine(Vectors.RepositoryRoot, "tests", "ProvenanceGrains.Ledger.Tests", "golden", "party-entries-v1.txt")))
        {
            var (type, json) = (line[..line.IndexOf(' ', StringComparison.Ordinal)], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            var parts = Parts(json).ToList();
            Assert.True(parts.Count > 5);
            foreach (var part in parts)
            {
                refused += others.Count(other => Refuses(type, json[..part.Start] + other + json[part.End..]));
            }
        }

        Assert.True(refused > 500, $"{refused} were refused.");
    }

    /// <summary>Where the texts, names, arrays and objects of a document stand.</summary>
    private static IEnumerable<(int Start, int End)> Parts(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(bytes);
        var open = new Stack<int>();
        var parts = new List<(int, int)>();
        while (reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                open.Push(start);
                continue;
            }

            // A name's token ends behind its colon.
            var end = reader.TokenType == JsonTokenType.PropertyName ? start + reader.ValueSpan.Length + 2 : (int)reader.BytesConsumed;
            parts.Add((reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray ? open.Pop() : start, end));
        }

        return parts.Select(part => (Encoding.UTF8.GetCharCount(bytes, 0, part.Item1), Encoding.UTF8.GetCharCount(bytes, 0, part.Item2)));
    }

    private static bool Refuses(string type, string json)
    {
        if (PartyEntry.TryParse(type, Encoding.UTF8.GetBytes(json), out var entry, out var error))
        {
            Assert.True(PartyEntry.TryParse(type, entry.ToJson(), out _, out error), error);
        }
        else
        {
            Assert.NotEmpty(error);
        }

        var refused = entry is null;
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, PartyEntryReader.Options);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return refused;
        }

        using (document)
        {
            Assert.True(PartyEntryReader.TryRead(type, document.RootElement, out _, out error) || error.Length > 0);
            Assert.True(PartyEntryReader.TryReadRegistered("acme", document.RootElement, out _, out error) || error.Length > 0);
            Assert.True(PartyEntryReader.TryReadAdded("acme", document.RootElement, 5, out _, out error) || error.Length > 0);
            Assert.NotEqual("", PartyEntryReader.CheckMembers(document.RootElement, "party"));
        }

        return refused;
    }

    [Fact]
    public void A_keys_id_is_its_thumbprint()
    {
        Assert.Equal(Ed25519Id, Parse(Ed25519Jwk).Id);
        var key = Parse(P256Jwk);
        Assert.Equal(PartyKey.IdLength, key.Id.Length);
        Assert.Equal(key.Id, Parse(key.ToJwk()).Id);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"kty\":\"RSA\"}")]
    [InlineData("{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}")]
    [InlineData("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qY\"}")]
    [InlineData("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}")]
    [InlineData("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}")]
    [InlineData("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\",\"y\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\"}")]
    public void What_is_no_public_key_of_either_kind_is_refused_with_a_reason(string jwk)
    {
        using var document = JsonDocument.Parse(jwk);
        Assert.False(PartyKey.TryParseJwk(document.RootElement, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void Entries_have_the_bytes_of_their_golden_file_and_are_read_back()
    {
        PartyEntry[] entries =
        [
            new PartyEntry.Registered("acme", "Acm\u00e9 \"Foods\"", "4012345000009", PartyRoles.Capture | PartyRoles.Admin, ["4012345", "95060"]),
            new PartyEntry.Registered("dev-1.line_2", "Scanner", null, PartyRoles.Capture, []),
            new PartyEntry.KeyAdded("acme", Parse(Ed25519Jwk), 1_790_000_000_000, 1_890_000_000_123),
            new PartyEntry.KeyAdded("acme", Parse(P256Jwk), 0, null),
            new PartyEntry.KeyRevoked("acme", Ed25519Id, "lost"),
            new PartyEntry.KeyRevoked("acme", Ed25519Id, null),
        ];
        var text = string.Concat(entries.Select(entry => $"{entry.EntryType} {Encoding.UTF8.GetString(entry.ToJson())}\n"));
        Assert.Equal(File.ReadAllText(Path.Combine(Vectors.RepositoryRoot, "tests", "ProvenanceGrains.Ledger.Tests", "golden", "party-entries-v1.txt")), text);
        foreach (var entry in entries)
        {
            Assert.True(PartyEntry.TryParse(entry.EntryType, entry.ToJson(), out var read, out var error), error);
            Assert.Equal(entry.ToJson(), read.ToJson());
        }
    }

    [Theory]
    [InlineData("party.registered", "{\"party\":\"acme\",\"name\":\"A\",\"gln\":\"4012345000008\",\"roles\":[\"capture\"]}", "gln")]
    [InlineData("party.registered", "{\"party\":\"Acme\",\"name\":\"A\",\"roles\":[\"capture\"]}", "party")]
    [InlineData("party.registered", "{\"party\":\"acme\",\"name\":\"\",\"roles\":[\"capture\"]}", "name")]
    [InlineData("party.registered", "{\"party\":\"acme\",\"name\":\"A\",\"roles\":[]}", "roles")]
    [InlineData("party.registered", "{\"party\":\"acme\",\"name\":\"A\",\"roles\":[\"root\"]}", "roles")]
    [InlineData("party.registered", "{\"party\":\"acme\",\"name\":\"A\",\"roles\":[\"capture\"],\"glnPrefixes\":[\"12\"]}", "glnPrefixes")]
    [InlineData("party.registered", "{\"party\":\"acme\",\"name\":\"A\",\"roles\":[\"capture\"],\"more\":1}", "more")]
    [InlineData("party.registered", "{\"party\":\"acme\",\"party\":\"acme\",\"name\":\"A\",\"roles\":[\"capture\"]}", "JSON")]
    [InlineData("party.key-added", "{\"party\":\"acme\",\"validFrom\":\"2026-01-01T00:00:00Z\"}", "jwk")]
    [InlineData("party.key-added", "{\"party\":\"acme\",\"jwk\":" + Ed25519Jwk + "}", "validFrom")]
    [InlineData("party.key-added", "{\"party\":\"acme\",\"jwk\":" + Ed25519Jwk + ",\"validFrom\":\"2026-01-01\"}", "validFrom")]
    [InlineData("party.key-added", "{\"party\":\"acme\",\"jwk\":" + Ed25519Jwk + ",\"validFrom\":\"2026-01-01T00:00:00Z\",\"validUntil\":\"2026-01-01T00:00:00Z\"}", "validUntil")]
    [InlineData("party.key-added", "{\"party\":\"acme\",\"keyId\":\"x\",\"jwk\":" + Ed25519Jwk + ",\"validFrom\":\"2026-01-01T00:00:00Z\"}", "keyId")]
    [InlineData("party.key-revoked", "{\"party\":\"acme\"}", "keyId")]
    [InlineData("party.other", "{\"party\":\"acme\"}", "party.other")]
    [InlineData("party.registered", "7", "party")]
    [InlineData("party.registered", "{", "JSON")]
    public void A_wrong_entry_is_refused_and_its_member_named(string type, string json, string member)
    {
        Assert.False(PartyEntry.TryParse(type, Encoding.UTF8.GetBytes(json), out _, out var error));
        Assert.Contains(member, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_revoked_key_never_comes_back()
    {
        var party = new TestParty("acme", TestKey.OfEd25519(1));
        party.Append(new PartyEntry.KeyRevoked("acme", party.Key.Public.Id, null), 1);
        Assert.False(PartyRecord.TryApply(party.Record, new PartyEntry.KeyAdded("acme", party.Key.Public, 0, null), 2, out _, out _));
        Assert.False(PartyRecord.TryApply(party.Record, new PartyEntry.KeyRevoked("acme", party.Key.Public.Id, null), 2, out _, out _));
        Assert.False(PartyRecord.TryApply(party.Record, new PartyEntry.Registered("other", "O", null, PartyRoles.Capture, []), 2, out _, out _));
        Assert.False(PartyRecord.TryApply(null, new PartyEntry.KeyRevoked("acme", party.Key.Public.Id, null), 2, out _, out _));
    }

    private static PartyKey Parse(string jwk)
    {
        using var document = JsonDocument.Parse(jwk);
        Assert.True(PartyKey.TryParseJwk(document.RootElement, out var key, out var error), error);
        return key;
    }
}
