using System.Security.Cryptography;
using System.Text.Json;
using ProvenanceGrains.Ledger.HttpSignatures;

namespace ProvenanceGrains.Ledger.Tests.HttpSignatures;

public sealed class WycheproofEcdsaTests
{
    [VectorFact]
    public void Signatures_of_fixed_width_are_judged_as_expected() =>
        ForEach("ecdsa_secp256r1_sha256_p1363_test.json", (point, message, signature) =>
        {
            using var key = KeyOf(point);
            return key.Verify(message, signature);
        });

    /// <summary>A key keeps the provider's object; a bad signature before must not change the verdict on the next.</summary>
    [VectorFact]
    public void One_key_that_is_used_again_judges_the_same()
    {
        var keys = new Dictionary<string, HttpVerificationKey>();
        ForEach("ecdsa_secp256r1_sha256_p1363_test.json", (point, message, signature) =>
        {
            var name = Convert.ToHexString(point);
            if (!keys.TryGetValue(name, out var key))
            {
                keys.Add(name, key = KeyOf(point));
            }

            return key.Verify(message, signature);
        });

        foreach (var key in keys.Values)
        {
            key.Dispose();
        }
    }

    /// <summary>
    /// Why nothing here reads signatures in DER: the platform takes a number without its leading zero, which DER makes
    /// negative, so that one signature has two texts. In everything else it judges as expected.
    /// </summary>
    [VectorFact]
    public void The_platform_judges_signatures_in_der_as_expected_but_for_a_missing_zero()
    {
        var tests = Tests("ecdsa_secp256r1_sha256_test.json").ToList();
        Assert.NotEmpty(tests);
        foreach (var test in tests)
        {
            using var key = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = test.Point[1..33], Y = test.Point[33..] },
            });
            var valid = key.VerifyData(test.Message, test.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            Assert.True(valid == test.Valid || (valid && test.Name.Contains("MissingZero", StringComparison.Ordinal)), test.Name);
        }
    }

    /// <summary>What a party could send: DER where fixed width belongs is refused, not guessed at.</summary>
    [VectorFact]
    public void A_signature_in_der_is_never_valid_where_fixed_width_is_asked_for() =>
        Assert.All(Tests("ecdsa_secp256r1_sha256_test.json").Where(test => test.Signature.Length != 64), test =>
        {
            using var key = KeyOf(test.Point);
            Assert.False(key.Verify(test.Message, test.Signature), test.Name);
        });

    private static void ForEach(string file, Func<byte[], byte[], byte[], bool> verify)
    {
        var tests = Tests(file).ToList();
        var wrong = tests.Where(test => verify(test.Point, test.Message, test.Signature) != test.Valid).Select(test => test.Name).ToList();
        Assert.True(tests.Exists(test => test.Valid) && tests.Exists(test => !test.Valid), $"{file} holds no case of each kind.");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {tests.Count} in {file}:\n{string.Join('\n', wrong)}");
    }

    private static IEnumerable<(byte[] Point, byte[] Message, byte[] Signature, bool Valid, string Name)> Tests(string file) =>
        from @group in Vectors.ReadJson("wycheproof/" + file).GetProperty("testGroups").EnumerateArray()
        let point = Hex(@group.GetProperty("publicKey"), "uncompressed")
        from test in @group.GetProperty("tests").EnumerateArray()
        select (
            point,
            Hex(test, "msg"),
            Hex(test, "sig"),
            test.GetProperty("result").GetString() switch
            {
                "valid" => true,
                "invalid" => false,
                var other => throw new InvalidOperationException($"An unknown verdict: {other}"),
            },
            $"{test.GetProperty("tcId")}: {test.GetProperty("comment")} {test.GetProperty("flags")}");

    private static HttpVerificationKey KeyOf(byte[] point)
    {
        Assert.True(HttpVerificationKey.TryOfP256(point.AsMemory(1), out var key, out var error), error);
        return key;
    }

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
}
