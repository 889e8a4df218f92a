using System.Text;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;

namespace ProvenanceGrains.Ledger.Tests.Policies;

public sealed class PolicyTests
{
    private static readonly string Log = Key("log.example/a", NoteSignatureType.Ed25519, 1);
    private static readonly string[] Witnesses =
        [.. Enumerable.Range(1, 4).Select(i => Key($"witness.example/w{i}", NoteSignatureType.CosignatureV1, (byte)(10 + i)))];

    [Fact]
    public void A_policy_with_names_beyond_ASCII_is_written_as_it_was_read()
    {
        var file = Encoding.UTF8.GetBytes($"log {Log}\nwitness 证人 {Witnesses[0]}\nquorum 证人\n");
        Assert.True(LogPolicy.TryParse(file, out var policy, out var error), error);
        Assert.Equal(file, policy.ToArray());
    }

    [VectorFact]
    public void Policies_are_judged_as_expected() =>
        Vectors.ForEach("tlog-policy/parse.jsonl", vector =>
        {
            var ok = LogPolicy.TryParse(
                Encoding.UTF8.GetBytes(vector.GetProperty("policy").GetString()!), out _, out var error);
            return Vectors.Expect(vector, ok, error);
        });

    [Theory]
    [InlineData("", true)]
    [InlineData("1", false)]
    [InlineData("1 2", false)]
    [InlineData("1 2 4", true)]
    [InlineData("1 3", false)]
    [InlineData("1 3 4", true)]
    [InlineData("4", false)]
    [InlineData("1 2 3 4", true)]
    public void A_quorum_of_nested_groups_counts_each_group_once(string cosigned, bool expected)
    {
        var policy = Parse($"""
            # a comment
              log {Log} https://log.example/

            witness w1 {Witnesses[0]}
            witness	w2  {Witnesses[1]}	https://w2.example/
            witness w3 {Witnesses[2]}
            witness w4 {Witnesses[3]}
            group x 2 w1 w2 w3
            group y any w4
            group both all x y
            quorum both

            """);
        var names = cosigned.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(i => "w" + i).ToHashSet();
        Assert.Equal(expected && names.Count > 0, policy.IsQuorum(names));
    }

    [Fact]
    public void A_group_named_like_no_witness_cannot_be_claimed_as_cosigned()
    {
        var policy = Parse($"witness w1 {Witnesses[0]}\ngroup g any w1\nquorum g\n");
        Assert.False(policy.IsQuorum(new HashSet<string> { "g", "none", "w9" }));
        Assert.True(policy.IsQuorum(new HashSet<string> { "w1" }));
        Assert.True(Parse("quorum none\n").IsQuorum(new HashSet<string>()));
    }

    [Theory]
    [InlineData("quorum none")]
    [InlineData("quorum none\nquorum none\n")]
    [InlineData("quorum none extra\n")]
    [InlineData("quorum\n")]
    [InlineData("quorums none\n")]
    [InlineData("Quorum none\n")]
    [InlineData("quorum none\r\n")]
    [InlineData("quorum none # comment\n")]
    [InlineData("log\nquorum none\n")]
    [InlineData("log {L} u v\nquorum none\n")]
    [InlineData("log {L}\nlog {L}\nquorum none\n")]
    [InlineData("witness w1\nquorum none\n")]
    [InlineData("witness w1 {W} u v\nquorum none\n")]
    [InlineData("witness w1 {W}\ngroup g all\nquorum none\n")]
    [InlineData("witness w1 {W}\ngroup g +1 w1\nquorum none\n")]
    [InlineData("witness w1 {W}\ngroup g 1 w1 w1\nquorum none\n")]
    [InlineData("witness w1 {W}\ngroup g 1 g\nquorum none\n")]
    [InlineData("witness w1 {W}\ngroup w1 1 w1\nquorum none\n")]
    [InlineData("witness w1 {W}\ngroup none 1 w1\nquorum none\n")]
    [InlineData("witness w1 {W}\ngroup g 99999999999999999999 w1\nquorum none\n")]
    [InlineData("# \u0001\nquorum none\n")]
    [InlineData("# \u007f\nquorum none\n")]
    [InlineData("")]
    public void Anything_else_is_refused_with_a_reason(string template)
    {
        var file = template.Replace("{L}", Log).Replace("{W}", Witnesses[0]);
        Assert.False(LogPolicy.TryParse(Encoding.UTF8.GetBytes(file), out var policy, out var error));
        Assert.Null(policy);
        Assert.NotEmpty(error);
    }

    private static LogPolicy Parse(string file)
    {
        Assert.True(LogPolicy.TryParse(Encoding.UTF8.GetBytes(file), out var policy, out var error), error);
        return policy;
    }

    private static string Key(string name, byte type, byte seed) =>
        SignerKey.Create(name, type, [.. Enumerable.Repeat(seed, 32)]).Verifier.ToString();
}
