using System.CommandLine;
using ProvenanceGrains.Cli.Keys;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Cli.Forks;

/// <summary>Compares two checkpoints of one log.</summary>
internal static class CompareCommand
{
    private const string Details = """
        A and B are checkpoints: files, or URLs of logs (the log's address) whose checkpoint is fetched. Both must be signed by
        the key. Two checkpoints fit if the larger tree begins with the smaller one. For two sizes the log's tiles are needed:
        --log, or else A or B itself where it is a URL.

        Prints FIT, FORK or CANNOT TELL. Evidence of a fork goes to --out: anybody who has the log's key can check it with
        provenance verify.

        Exit codes: 0 they fit, 1 a fork, 2 it cannot be told.
        """;

    public static Command Create(Terminal terminal)
    {
        var one = new Argument<string>("A") { Description = "A checkpoint file or a log's URL." };
        var other = new Argument<string>("B") { Description = "Another." };
        var key = KeyOption.Create(required: true);
        var log = new Option<string?>("--log") { Description = "A log's URL or folder, for its tiles.", HelpName = "URL|FOLDER" };
        var file = new Option<string>("--out", "-o")
        {
            Description = "Where evidence of a fork goes.",
            HelpName = "FILE",
            DefaultValueFactory = _ => "fork.json",
        };
        var command = new ToolCommand(
            "compare",
            "Compares two checkpoints of one log; writes evidence if they do not fit.",
            Details,
            "provenance compare mine.checkpoint https://log.example.org --key @log.vkey",
            "provenance compare mine yours --key @log.vkey --log https://log.example.org --out fork.json")
        {
            one,
            other,
            key,
            log,
            file,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            terminal,
            [parsed.GetRequiredValue(one), parsed.GetRequiredValue(other)],
            KeyOption.Parse(parsed.GetRequiredValue(key)),
            parsed.GetValue(log),
            parsed.GetRequiredValue(file),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, string[] places, VerifierKey key, string? log, string file, CancellationToken cancellation)
    {
        var opened = new List<HttpLogSource>();
        try
        {
            var checkpoints = new List<SignedCheckpoint>();
            foreach (var place in places)
            {
                checkpoints.Add(await ReadAsync(place, key, opened, cancellation));
            }

            // A log that serves the larger of the two can prove either way; one that serves the smaller has not the tiles.
            var larger = checkpoints[0].Checkpoint.Size > checkpoints[1].Checkpoint.Size ? places[0] : places[1];
            var source = log is not null ? await LogSources.OpenAsync(log, opened, cancellation)
                : LogSources.IsUrl(larger) ? await LogSources.OpenAsync(larger, opened, cancellation)
                : opened.FirstOrDefault();
            var verdict = await ForkSearch.RunAsync(checkpoints[0], checkpoints[1], source, cancellation);
            if (verdict.Fits)
            {
                await terminal.Out.WriteLineAsync($"{terminal.Good("FIT")}  {verdict.Reason}");
                return ExitCode.Sound;
            }

            if (verdict.Evidence is not { } evidence)
            {
                await terminal.Out.WriteLineAsync($"CANNOT TELL  {verdict.Reason}");
                return ExitCode.Unusable;
            }

            ForkFile.Write(file, evidence, key);
            await terminal.Out.WriteLineAsync($"{terminal.Bad("FORK")}  {verdict.Reason}");
            await terminal.Out.WriteLineAsync($"      The evidence is in {file}: provenance verify {file} --key ...");
            return ExitCode.Failed;
        }
        finally
        {
            opened.ForEach(source => source.Dispose());
        }
    }

    private static async Task<SignedCheckpoint> ReadAsync(
        string place, VerifierKey key, List<HttpLogSource> opened, CancellationToken cancellation)
    {
        var note = LogSources.IsUrl(place)
            ? await (await LogSources.OpenAsync(place, opened, cancellation)).ReadCheckpointAsync(cancellation)
            : await LogSources.ReadNoteAsync(place, cancellation);
        return note is not null && SignedNote.TryParse(note, out var parsed, out var error)
            && LogCheckpoint.TryOpen(note, key, out var checkpoint, out error)
                ? new SignedCheckpoint(checkpoint, parsed)
                : throw new UnusableException($"{place}: it is no checkpoint of {key.NameAndId}.");
    }
}
