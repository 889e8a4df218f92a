using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Forks;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Ledger.Vrf;

namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>Histories, bundles, evidence, and the records of the log.</summary>
internal static class BundleTargets
{
    /// <summary>Arithmetic on curves allocates, whatever the input.</summary>
    private const long ForSignatures = 8 << 20;

    private static readonly byte[] BundlePolicy = FuzzCorpus.Sample("bundle.policy");
    private static readonly VrfPrivateKey Vrf = CreateVrf();

    public static IEnumerable<FuzzTarget> All()
    {
        byte[][] bundles = [FuzzCorpus.Sample("bundle-complete.json"), FuzzCorpus.Sample("bundle-absent.json"), FuzzCorpus.Golden("history-v1.json")];
        yield return new FuzzTarget("history", FuzzShape.Json, [FuzzCorpus.Golden("history-v1.json"), .. bundles], RunHistory) { AllocationBase = ForSignatures };
        yield return new FuzzTarget("bundle", FuzzShape.Json, bundles, RunBundle) { AllocationBase = ForSignatures };
        yield return new FuzzTarget("fork", FuzzShape.Json, [FuzzCorpus.Golden("fork-v1.json")], RunFork) { AllocationBase = ForSignatures };
        byte[][] records =
        [
            FuzzCorpus.GoldenHex("block-content-v1.hex"), FuzzCorpus.GoldenHex("block-header-v1.hex"), FuzzCorpus.GoldenHex("entry-header-v1.hex"), FuzzCorpus.GoldenHex("block-record-v2.hex"),
            [.. FuzzCorpus.GoldenHex("block-header-v1.hex"), .. FuzzCorpus.GoldenHex("block-content-v1.hex")],
            Payload.EncodeEntity(EntityId.Create("lot", "01/09506000134352/10/L1")),
        ];
        yield return new FuzzTarget("log-record", FuzzShape.Bytes, records, RunRecord) { AllocationBase = ForSignatures };
        yield return new FuzzTarget("entry-bundle", FuzzShape.Bytes, [EntryBundleOf(1), EntryBundleOf(256), EntryBundleOf(3)], RunEntryBundle);
        yield return new FuzzTarget("vrf", FuzzShape.Bytes, VrfSamples(), RunVrf) { AllocationBase = ForSignatures };
        yield return new FuzzTarget(
            "vrf-key", FuzzShape.Text, FuzzTarget.Texts(Vrf.Public.ToString(), Vrf.ExportText(), Vrf.ExportText() + "\n"), RunVrfKey)
        {
            AllocationBase = ForSignatures,
        };
        yield return new FuzzTarget("multi-proof", FuzzShape.Bytes, [[3, 0, 1, 2, .. new byte[96]]], RunMultiProof) { AllocationFactor = 256 };
    }

    private static bool RunHistory(byte[] input)
    {
        var accepted = FuzzOracle.Answer(HistoryJson.TryParse(input, out var history, out var error), error);
        if (history is not null)
        {
            FuzzOracle.Settles(HistoryJson.Write(history), written => HistoryJson.TryParse(written, out var again, out _) ? HistoryJson.Write(again) : null);
        }

        FuzzOracle.Require(OfflineVerifier.VerifyHistory(input, BundlePolicy).Checks.Count > 0, "A verdict without a check.");
        return accepted;
    }

    private static bool RunBundle(byte[] input)
    {
        var accepted = FuzzOracle.Answer(BundleJson.TryParse(input, out var bundle, out var error), error);
        if (bundle is not null)
        {
            FuzzOracle.Settles(BundleJson.Write(bundle), written => BundleJson.TryParse(written, out var again, out _) ? BundleJson.Write(again) : null);
        }

        var verdict = OfflineVerifier.VerifyBundle(input, BundlePolicy);
        FuzzOracle.Require(accepted || verdict.State == BundleState.Forged, $"No bundle, and yet {verdict.State}.");
        return accepted;
    }

    private static bool RunFork(byte[] input)
    {
        var accepted = FuzzOracle.Answer(ForkEvidenceJson.TryParse(input, out var evidence, out var error), error);
        if (evidence is not null)
        {
            FuzzOracle.Settles(
                ForkEvidenceJson.Write(evidence), written => ForkEvidenceJson.TryParse(written, out var again, out _) ? ForkEvidenceJson.Write(again) : null);
            var signer = evidence.Smaller.Signatures.Count > 0 ? evidence.Smaller.Signatures[0].KeyName : "";
            if (NoteKeyName.IsValid(signer))
            {
                var key = SignerKey.Create(signer, NoteSignatureType.Ed25519, [.. Enumerable.Repeat((byte)9, 32)]).Verifier;
                FuzzOracle.Answer(ForkVerifier.TryVerify(evidence, key, out _, out error), error);
            }
        }

        return accepted;
    }

