using System.Text;
using System.Text.Json;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Ledger.Tests.Notes;

public sealed class NoteVectorTests
{
    [VectorFact]
    public void Signed_notes_are_judged_as_expected() =>
        Vectors.ForEach("signed-note/generated.jsonl", vector =>
        {
            var ok = OpenedNote.TryOpen(vector.Base64("note_b64"), Keys(vector), out var opened, out var error);
            return Vectors.Expect(vector, ok, error) ?? (ok ? Compare(vector, opened!) : null);
        });

    [VectorFact]
    public void Verifier_keys_are_judged_as_expected() =>
        Vectors.ForEach("signed-note/vkeys.jsonl", vector =>
        {
            var ok = VerifierKey.TryParse(vector.GetProperty("vkey").GetString()!, out var key, out var error);
            return Vectors.Expect(vector, ok && key!.Type == NoteSignatureType.Ed25519, error ?? "another type");
        });

    [VectorFact]
    public void Notes_and_keys_of_the_reference_tests_are_read_signed_and_opened()
    {
        var open = Vectors.ReadJson("signed-note/x-mod_note_test_literals.json").GetProperty("TestOpen").GetProperty("vars");
        Assert.True(VerifierKey.TryParse(open.GetProperty("peterKey").GetString()!, out var peter, out _));
        Assert.True(VerifierKey.TryParse(open.GetProperty("enochKey").GetString()!, out var enoch, out _));
        Assert.Equal(open.GetProperty("peterKey").GetString(), peter.ToString());
        var text = open.GetProperty("text").GetString();
        var peterSigned = open.GetProperty("peterSig").GetString();
        var both = Encoding.UTF8.GetBytes($"{text}\n{peterSigned}{open.GetProperty("enochSig").GetString()}");
        Assert.True(OpenedNote.TryOpen(both, [peter, enoch], out var opened, out var error), error);
        Assert.Equal(2, opened.Verified.Count);
        foreach (var bad in open.GetProperty("badMsgs").EnumerateArray())
        {
            Assert.False(OpenedNote.TryOpen(Encoding.UTF8.GetBytes(bad.GetString()!), [peter, enoch], out _, out error));
            Assert.NotEmpty(error!);
        }

        var sign = Vectors.ReadJson("signed-note/x-mod_note_test_literals.json").GetProperty("TestSign").GetProperty("vars");
        Assert.True(SignerKey.TryParse(sign.GetProperty("skey").GetString()!, out var signer, out error), error);
        var body = Encoding.UTF8.GetBytes(sign.GetProperty("text").GetString()!);
        Assert.Equal(sign.GetProperty("want").GetString(), SignedNote.Create(body, [signer.Sign(body)]).ToString());
        Assert.Equal(sign.GetProperty("skey").GetString(), signer.ExportPrivateKey());
    }

    [VectorFact]
    public void Keys_of_the_formats_library_are_read()
    {
        var literals = Vectors.ReadJson("signed-note/formats_note_verifier_literals.json");
        foreach (var vector in literals.GetProperty("TestNewVerifier").GetProperty("cases")[0].EnumerateArray())
        {
            Assert.True(VerifierKey.TryParse(vector.GetProperty("key").GetString()!, out _, out var error), error);
        }

        foreach (var vector in literals.GetProperty("TestNewECDSAVerifier").GetProperty("cases")[0].EnumerateArray())
        {
            var bad = vector.TryGetProperty("wantErr", out var want) && want.GetBoolean();
            var ok = VerifierKey.TryParse(vector.GetProperty("pubK").GetString()!, out var key, out var error);
            Assert.True(!bad == (ok && key!.Type == NoteSignatureType.Ecdsa), $"{vector}: {error}");
        }

        // The ML-DSA-44 key among them has an id that its name and bytes do not give, which tlog-cosignature forbids.
        foreach (var vector in Vectors.ReadJson("tlog-cosignature/formats_cosigv1_literals.json")
            .GetProperty("TestCoSigV1NewVerifier").GetProperty("cases")[0].EnumerateArray()
            .Where(v => v.TryGetProperty("pubK", out _) && v.GetProperty("name").GetString() != "works: native algMLDSA44 verifier"))
        {
            var bad = vector.TryGetProperty("wantErr", out var want) && want.GetBoolean();
            var ok = VerifierKey.TryParse(vector.GetProperty("pubK").GetString()!, out var key, out var error);
            Assert.True(!bad == (ok && key!.CanVerify), $"{vector}: {error}");
        }
    }

