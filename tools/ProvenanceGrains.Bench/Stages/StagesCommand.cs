using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ProvenanceGrains.Bench.CaptureLoad;
using ProvenanceGrains.Bench.LedgerPath;
using ProvenanceGrains.Bench.Measuring;
using ProvenanceGrains.Bench.Processes;
using ProvenanceGrains.Domain.Lots;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Hashing;
using ProvenanceGrains.Grains.Capture;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Ledger.Entries;
using static ProvenanceGrains.Bench.Measuring.TextTable;

namespace ProvenanceGrains.Bench.Stages;

/// <summary>Says where the processor time of a captured event goes, stage by stage.</summary>
/// <remarks>
/// Each stage does what the stages before it do and a bit more, so that the differences are the stages' own shares. Processor time of the whole
/// process is counted, so background threads (committer, index, sealer, collector) are in it.
/// </remarks>
internal static class StagesCommand
{
    private const int InFlight = 16;

    /// <summary>The sizes of documents, in events.</summary>
    public static readonly IReadOnlyList<int> AllPerDocument = [1, 10, 100];

    public static Command Create(CommonOptions common)
    {
        var load = LoadGenerator.ProjectOption();
        var events = new Option<int>("--events") { Description = "Events of one run.", DefaultValueFactory = _ => 30_000 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds; medians are printed.", DefaultValueFactory = _ => 3 };
        var perDocument = new Option<int?>("--per-doc") { Description = "Only documents of this many events, e.g. for a profiler." };
        var command = new Command("stages", "Where the processor time of a captured event goes, without HTTP, in this process.")
        {
            load,
            events,
            rounds,
            perDocument,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var generator = await LoadGenerator.BuildAsync(parsed.GetRequiredValue(load), cancellation);
            IReadOnlyList<int> sizes = parsed.GetValue(perDocument) is { } one ? [one] : AllPerDocument;
            await RunAsync(
                common.Folder(parsed), generator, sizes, parsed.GetValue(events), parsed.GetValue(rounds), common.Report(parsed), cancellation);
            return 0;
        });
        return command;
    }

    public static async Task RunAsync(
        string folder, LoadGenerator generator, IReadOnlyList<int> sizes, int events, int rounds, Report report, CancellationToken cancellation)
    {
        var machine = Machine.Describe(folder);
        var table = new TextTable(
            "events/document", "parse us/event", "+ identity, participants", "+ chain, commit, index, seal", "whole capture us/event", "entries/event");
        foreach (var perDocument in sizes)
        {
            var documents = await generator.GenerateAsync(perDocument, events, cancellation);
            var parse = new List<double>();
            var identify = new List<double>();
            var capture = new List<double>();
            var entries = 0.0;
            for (var round = 0; round <= rounds; round++)
            {
                var parsed = Cpu(() => documents.ForEach(document => Parse(document)), events);
                var identified = Cpu(() => documents.ForEach(Identify), events);
                (var captured, entries) = await CaptureAsync(folder, documents, events, cancellation);
                if (round > 0)
                {
                    parse.Add(parsed);
                    identify.Add(identified);
                    capture.Add(captured);
                }
            }

            var (first, second, whole) = (new Samples(parse).Median, new Samples(identify).Median, new Samples(capture).Median);
            table.Add(
                perDocument.ToString(CultureInfo.InvariantCulture), Number(first), Number(second - first), Number(whole - second), Number(whole),
                Number(entries));
            Console.WriteLine($"{perDocument} a document: parse {Number(first)}, identify {Number(second)}, capture {Number(whole)} us an event");
        }

        await report.PutAsync(
            "stages",
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                `bench stages --events {events} --rounds {rounds}`: processor time of the whole process in microseconds an event, without HTTP, {InFlight} documents under way.
                Medians of {rounds} rounds.

                {table}
                {machine}.
                """),
            cancellation);
    }

    private static double Cpu(Action work, int events)
    {
        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        work();
        self.Refresh();
        return (self.TotalProcessorTime - before).TotalMicroseconds / events;
    }

    private static EpcisDocument Parse(byte[] document)
    {
        var result = EpcisDocumentParser.Parse(
            document, ParseLimits.Default, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        return result.IsValid ? result.Document! : throw new BenchException(result.Errors[0].Message);
    }

    /// <summary>Parses, and makes what the journals and the index get of each event.</summary>
    private static void Identify(byte[] document)
    {
        foreach (var source in Parse(document).Events)
        {
            var id = EventIdentity.Of(source);
            _ = EventClaim.OfId(EventIdentity.ClaimOf(source));
            _ = EventProjection.Of(source, id);
            foreach (var participant in EventParticipants.Of(source, "bench"))
            {
                _ = EntityId.Create(participant.Kind, participant.Key);
            }

            _ = source.ToStoredContent(id);
        }
    }

    /// <summary>Everything but HTTP, until all is sealed and indexed.</summary>
    private static async Task<(double Microseconds, double EntriesPerEvent)> CaptureAsync(
        string parent, List<byte[]> documents, int events, CancellationToken cancellation)
    {
        using var folder = new WorkFolder(parent);
        using var self = Process.GetCurrentProcess();
        await using var rig = await LedgerRig.OpenAsync(folder.In("data"), new EventProjector(), cancellation);
        var capture = rig.CreateCapture();
        var before = self.TotalProcessorTime;
        await Parallel.ForEachAsync(
            documents,
            new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = cancellation },
            async (document, stop) =>
            {
                var outcome = await capture.CaptureAsync(
                    new CaptureCommand(document, SingleEvent: false, "bench", "0123456789abcdef", CaptureErrorBehaviour.Rollback), stop);
                if (outcome is not CaptureOutcome.Captured)
                {
                    throw new BenchException($"A document was not captured: {outcome}");
                }
            });
        await rig.WaitQuietAsync(cancellation);
        self.Refresh();
        return ((self.TotalProcessorTime - before).TotalMicroseconds / events, rig.Entries / (double)events);
    }
}