    private static bool RunRecord(byte[] input)
    {
        if (FuzzOracle.Answer(EntryHeader.TryParse(input, out var header, out var error), error))
        {
            FuzzOracle.SameBytes(input, header.ToArray());
        }

        if (FuzzOracle.Answer(BlockContent.TryParse(input, out var content, out error), error))
        {
            FuzzOracle.SameBytes(input, content.ToArray());
            FuzzOracle.Answer(content.TryFollow(content, Hash256.Zero, out error), error);
        }

        if (FuzzOracle.Answer(BlockRecord.TryParse(input, out var record, out error), error))
        {
            FuzzOracle.SameBytes(input, record!.ToArray());
        }

        var isPair = Payload.TryDecodePair(input, out _, out _);
        return header != default || content != default || record is not null || isPair;
    }

    private static bool RunEntryBundle(byte[] input)
    {
        var width = input.Length > 0 ? input[0] + 1 : 0;
        ReadOnlyMemory<byte> bundle = input.AsMemory(Math.Min(1, input.Length));
        var accepted = FuzzOracle.Answer(EntryBundle.TryParse(bundle, width, out var entries, out var error), error);
        if (entries is not null)
        {
            var written = new byte[bundle.Length];
            var at = 0;
            foreach (var entry in entries)
            {
                at += EntryBundle.WriteEntry(entry.Span, written.AsSpan(at));
            }

            FuzzOracle.SameBytes(bundle.Span, written);
        }

        return accepted;
    }

    /// <summary>A key, a proof, and the rest is what the proof is about.</summary>
    private static bool RunVrf(byte[] input)
    {
        if (input.Length < VrfPublicKey.Size
            || !FuzzOracle.Answer(VrfPublicKey.TryParse(input.AsSpan(0, VrfPublicKey.Size), out var key, out var error), error))
        {
            return false;
        }

        FuzzOracle.SameBytes(input.AsSpan(0, VrfPublicKey.Size), key!.Bytes);
        var proofEnd = Math.Min(input.Length, VrfPublicKey.Size + VrfPublicKey.ProofSize);
        var proof = input.AsSpan(VrfPublicKey.Size, proofEnd - VrfPublicKey.Size);
        return FuzzOracle.Answer(key.TryVerify(input.AsSpan(proofEnd), proof, out _, out error), error);
    }

    private static bool RunVrfKey(byte[] input)
    {
        var text = FuzzOracle.Text(input);
        if (FuzzOracle.Answer(VrfPublicKey.TryParseText(text, out var key, out var error), error))
        {
            FuzzOracle.SameText(text.TrimEnd('\r', '\n'), key!.ToString());
        }

        if (FuzzOracle.Answer(VrfPrivateKey.TryParseText(text, out var secret, out error), error))
        {
            FuzzOracle.SameText(text.TrimEnd('\r', '\n'), secret!.ExportText());
        }

        return key is not null || secret is not null;
    }

    /// <summary>A count of leaves, their indexes (a byte each), then hashes.</summary>
    private static bool RunMultiProof(byte[] input)
    {
        var count = input.Length > 0 ? Math.Min(input[0], input.Length - 1) : 0;
        var leaves = new (long Index, Hash256 Hash)[count];
        for (var i = 0; i < count; i++)
        {
            leaves[i] = (input[1 + i] > 250 ? long.MaxValue - input[1 + i] : input[1 + i], Hash256.Sha256(input.AsSpan(1 + i, 1)));
        }

        var hashes = new Hash256[(input.Length - count) / Hash256.Size];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = new Hash256(input.AsSpan(count + (i * Hash256.Size), Hash256.Size));
        }

        foreach (var size in (long[])[0, count, 256, long.MaxValue])
        {
            FuzzOracle.Answer(MultiProof.TryVerify(leaves, size, hashes, Hash256.Zero, out var error), error);
            var index = count > 0 ? leaves[0].Index : -1;
            FuzzOracle.Answer(MerkleVerifier.TryVerifyInclusion(index, size, Hash256.Zero, hashes, Hash256.Zero, out error), error);
            FuzzOracle.Answer(MerkleVerifier.TryVerifyConsistency(index, size, Hash256.Zero, Hash256.Zero, hashes, out error), error);
        }

        return true;
    }

    private static VrfPrivateKey CreateVrf() => VrfPrivateKey.TryCreate([.. Enumerable.Repeat((byte)9, VrfPrivateKey.Size)], out var key, out var error)
        ? key
        : throw new InvalidOperationException(error);

    private static byte[][] VrfSamples() =>
    [
        .. FuzzTarget.Texts("", "sample", "01/09506000134352/10/L1")
            .Select(alpha => (byte[])[.. Vrf.Public.Bytes, .. Vrf.Prove(alpha, out _), .. alpha]),
    ];

    private static byte[] EntryBundleOf(int width)
    {
        var entries = Enumerable.Range(0, width).SelectMany(i => (byte[])[0, (byte)(i % 7), .. new byte[i % 7]]);
        return [(byte)(width - 1), .. entries];
    }
}
