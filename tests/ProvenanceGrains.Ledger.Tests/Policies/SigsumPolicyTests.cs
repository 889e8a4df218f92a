using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;

namespace ProvenanceGrains.Ledger.Tests.Policies;

/// <summary>
/// Sigsum's policies, from which C2SP tlog-policy descends: the same lines, but keys are 64 hexadecimal digits there and
/// vkeys here. With the keys rewritten, the verdicts are the same.
/// </summary>
public sealed partial class SigsumPolicyTests
{
    [VectorFact]
    public void Policies_that_sigsum_refuses_are_refused_with_a_reason()
    {
        var cases = Literals("TestInvalidConfig").GetProperty("cases")[0].EnumerateArray().ToList();
        Assert.NotEmpty(cases);
        foreach (var vector in cases)
        {
            var accepted = LogPolicy.TryParse(Rewrite(vector[2].GetString()!), out _, out var error);
            Assert.False(accepted, vector[0].GetString());
            Assert.NotEmpty(error!);

            // And in sigsum's own spelling, which is another format.
            Assert.False(LogPolicy.TryParse(Encoding.UTF8.GetBytes(vector[2].GetString()!), out _, out error));
        }
    }

    [VectorFact]
    public void A_nested_quorum_is_reached_by_the_same_witnesses()
    {
        var test = Literals("TestValidConfig");
        var text = test.GetProperty("vars").GetProperty("policy").GetString()!;
        Assert.True(LogPolicy.TryParse(Rewrite(text), out var policy, out var error), error);
        var keys = test.GetProperty("cases")[0].EnumerateArray().Select(key => key.GetString()!).ToList();
        var cases = test.GetProperty("cases")[1].EnumerateArray().ToList();
        Assert.NotEmpty(cases);
        foreach (var vector in cases)
        {
            // Which of the keys have cosigned, counted from 1, and whether that is enough.
            var cosigned = vector.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Array)
                .SelectMany(part => part.EnumerateArray()).Select(number => keys[number.GetInt32() - 1]);
            var names = cosigned.Select(key => policy.Witnesses.Single(witness => KeyBytes(key).AsSpan().SequenceEqual(witness.Key.PublicKey)).Name);
            var expected = vector.EnumerateArray().Last().GetBoolean();
            Assert.True(expected == policy.IsQuorum(names.ToHashSet()), vector.ToString());
        }
    }

    private static JsonElement Literals(string test) => Vectors.ReadJson("sigsum/policy_config_literals.json").GetProperty(test);

    private static byte[] Rewrite(string policy) => Encoding.UTF8.GetBytes(KeyLine().Replace(policy, static line => line.Groups["what"].Value
        + VerifierKey.Create(
            "key.example/" + line.Groups["key"].Value,
            line.Value.TrimStart().StartsWith("log", StringComparison.Ordinal) ? NoteSignatureType.Ed25519 : NoteSignatureType.CosignatureV1,
            KeyBytes(line.Groups["key"].Value))));

    private static byte[] KeyBytes(string key) => Convert.FromHexString(key);

    [GeneratedRegex(@"(?<what>log |witness [A-Za-z0-9]+ )(?<key>[0-9a-f]{64})")]
    private static partial Regex KeyLine();
}
