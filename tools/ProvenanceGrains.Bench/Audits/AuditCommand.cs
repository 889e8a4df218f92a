using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ProvenanceGrains.Bench.Heads;
using ProvenanceGrains.Bench.Measuring;
using ProvenanceGrains.Bench.Processes;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Storage.Sealing;
using static ProvenanceGrains.Bench.Measuring.TextTable;

namespace ProvenanceGrains.Bench.Audits;

/// <summary>Measures <c>provenance audit</c> on a log, against a loop that only reads and hashes the same files.</summary>
internal static class AuditCommand
{
    public const int DefaultEntries = 200_000;

    private static readonly SignerKey Key = SignerKey.Create("bench.example/audit", NoteSignatureType.Ed25519, new byte[32]);

    public static Command Create(CommonOptions common)
    {
        var entries = new Option<int>("--entries") { Description = "Entries of the log, each of another entity.", DefaultValueFactory = _ => DefaultEntries };
        var rounds = new Option<int>("--rounds") { Description = "Rounds; medians are printed.", DefaultValueFactory = _ => 5 };
        var command = new Command("audit", "The auditor on a log with head map, against a loop that only reads and hashes the same files.")
        {
            entries,
            rounds,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await RunAsync(
                common.Folder(parsed), parsed.GetValue(entries), parsed.GetValue(rounds), common.Report(parsed), cancellation);
            return 0;
        });
        return command;
    }

    public static async Task RunAsync(string parent, int entries, int rounds, Report report, CancellationToken cancellation)
    {
        var tool = await BuiltTool.BuildAsync(
            Path.Combine(Repository.Root, "tools", "ProvenanceGrains.Cli"), "provenance", cancellation);
        using var folder = new WorkFolder(parent);
        var data = folder.In("data");
        await SealAsync(data, entries, cancellation);
        var (rates, bare, whole) = (new List<double>(), new List<double>(), new List<double>());
        var state = 0.0;
        for (var round = 0; round <= rounds; round++)
        {
            var hashed = HashFiles(Path.Combine(data, "log"), chunk: int.MaxValue);
            var single = HashFiles(Path.Combine(data, "log"), chunk: 2 + EntryHeader.Size);
            var json = folder.In("report.json");
            var (code, output) = await tool.RunAsync(
                ["audit", Path.Combine(data, "log"), "--key", Key.Verifier.ToString(), "--json", json], cancellation);
            if (code != 0)
            {
                throw new BenchException($"The audit says:\n{output}");
            }

            using var result = JsonDocument.Parse(await File.ReadAllBytesAsync(json, cancellation));
            state = result.RootElement.GetProperty("stateBytes").GetDouble() / result.RootElement.GetProperty("journals").GetDouble();

            // The first round warms the page cache.
            if (round > 0)
            {
                rates.Add(result.RootElement.GetProperty("entriesPerSecond").GetDouble());
                bare.Add(entries / single.TotalSeconds);
                whole.Add(entries / hashed.TotalSeconds);
            }
        }

        var table = new TextTable("what", "entries/s", "audit, ratio");
        var rate = new Samples(rates).Median;
        table.Add("audit", Number(rate), "1");
        table.Add("read, hash each entry by itself, in one thread", Number(new Samples(bare).Median), Number(rate / new Samples(bare).Median));
        table.Add("read, hash each file in one piece, in one thread", Number(new Samples(whole).Median), Number(rate / new Samples(whole).Median));
        await report.PutAsync(
            "audit",
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                {Machine.Describe(parent)}. {entries:#,##0} entries of as many entities, blocks of 4,096 with head map roots; medians of {rounds} rounds,
                each a new process, its start not counted. Journal heads: {state:0} bytes an entity, the head map's nodes not counted.

                {table}
                """),
            cancellation);
    }

    /// <summary>Reads every file of a log and hashes it in pieces of so many bytes.</summary>
    private static TimeSpan HashFiles(string folder, int chunk)
    {
        var started = Stopwatch.GetTimestamp();
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            for (var at = 0; at < bytes.Length;)
            {
                var length = Math.Min(chunk, bytes.Length - at);
                SHA256.HashData(bytes.AsSpan(at, length), digest);
                at += length;
            }
        }

        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task SealAsync(string data, int entries, CancellationToken cancellation)
    {
        const int Block = 4_096;
        using var store = new FileSealStore(data, BlockRecord.SizeOf(IndexRule.Hash));
        var identity = BlockIdentity.Of(Key.Verifier);
        var position = SealPosition.Empty;
        for (var from = 0; from < entries; from += Block)
        {
            var headers = SampleHeads.FirstEntries(from, Math.Min(Block, entries - from));
            var (bundle, next) = SealPlan.Make(position, headers, nowMs: 0, identity, Key);
            await store.StageAsync(bundle, cancellation);
            await store.CompareAndSwapAsync(position.Committed, bundle.Checkpoint, cancellation);
            await store.ApplyAsync(bundle, cancellation);
            await store.PublishAsync(bundle.Checkpoint, cancellation);
            await store.DropStageAsync(cancellation);
            position = next;
        }
    }
}
