using System.Security.Cryptography;
using System.Text;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.HttpSignatures;
using ProvenanceGrains.Ledger.Signatures;

namespace ProvenanceGrains.Ledger.Tests.Authorship;

/// <summary>A key pair of a party.</summary>
internal sealed class TestKey
{
    private readonly Func<byte[], byte[]> _sign;

    private TestKey(PartyKey key, Func<byte[], byte[]> sign)
    {
        Public = key;
        _sign = sign;
    }

    public PartyKey Public { get; }

    public byte[] Sign(byte[] message) => _sign(message);

    public static TestKey OfEd25519(byte seedByte)
    {
        var seed = Enumerable.Repeat(seedByte, 32).ToArray();
        Assert.True(PartyKey.TryCreate(PartyKeyType.Ed25519, Ed25519.PublicKey(seed), out var key, out var error), error);
        return new TestKey(key, message => Ed25519.Sign(seed, message));
    }

    public static TestKey OfP256()
    {
        var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = pair.ExportParameters(false).Q;
        Assert.True(PartyKey.TryCreate(PartyKeyType.Es256, (byte[])[.. point.X!, .. point.Y!], out var key, out var error), error);
        return new TestKey(key, message => pair.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }
}

/// <summary>A party's journal, its keys and the requests that it signs. Times are whole seconds after <see cref="Start"/>.</summary>
internal sealed class TestParty
{
    public const long Start = 1_790_000_000;
    public const string Body = "{\"type\":\"EPCISDocument\"}";

    private readonly List<PartyLogEntry> _journal = [];
    private long _leaf;

    public TestParty(string id, TestKey key, long validForSeconds = 1_000_000)
    {
        Id = id;
        Key = key;
        Append(new PartyEntry.Registered(id, id.ToUpperInvariant() + " Ltd", null, PartyRoles.Capture, []), 0);
        Append(new PartyEntry.KeyAdded(id, key.Public, Start * 1000, (Start + validForSeconds) * 1000), 0);
    }

    public string Id { get; }

    public TestKey Key { get; }

    public IReadOnlyList<PartyLogEntry> Journal => _journal;

    public PartyRecord Record
    {
        get
        {
            PartyRecord? record = null;
            foreach (var one in _journal)
            {
                Assert.True(PartyEntry.TryParse(one.EntryType, one.Content, out var entry, out var error), error);
                Assert.True(PartyRecord.TryApply(record, entry, one.TimeMs, out record, out error), error);
            }

            return record!;
        }
    }

    /// <summary>Takes the next place in the log.</summary>
    public long NextLeaf() => _leaf++;

    public void Append(PartyEntry entry, long second) =>
        _journal.Add(new PartyLogEntry(entry.EntryType, entry.ToJson(), (Start + second) * 1000, NextLeaf()));

    public SignedRequest Request(long second, string body = Body, Func<HttpMessageParts, HttpMessageParts>? alter = null, TestKey? by = null, string? party = null)
    {
        var key = by ?? Key;
        var message = new HttpMessageParts
        {
            Method = "POST",
            Authority = "log.example.org",
            Target = "/capture?x=1",
            Fields =
            [
                new("Content-Type", "application/json"),
                new("Content-Digest", ContentDigestField.Of(Encoding.UTF8.GetBytes(body))),
                new("Provenance-Party", party ?? Id),
            ],
        };
        Assert.True(
            HttpMessageSigner.TrySign(
                message, "sig1", SignedRequest.Cover(key.Public.Id, Start + second, "nonce-0123456789"), key.Sign, out var fields, out var error),
            error);
        message = (alter ?? (one => one))(message with
        {
            Fields = [.. message.Fields, new("Signature-Input", fields.SignatureInput), new("Signature", fields.Signature)],
        });
        Assert.True(SignedRequest.TryRead(message, out var request, out var fault), fault?.ToString());
        return request;
    }

    public static HttpMessageParts With(HttpMessageParts message, string field, string value) => message with
    {
        Fields = [.. message.Fields.Select(one => one.Key == field ? new KeyValuePair<string, string>(field, value) : one)],
    };
}
