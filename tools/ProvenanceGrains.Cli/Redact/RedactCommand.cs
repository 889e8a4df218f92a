using System.CommandLine;
using System.Globalization;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Cli.Redact;

/// <summary>Leaves field groups out of a bundle, so that it can be handed on without them.</summary>
internal static class RedactCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "The bundle." };
        var output = new Option<string>("--out", "-o") { Description = "The new file.", HelpName = "FILE", Required = true };
        var withhold = new Option<string>("--withhold")
        {
            Description = "The groups to leave out, with commas between: entity, type, author, content.",
            HelpName = "GROUPS",
            Required = true,
        };
        var entries = new Option<string?>("--entries")
        {
            Description = "Only in these entries of the subject, by sequence number, with commas between.",
            HelpName = "NUMBERS",
        };
        var erased = new Option<bool>("--erased") { Description = "Call them erased instead of withheld: nobody has them any more." };
        var command = new ToolCommand(
            "redact",
            "Leaves field groups out of a bundle; what is left still verifies.",
            """
            Each group is replaced by its salted digest, which tells nothing of its content. The bundle is complete as before and says what
            is withheld. The original stays as it is.

            The document of a signed capture goes with what is withheld from the entries that it brought, and with the author go the journals
            that name it: whose signature they bear cannot be checked then, and the bundle's reader is told so.
            """,
            "provenance redact bar.json --withhold author --out bar-public.json",
            "provenance redact bar.json --withhold content,author --entries 3,5 --out bar-public.json")
        {
            file,
            output,
            withhold,
            entries,
            erased,
        };
        command.SetAction(parsed => Run(
            terminal,
            parsed.GetRequiredValue(file),
            parsed.GetRequiredValue(output),
            Groups(parsed.GetRequiredValue(withhold)),
            parsed.GetValue(entries) is { } numbers ? Numbers(numbers) : null,
            parsed.GetValue(erased) ? GroupState.Erased : GroupState.Withheld));
        return command;
    }

    private static int Run(
        Terminal terminal, string file, string output, HashSet<FieldGroup> groups, HashSet<long>? entries, GroupState state)
    {
        if (File.Exists(output))
        {
            throw new UnusableException($"{output} exists already.");
        }

        if (!BundleJson.TryParse(InputFile.Read(file, Bundle.MaxBytes), out var bundle, out var error))
        {
            throw new UnusableException($"{file}: {error}");
        }

        if (entries?.FirstOrDefault(number => number >= bundle.Subject.Entries.Count, -1) is >= 0 and var missing)
        {
            throw new UnusableException($"--entries: the journal of {bundle.Subject.Entity} has no entry {missing}.");
        }

        if (!BundleRedaction.TryRedact(bundle, groups, state, entries, out var redacted, out error))
        {
            throw new UnusableException($"{file}: {error}");
        }

        File.WriteAllBytes(output, BundleJson.Write(redacted));
        terminal.Out.WriteLine(output);
        return ExitCode.Sound;
    }

    private static HashSet<FieldGroup> Groups(string text) => [.. text.Split(',').Select(name => name.Trim() switch
    {
        "entity" => FieldGroup.Entity,
        "type" => FieldGroup.Type,
        "author" => FieldGroup.Author,
        "content" => FieldGroup.Content,
        var other => throw new UnusableException($"--withhold: '{other}' is none of entity, type, author, content."),
    })];

    private static HashSet<long> Numbers(string text) => [.. text.Split(',').Select(number =>
        long.TryParse(number.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new UnusableException($"--entries: '{number}' is no sequence number."))];
}
