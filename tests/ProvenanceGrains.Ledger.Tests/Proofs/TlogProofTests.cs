using System.Text;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Ledger.Proofs;

namespace ProvenanceGrains.Ledger.Tests.Proofs;

public sealed class TlogProofTests
{
    [VectorFact]
    public void Proofs_are_judged_as_expected() =>
        Vectors.ForEach("tlog-proof/generated.jsonl", vector =>
        {
            if (!LogPolicy.TryParse(Encoding.UTF8.GetBytes(vector.GetProperty("policy").GetString()!), out var policy, out var error))
            {
                return error;
            }

            var text = Encoding.UTF8.GetBytes(vector.GetProperty("proof").GetString()!);
            var ok = TlogProof.TryParse(text, out var proof, out error)
                && proof.TryVerify(MerkleHash.Leaf(vector.Base64("record_b64")), policy, out _, out error);
            return Vectors.Expect(vector, ok, error)
                ?? (ok && !proof!.ToArray().SequenceEqual(text) ? "written differently" : null);
        });

    [VectorFact]
    public void Texts_that_the_reference_library_refuses_are_refused() =>
        Assert.All(
            Vectors.ReadJson("tlog-proof/formats_tlog_proof_literals.json")
                .GetProperty("TestUnmarshalErrors").GetProperty("cases")[0].EnumerateArray()
                .Where(vector => vector.TryGetProperty("proof", out _)),
            vector =>
            {
                var text = Encoding.UTF8.GetBytes(vector.GetProperty("proof").GetString()!);
                Assert.False(TlogProof.TryParse(text, out _, out var error));
                Assert.NotEmpty(error);
            });
}
