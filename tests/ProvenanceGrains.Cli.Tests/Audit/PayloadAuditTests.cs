using System.Text;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.HttpSignatures;
using ProvenanceGrains.Ledger.Incarnations;
using ProvenanceGrains.Ledger.Signatures;

namespace ProvenanceGrains.Cli.Tests.Audit;

/// <summary>What an audit asks of payloads beyond their commitments: authors, and links to earlier logs.</summary>
public sealed class PayloadAuditTests
{
    private const long Start = 1_790_000_000;
    private const string Origin = "log.example.org/test";

    private static readonly EntityId Party = EntityId.Create("party", "acme");

    [Fact]
    public async Task A_signed_capture_is_verified_also_by_an_audit_that_goes_on()
    {
        using var folder = new TestFolder();
        var chain = Registered().Seal();
        Write(chain, folder);
        Assert.Equal(0, (await AuditAsync(folder, chain, "--state", folder["state"])).Code);
        Capture(chain, seed: 1).Seal();
        Write(chain, folder);

        var whole = await AuditAsync(folder, chain);
        Assert.Equal(0, whole.Code);
        Assert.Contains("signed      1 captures", whole.Out, StringComparison.Ordinal);
        var rest = await AuditAsync(folder, chain, "--state", folder["state"]);
        Assert.Equal(0, rest.Code);
        Assert.Contains("signed      1 captures", rest.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_capture_that_the_party_did_not_sign_is_a_failure()
    {
        var result = await NotSoundAsync(Capture(Registered(), seed: 2).Seal());
        Assert.Contains("was not signed by party 'acme'", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"fields\":[[]]}", "fields: ")]
    [InlineData("{\"fields\":[[null,null]]}", "fields: ")]
    [InlineData("{\"fields\":[[\"a\",\"b\",\"c\"]]}", "fields: ")]
    [InlineData("{\"body\":\"\\ud800\"}", "body: ")]
    [InlineData("[]", "StartObject is expected")]
    [InlineData("", "not JSON")]
    public async Task A_capture_whose_content_is_malformed_is_a_failure_and_the_audit_goes_on(string content, string reason)
    {
        var chain = Registered().Unit(
            PublicKey(1).Id,
            (Start + 5) * 1000,
            (EntityId.Create("capture", "job0"), SignedCapture.EntryType, Encoding.UTF8.GetBytes(content)));
        var result = await NotSoundAsync(Capture(chain, seed: 1).Seal());
        Assert.Contains("job0: it holds no signed request", result.Out, StringComparison.Ordinal);
        Assert.Contains(reason, result.Out, StringComparison.Ordinal);
        Assert.Contains("signed      1 captures", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_capture_before_its_key_was_in_the_log_is_a_failure()
    {
        var chain = Capture(new TestChain(), seed: 1);
        Register(chain);
        await NotSoundAsync(chain.Seal());
    }

    [Fact]
    public async Task An_event_beside_a_signed_capture_that_is_not_in_it_is_a_failure()
    {
        var chain = Registered();
        var result = await NotSoundAsync(
            Capture(chain, 1, (TestChain.Lot("01/1/10/A"), "epcis.event", "{\"type\":\"ObjectEvent\"}"u8.ToArray())).Seal());
        Assert.Contains("is no event of what party 'acme' signed", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_of_an_incarnation_is_verified_and_shown()
    {
        using var folder = new TestFolder();
        var (chain, note) = Incarnation();
        Write(chain, folder);
        TestChain.WriteFile(folder.Path, "data/log/incarnation", note);

        var result = await AuditAsync(folder, chain);

        Assert.Equal(0, result.Code);
        Assert.Contains($"goes on from {Origin}, last known with 17 leaves", result.Out, StringComparison.Ordinal);
        Assert.Contains($"Incarnation {Origin}/i2 of {Origin} is in the log", result.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await Tool.RunAsync("verify", folder["data/log/incarnation"], "--key", new TestChain(Origin).Vkey)).Code);
        Assert.Equal(1, (await Tool.RunAsync("verify", folder["data/log/incarnation"], "--key", new TestChain(Origin, 8).Vkey)).Code);
    }

    [Fact]
    public async Task A_link_that_is_changed_or_not_in_the_log_is_a_failure()
    {
        using var folder = new TestFolder();
        var (chain, note) = Incarnation();
        Write(chain, folder);
        TestChain.WriteFile(folder.Path, "data/log/incarnation", Link(18, chain));
        Assert.Contains("No entry of the log holds this link", (await AuditAsync(folder, chain)).Out, StringComparison.Ordinal);
        note[^10] ^= 1;
        TestChain.WriteFile(folder.Path, "data/log/incarnation", note);
        Assert.Equal(1, (await AuditAsync(folder, chain)).Code);
    }

    [Fact]
    public async Task A_link_within_the_log_that_the_key_has_not_signed_is_a_failure()
    {
        var chain = new TestChain(Origin + "/i2");
        var forged = Link(17, new TestChain(Origin + "/i2", seed: 9));
        await NotSoundAsync(chain.Unit("k", Start * 1000, (EntityId.Create("log", chain.Key.Name), IncarnationLink.EntryType, forged)).Seal());
    }

    private static (TestChain Chain, byte[] Note) Incarnation()
    {
        var chain = new TestChain(Origin + "/i2");
        var note = Link(17, chain);
        chain.Event("e1", "01/1/10/A")
            .Unit("k", Start * 1000, (EntityId.Create("log", chain.Key.Name), IncarnationLink.EntryType, note)).Seal();
        return (chain, note);
    }

    private static byte[] Link(long size, TestChain chain) =>
        new IncarnationLink(Origin + "/i2", Origin, size, Hash256.Sha256("old"u8)).Sign(chain.Signer, chain.Signer.Rename(Origin)).ToArray();

    [Fact]
    public async Task A_capture_behind_a_state_of_the_public_log_is_still_its_partys()
    {
        using var folder = new TestFolder();
        var chain = Registered().Seal();
        Write(chain, folder);
        Assert.Equal(0, (await Tool.RunAsync("audit", folder["data/log"], "--key", chain.Vkey, "--state", folder["state"])).Code);
        Capture(chain, 1).Seal();
        Write(chain, folder);

        var result = await Tool.RunAsync("audit", folder["data"], "--key", chain.Vkey, "--state", folder["state"]);

        Assert.Equal(0, result.Code);
        Assert.Contains("signed      1 captures", result.Out, StringComparison.Ordinal);
    }

    private static TestChain Registered()
    {
        var chain = new TestChain();
        Register(chain);
        return chain;
    }

    private static void Register(TestChain chain)
    {
        PartyEntry registered = new PartyEntry.Registered("acme", "Acme Ltd", null, PartyRoles.Capture, []);
        PartyEntry added = new PartyEntry.KeyAdded("acme", PublicKey(1), Start * 1000, null);
        chain.Unit("op", Start * 1000, (Party, registered.EntryType, registered.ToJson()));
        chain.Unit("op", Start * 1000, (Party, added.EntryType, added.ToJson()));
    }

    private static PartyKey PublicKey(byte seed)
    {
        Assert.True(PartyKey.TryCreate(PartyKeyType.Ed25519, Ed25519.PublicKey(Seed(seed)), out var key, out var error), error);
        return key;
    }

    private static byte[] Seed(byte value) => [.. Enumerable.Repeat(value, 32)];

    /// <summary>A capture said to be signed with acme's key, signed with the key of a seed.</summary>
    private static TestChain Capture(TestChain chain, byte seed, params (EntityId, string, byte[])[] more)
    {
        const string Body = "{\"type\":\"EPCISDocument\"}";
        var message = new HttpMessageParts
        {
            Method = "POST",
            Authority = "log.example.org",
            Target = "/capture",
            Fields =
            [
                new("Content-Type", "application/json"),
                new("Content-Digest", ContentDigestField.Of(Encoding.UTF8.GetBytes(Body))),
                new("Provenance-Party", "acme"),
            ],
        };
        var keyId = PublicKey(1).Id;
        Assert.True(
            HttpMessageSigner.TrySign(
                message, "sig1", SignedRequest.Cover(keyId, Start + 10, "nonce-0123456789"), bytes => Ed25519.Sign(Seed(seed), bytes), out var fields, out var error),
            error);
        message = message with { Fields = [.. message.Fields, new("Signature-Input", fields.SignatureInput), new("Signature", fields.Signature)] };
        Assert.True(SignedRequest.TryRead(message, out var request, out var fault), fault?.ToString());
        return chain.Unit(
            keyId,
            (Start + 11) * 1000,
            [(EntityId.Create("capture", $"u{chain.Units.Count}"), SignedCapture.EntryType, SignedCapture.Write(request, Encoding.UTF8.GetBytes(Body))), .. more]);
    }

    private static async Task<ToolResult> NotSoundAsync(TestChain chain)
    {
        using var folder = new TestFolder();
        Write(chain, folder);
        var result = await AuditAsync(folder, chain);
        Assert.Equal(1, result.Code);
        return result;
    }

    private static void Write(TestChain chain, TestFolder folder)
    {
        if (Directory.Exists(folder["data"]))
        {
            Directory.Delete(folder["data"], recursive: true);
        }

        chain.WriteDataFolder(folder["data"]);
    }

    private static Task<ToolResult> AuditAsync(TestFolder folder, TestChain chain, params string[] more) =>
        Tool.RunAsync(["audit", folder["data"], "--key", chain.Vkey, .. more]);
}