    [VectorFact]
    public void Cosignatures_with_Ed25519_are_judged_as_expected_and_reproduced() =>
        Vectors.ForEach("tlog-cosignature/generated.jsonl", vector =>
        {
            if (!VerifierKey.TryParse(vector.GetProperty("log_vkey").GetString()!, out var log, out var error)
                || !VerifierKey.TryParse(vector.GetProperty("cosigner_vkey").GetString()!, out var cosigner, out error))
            {
                return error;
            }

            var note = vector.Base64("checkpoint_b64");
            if (!cosigner.CanVerify)
            {
                // ML-DSA-44: the key is read, its signatures are unknown ones.
                return SignedNote.TryParse(note, out _, out error)
                    && !OpenedNote.TryOpen(note, [cosigner], out _, out _) ? null : error ?? "accepted";
            }

            var ok = OpenedNote.TryOpen(note, [cosigner], out var opened, out error);
            return Vectors.Expect(vector, ok, error)
                ?? (ok && vector.TryGetProperty("ed25519_seed_hex", out var seed) ? Reproduce(cosigner, seed, opened!) : null)
                ?? (ok && !OpenedNote.TryOpen(note, [log, cosigner], out _, out error) ? error : null);
        });

    [VectorFact]
    public void The_notes_in_the_specification_verify()
    {
        var examples = Vectors.ReadJson("c2sp-spec-examples/signed-note.json");
        var note = examples.EnumerateArray().Select(e => e.GetString()!).Single(e => e.StartsWith("This is an example", StringComparison.Ordinal));
        var vkey = examples.EnumerateArray().Select(e => e.GetString()!).Single(e => e.StartsWith("example.com/foo+", StringComparison.Ordinal));
        Assert.True(VerifierKey.TryParse(vkey, out var key, out var error), error);
        Assert.True(OpenedNote.TryOpen(Encoding.UTF8.GetBytes(note), [key], out _, out error), error);
        foreach (var other in (string[])["signed-note", "tlog-checkpoint", "tlog-cosignature"])
        {
            var first = Vectors.ReadJson($"c2sp-spec-examples/{other}.json")[0].GetString()!;
            Assert.True(SignedNote.TryParse(Encoding.UTF8.GetBytes(first), out var parsed, out error), error);
            Assert.Equal(first, parsed.ToString());
        }
    }

    private static string? Reproduce(VerifierKey cosigner, JsonElement seed, OpenedNote opened)
    {
        var signer = SignerKey.Create(cosigner.Name, cosigner.Type, Convert.FromHexString(seed.GetString()!));
        var verified = opened.Verified.Single();
        return signer.Verifier.Id != cosigner.Id ? "the seed is not the key's"
            : signer.Cosign(opened.Note.Text, verified.Timestamp!.Value).ToString() == verified.Signature.ToString() ? null
            : "our cosignature differs";
    }

    private static List<VerifierKey> Keys(JsonElement vector)
    {
        var keys = new List<VerifierKey>();
        foreach (var vkey in vector.GetProperty("vkeys").EnumerateArray())
        {
            Assert.True(VerifierKey.TryParse(vkey.GetString()!, out var key, out var error), error);
            keys.Add(key);
        }

        return keys;
    }

    private static string? Compare(JsonElement vector, OpenedNote opened)
    {
        var verified = opened.Verified.Select(v => v.Key.NameAndId).ToList();
        var unverified = opened.Unverified.Select(u => $"{u.KeyName}+{u.KeyId:x8}").ToList();
        return !opened.Note.Text.SequenceEqual(vector.Base64("text_b64")) ? "another text"
            : !verified.SequenceEqual(Strings(vector, "verified")) ? $"verified {string.Join(", ", verified)}"
            : !unverified.SequenceEqual(Strings(vector, "unverified")) ? $"unverified {string.Join(", ", unverified)}"
            : null;
    }

    private static IEnumerable<string> Strings(JsonElement vector, string name) =>
        vector.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array
            ? array.EnumerateArray().Select(item => item.GetString()!)
            : [];
}
