using ProvenanceGrains.Ledger.HttpSignatures;

namespace ProvenanceGrains.Ledger.Tests.HttpSignatures;

/// <summary>The examples of RFC 9421's appendix B, whichever of its sections are there.</summary>
public sealed class Rfc9421VectorTests
{
    [VectorFact]
    public void Every_signed_message_of_the_appendix_has_the_verdict_that_its_text_gives()
    {
        var cases = Rfc9421Files.Cases();
        Assert.True(cases.Count >= 10, $"Only {cases.Count} signed messages were found.");
        Assert.Contains(cases, one => !one.IsValid);
        foreach (var one in cases)
        {
            var valid = TryVerify(one.Message, out var explanation);
            Assert.True(valid == one.IsValid, $"{one.File}: {(valid ? "valid" : "not valid")}: {explanation}");
        }
    }

    [VectorFact]
    public void Every_signature_base_of_the_appendix_is_made_byte_for_byte()
    {
        var compared = 0;
        foreach (var section in Rfc9421Files.Cases().Where(one => one.IsValid).GroupBy(one => one.File))
        {
            var printed = Rfc9421Files.Bases(section.Key);
            foreach (var one in section)
            {
                var signature = Parse(one.Message);
                Assert.True(SignatureBase.TryCreate(one.Message, signature.Covered, out var made, out var error), $"{one.File}: {error}");
                Assert.Contains(Rfc9421Files.Text(made), printed);
                compared++;
            }
        }

        Assert.True(compared > 5, $"Only {compared} were compared.");
    }

    [VectorFact]
    public void A_changed_byte_of_any_signature_of_the_appendix_is_refused()
    {
        foreach (var one in Rfc9421Files.Cases().Where(one => one.IsValid))
        {
            var signature = Parse(one.Message);
            using var key = KeyOf(signature.KeyId!);
            Assert.True(SignatureBase.TryCreate(one.Message, signature.Covered, out var made, out _));
            var changed = signature.Value.ToArray();
            changed[changed.Length / 2] ^= 1;
            Assert.False(key.Verify(made, changed), one.File);
            Assert.False(key.Verify(made, signature.Value.Span[1..]), one.File);
            made[3] ^= 1;
            Assert.False(key.Verify(made, signature.Value.Span), one.File);
        }
    }

    private static bool TryVerify(HttpMessageParts message, out string? explanation)
    {
        var signature = Parse(message);
        using var key = KeyOf(signature.KeyId!);
        return SignatureBase.TryCreate(message, signature.Covered, out var made, out explanation)
            && key.Verify(made, signature.Value.Span);
    }

    private static HttpSignature Parse(HttpMessageParts message)
    {
        Assert.True(
            HttpSignature.TryParse(
                Rfc9421Files.Joined(message, "Signature-Input"), Rfc9421Files.Joined(message, "Signature"), out var signatures, out var error),
            error);
        return Assert.Single(signatures);
    }

    private static HttpVerificationKey KeyOf(string keyId) => keyId switch
    {
        "test-key-rsa-pss" => HttpVerificationKey.OfSubjectPublicKeyInfo(
            HttpSignatureAlgorithm.RsaPssSha512, Rfc9421Files.Pem(keyId, "PUBLIC KEY")),
        "test-key-ecc-p256" => HttpVerificationKey.OfSubjectPublicKeyInfo(
            HttpSignatureAlgorithm.EcdsaP256Sha256, Rfc9421Files.Pem(keyId, "PUBLIC KEY")),
        "test-key-ed25519" => HttpVerificationKey.OfEd25519(Rfc9421Files.Pem(keyId, "PUBLIC KEY").AsMemory(12)),
        "test-shared-secret" => HttpVerificationKey.OfSecret(Rfc9421Files.SharedSecret()),
        _ => throw new InvalidOperationException($"No key {keyId}."),
    };
}
