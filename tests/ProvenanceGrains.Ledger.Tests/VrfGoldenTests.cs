using System.Text;
using System.Text.Json;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tests.Vrf;

namespace ProvenanceGrains.Ledger.Tests;

/// <summary>Files of the closed index as it was first written: blocks of version 2, indexes and their proofs.</summary>
public sealed class VrfGoldenTests
{
    private static readonly VrfEntityIndex Index = new(VrfTests.KeyOf([.. Enumerable.Repeat((byte)3, 32)]));

    [Fact]
    public void The_block_record_of_version_2_is_read_and_built_as_before()
    {
        var golden = Convert.FromHexString(Encoding.ASCII.GetString(Read("block-record-v2.hex")).Trim());
        Assert.True(BlockRecord.TryParse(golden, out var record, out var error), error);
        Assert.Equal(Index.Rule, record.Content.IndexRule);
        Assert.Equal(golden, Record().ToArray());
    }

    [Fact]
    public void Indexes_and_proofs_are_computed_as_before()
    {
        using var document = JsonDocument.Parse(Read("vrf-index-v1.json"));
        var cases = document.RootElement.EnumerateArray().ToList();
        Assert.Equal(4, cases.Count);
        foreach (var golden in cases)
        {
            var entity = EntityId.Create(golden.GetProperty("kind").GetString()!, golden.GetProperty("key").GetString()!);
            var index = new EntityIndex(new Hash256(Convert.FromHexString(golden.GetProperty("index").GetString()!)));
            var proof = new IndexProof(Convert.FromHexString(golden.GetProperty("proof").GetString()!));
            Assert.True(IndexVerifier.TryVerify(Index.Rule, entity, index, proof, out var error), error);
            Assert.Equal(index, Index.Compute(entity));
            Assert.Equal(proof.Vrf.ToArray(), Index.Prove(entity)!.Vrf.ToArray());
        }
    }

    internal static BlockRecord Record()
    {
        var log = SignerKey.Create("log.example/sample", NoteSignatureType.Ed25519, [.. Enumerable.Repeat((byte)7, 32)]).Verifier;
        var identity = BlockIdentity.Of(log, Index.Rule);
        var first = BlockBuilder.Build(identity, null, 2, 1_760_000_000_000, Hash256.Sha256([1]));
        var second = BlockBuilder.Build(identity, first.ToHead(), 3, 1_760_000_000_001, Hash256.Sha256([2]));
        return new BlockRecord(second.Header, second.Content);
    }

    private static byte[] Read(string name) => File.ReadAllBytes(
        Path.Combine(Vectors.RepositoryRoot, "tests", "ProvenanceGrains.Ledger.Tests", "golden", name));
}
