using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using ProvenanceGrains.Bench.LedgerPath;
using ProvenanceGrains.Bench.Measuring;
using ProvenanceGrains.Bench.Processes;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Query.Proofs;
using ProvenanceGrains.Storage.Sealing;
using static ProvenanceGrains.Bench.Measuring.TextTable;

namespace ProvenanceGrains.Bench.Proofs;

/// <summary>Measures proofs as one thread makes and verifies them, while the tree grows, and bundles of a history of a hundred entries.</summary>
internal static class ProofsCommand
{
    private static readonly long[] Sizes = [20_000, 40_000, 300_000, 1_000_000];
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    /// <summary>One thread, proof and verification, by leaves: Tessera's POSIX driver and immudb's store, as published with the load.</summary>
    private static readonly Dictionary<long, string> Peers = new()
    {
        [20_000] = "immudb 15,000",
        [40_000] = "Tessera 6,500",
        [300_000] = "immudb 5,900, Tessera 2,100",
    };

    public static Command Create(CommonOptions common)
    {
        var command = new Command("proofs", "Inclusion proofs made and verified by one thread, and bundles, as the tree grows to a million leaves.");
        command.SetAction(async (parsed, cancellation) =>
        {
            await RunAsync(common.Folder(parsed), common.Report(parsed), cancellation);
            return 0;
        });
        return command;
    }

    public static async Task RunAsync(string folder, Report report, CancellationToken cancellation)
    {
        var machine = Machine.Describe(folder);
        var proofs = new TextTable("leaves", "proof + verify /s", "hashing alone /s", "ratio", "peers, proof + verify /s");
        var bundles = new TextTable(
            "leaves", "entries", "nodes", "bytes", "made ms p50", "made ms p99", "written ms p50", "verified ms p50", "verified ms p99", "signature ms");
        foreach (var size in Sizes)
        {
            using var work = new WorkFolder(folder);
            await using var rig = await LedgerRig.OpenAsync(work.Path, new ProofLog(), cancellation);
            await ProofLog.FillAsync(rig, size, cancellation);
            var log = new LogProofs(rig.Seals);
            var snapshot = await log.SnapshotAsync(cancellation) ?? throw new BenchException("The log has no checkpoint.");
            var rate = await ProveAsync(log, snapshot, cancellation);
            var bare = HashAlone(snapshot.Size);
            proofs.Add(
                snapshot.Size.ToString("#,##0", CultureInfo.InvariantCulture), Number(rate), Number(bare), Number(rate / bare), Peers.GetValueOrDefault(size, "-"));
            await BundleAsync(rig, log, snapshot, bundles, cancellation);
        }

        await report.PutAsync("proofs", Describe(machine, proofs, bundles), cancellation);
    }

    /// <summary>A random leaf's header and inclusion proof out of the tiles, verified against the checkpoint's root; no signature.</summary>
    private static async Task<double> ProveAsync(LogProofs log, LogSnapshot snapshot, CancellationToken cancellation)
    {
        var random = new Random(1);
        var (count, clock) = (0L, new Stopwatch());
        for (var round = 0; round < 2; round++)
        {
            // The first round warms up caches and code.
            count = 0;
            clock.Restart();
            while (clock.Elapsed < Duration)
            {
                var leaf = random.NextInt64(snapshot.Size);
                var receipt = await log.ReceiptAsync(snapshot, leaf, cancellation) ?? throw new BenchException($"There is no leaf {leaf}.");
                Hash256[] hashes = [.. receipt.Hashes];
                if (!MerkleVerifier.TryVerifyInclusion(
                    leaf, snapshot.Size, MerkleHash.Leaf(receipt.Extra!.Value.Span), hashes, snapshot.Checkpoint.Root, out var error))
                {
                    throw new BenchException(error);
                }

                count++;
            }
        }

        return count / clock.Elapsed.TotalSeconds;
    }

    /// <summary>The hashes that verifying one proof needs, and nothing else: the limit of the same run.</summary>
    private static double HashAlone(long size)
    {
        var length = MerkleVerifier.InclusionProofLength(0, size);
        var hash = MerkleHash.Leaf(new byte[EntryHeader.Size]);
        var count = 0L;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Duration)
        {
            for (var level = 0; level < length; level++)
            {
                hash = MerkleHash.Node(hash, hash);
            }

            count++;
        }

        return count / clock.Elapsed.TotalSeconds;
    }

    private static async Task BundleAsync(
        LedgerRig rig, LogProofs log, LogSnapshot snapshot, TextTable table, CancellationToken cancellation)
    {
        const int Rounds = 200;
        using var heads = new HeadProofs(rig.Seals, log, new HeadMapVersions());
        var maker = new Bundles(log, heads, rig.Journals, HashedEntityIndex.Instance, rig.LogKey);
        var trust = Encoding.UTF8.GetBytes(rig.LogKey.ToString());
        List<double> made = [], written = [], verified = [], signature = [];
        Bundle? bundle = null;
        byte[] json = [];
        for (var round = -20; round < Rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            bundle = await maker.MakeAsync(ProofLog.Subject, cancellation) is BundleOutcome.Made ready
                ? ready.Bundle
                : throw new BenchException("The bundle was not made.");
            var making = clock.Elapsed;
            json = BundleJson.Write(bundle);
            var writing = clock.Elapsed - making;
            clock.Restart();
            var verdict = Ledger.Verification.OfflineVerifier.VerifyBundle(json, trust);
            var verifying = clock.Elapsed;
            clock.Restart();
            _ = OpenedNote.TryOpen(snapshot.Published.Span, [rig.LogKey], out _, out _);
            var signing = clock.Elapsed;
            if (verdict.State != BundleState.Complete)
            {
                throw new BenchException(verdict.Verdict.ToString());
            }

            if (round >= 0)
            {
                made.Add(making.TotalMilliseconds);
                written.Add(writing.TotalMilliseconds);
                verified.Add((verifying - signing).TotalMilliseconds);
                signature.Add(signing.TotalMilliseconds);
            }
        }

        table.Add(
            snapshot.Size.ToString("#,##0", CultureInfo.InvariantCulture),
            Whole(bundle!.Subject.Entries.Count), Whole(bundle.Nodes.Count), Whole(json.Length), P50(made), P99(made), P50(written), P50(verified),
            P99(verified), P50(signature));

        static string P50(List<double> values) => Number(new Samples(values).Median);
        static string P99(List<double> values) => Number(new Samples(values).Percentile(0.99));
        static string Whole(int value) => value.ToString("#,##0", CultureInfo.InvariantCulture);
    }

    private static string Describe(string machine, TextTable proofs, TextTable bundles) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        `bench proofs`: one thread takes random leaves, reads header and inclusion proof out of the tiles and verifies them against the checkpoint's root, {Duration.TotalSeconds}
        s after as long a warm-up. "Hashing alone" computes the hashes that verifying needs and nothing else. The peers' figures are of a quiet machine of this kind.

        {proofs}
        Bundles of an entity with {ProofLog.SubjectEntries} entries spread over the whole tree, payloads of {SmallEntries.PayloadBytes} bytes. Verified: read, checked link by link, shared inclusion, head map; the checkpoint's
        Ed25519 signature, measured beside it, is not in it.

        {bundles}
        {machine}.
        """);
}
