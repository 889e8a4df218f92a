using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Sealing.Witnessing;

namespace ProvenanceGrains.Grains.Tests.Sealing.Witnessing;

/// <summary>A policy by which the log could never publish, or that is another log's, is refused at the start.</summary>
public sealed class WitnessPolicyTests : IDisposable
{
    private static readonly VerifierKey Log = WitnessedRig.Key.Verifier;
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_policy_with_urls_for_its_quorum_is_taken()
    {
        var policy = Read($"log {Log}\nwitness a {Key(1)} http://a.example/\nwitness b {Key(2)}\ngroup g any a b\nquorum g\n");
        Assert.Equal(2, policy.Witnesses.Count);
        Assert.Equal("none", Read($"log {Log}\nquorum none\n").Quorum);
    }

    public static TheoryData<string, string> Refused() => new()
    {
        { $"witness a {Key(1)} http://a.example/\nquorum a\n", "does not name this log" },
        { $"log {SignerKey.Create("log.example/other", 1, new byte[32]).Verifier}\nquorum none\n", "does not name this log" },
        { $"log {Log}\nwitness a {Key(1)}\nquorum a\n", "never be reached" },
        { $"log {Log}\nwitness a {Key(1)} ftp://a.example/\nquorum a\n", "never be reached" },
        { $"log {Log}\nwitness a {Key(1)} http://a.example\nwitness b {Key(2)}\ngroup g all a b\nquorum g\n", "never be reached" },
        { $"log {Log}\nwitness a {Key(1)} http://a.example\n", "no quorum" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Another_is_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_and_a_mode_that_is_none_are_refused()
    {
        Assert.Throws<ArgumentException>(() => WitnessingServices.ReadPolicy(_file + ".none", Log));
        Assert.Throws<ArgumentException>(() => WitnessingServices.ParseMode("maybe"));
        Assert.Equal(WitnessMode.Hold, WitnessingServices.ParseMode(null));
        Assert.Equal(WitnessMode.Publish, WitnessingServices.ParseMode("publish"));
    }

    private static VerifierKey Key(byte seed) =>
        SignerKey.Create($"witness.example/{seed}", NoteSignatureType.CosignatureV1, [.. Enumerable.Repeat(seed, 32)]).Verifier;

    private Ledger.Policies.LogPolicy Read(string text)
    {
        File.WriteAllText(_file, text);
        return WitnessingServices.ReadPolicy(_file, Log);
    }
}
