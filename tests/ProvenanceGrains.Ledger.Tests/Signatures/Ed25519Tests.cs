using System.Text;
using ProvenanceGrains.Ledger.Signatures;

namespace ProvenanceGrains.Ledger.Tests.Signatures;

public sealed class Ed25519Tests
{
    [VectorFact]
    public void Keys_and_signatures_are_those_of_the_standards_authors() =>
        Vectors.ForEach("ed25519/sign_input_rfc8032.jsonl", vector =>
        {
            byte[] Hex(string name) => Convert.FromHexString(vector.GetProperty(name).GetString()!);
            return !Ed25519.PublicKey(Hex("seed")).SequenceEqual(Hex("public")) ? "another public key"
                : !Ed25519.Sign(Hex("seed"), Hex("message")).SequenceEqual(Hex("signature")) ? "another signature"
                : !Ed25519.Verify(Hex("public"), Hex("message"), Hex("signature")) ? "refused"
                : null;
        });

    [VectorFact]
    public void Edge_cases_are_judged_as_the_Go_standard_library_does() =>
        Vectors.ForEach("ed25519/cctv_ed25519vectors.jsonl", vector =>
        {
            var answer = Ed25519.Verify(
                Convert.FromHexString(vector.GetProperty("key").GetString()!),
                Encoding.UTF8.GetBytes(vector.GetProperty("msg").GetString()!),
                Convert.FromHexString(vector.GetProperty("sig").GetString()!));
            return answer == vector.GetProperty("go_crypto_ed25519").GetBoolean() ? null
                : $"{answer}: {vector.GetProperty("flags")}";
        });

    /// <summary>The second implementation, which otherwise sees unusual keys only, must agree on the usual ones.</summary>
    [VectorFact]
    public void Both_implementations_agree_on_every_edge_case() =>
        Vectors.ForEach("ed25519/cctv_ed25519vectors.jsonl", vector =>
            EdwardsArithmetic.Verify(
                Convert.FromHexString(vector.GetProperty("key").GetString()!),
                Encoding.UTF8.GetBytes(vector.GetProperty("msg").GetString()!),
                Convert.FromHexString(vector.GetProperty("sig").GetString()!))
            == vector.GetProperty("go_crypto_ed25519").GetBoolean() ? null : vector.GetProperty("flags").ToString());

    [VectorFact]
    public void Wycheproof_cases_are_judged_as_expected()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var group in Vectors.ReadJson("wycheproof/ed25519_test.json").GetProperty("testGroups").EnumerateArray())
        {
            var key = Convert.FromHexString(group.GetProperty("publicKey").GetProperty("pk").GetString()!);
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                count++;
                var valid = Ed25519.Verify(
                    key,
                    Convert.FromHexString(test.GetProperty("msg").GetString()!),
                    Convert.FromHexString(test.GetProperty("sig").GetString()!));
                if (valid != (test.GetProperty("result").GetString() == "valid"))
                {
                    failures.Add($"{test.GetProperty("tcId")}: {test.GetProperty("comment")}");
                }
            }
        }

        Assert.True(count > 0 && failures.Count == 0, string.Join('\n', failures));
    }

    /// <summary>Why advisory GHSA-m44j-cfrm-g8qc is suppressed: the code it is about is not in this version.</summary>
    [Fact]
    public void The_package_verifies_without_the_lattice_reduction_that_could_loop_forever()
    {
        var methods = typeof(Org.BouncyCastle.Math.EC.Rfc8032.Ed25519).Assembly.GetTypes()
            .Where(type => type.Namespace == "Org.BouncyCastle.Math.EC.Rfc8032")
            .SelectMany(type => type.GetMethods((System.Reflection.BindingFlags)(-1)))
            .Select(method => method.Name)
            .ToList();
        Assert.Contains("ScalarMultStrausVar", methods);
        Assert.DoesNotContain("ReduceBasisVar", methods);
    }

    [Fact]
    public void Keys_and_signatures_of_another_length_are_not_valid()
    {
        var seed = new byte[32];
        var key = Ed25519.PublicKey(seed);
        var signature = Ed25519.Sign(seed, "m"u8);
        Assert.True(Ed25519.Verify(key, "m"u8, signature));
        Assert.False(Ed25519.Verify(key, "n"u8, signature));
        Assert.False(Ed25519.Verify(key.AsSpan(1), "m"u8, signature));
        Assert.False(Ed25519.Verify(key, "m"u8, signature.AsSpan(0, 63)));
        Assert.False(Ed25519.Verify(key, "m"u8, [.. signature, 0]));
        Assert.Throws<ArgumentException>(() => Ed25519.Sign(new byte[31], []));
    }
}
