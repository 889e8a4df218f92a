using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Incarnations;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Cli.Verify;

/// <summary>Writes a verification's result, for people or for machines.</summary>
internal static class VerifyOutput
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteText(Terminal terminal, string file, FileVerification result)
    {
        var output = terminal.Out;
        output.WriteLine($"{file}: {Printable(result.Subject)}");
        foreach (var check in result.Checks)
        {
            var word = check.Outcome switch
            {
                CheckOutcome.Passed => terminal.Good("passed"),
                CheckOutcome.Failed => terminal.Bad("FAILED"),
                CheckOutcome.NotChecked => terminal.Faint("open  "),
            };
            output.WriteLine($"  {word}  {check.Name,-22}{Printable(check.Reason)}");
        }

        foreach (var fact in result.Facts)
        {
            output.WriteLine($"  proven  {Printable(Describe(fact))}");
        }

        var last = result.Bundle is { } bundle ? Describe(bundle, result.Origin ?? "", result.IsSound) : result.IsSound ? "SOUND" : "NOT SOUND";
        output.WriteLine(result.IsSound ? terminal.Good(last) : terminal.Bad(last));
    }

    public static void WriteJson(Terminal terminal, string file, FileVerification result)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("format", "provenancegrains-verdict/v1");
            json.WriteString("file", file);
            json.WriteString("kind", result.Kind);
            json.WriteBoolean("sound", result.IsSound);
            if (result.Bundle is { } bundle)
            {
                json.WriteString("state", bundle.State.ToString().ToLowerInvariant());
                json.WriteString("asOf", bundle.AsOfMs is { } asOf ? ProvenFact.TimeOf(asOf) : null);
                json.WriteNumber("cosigned", bundle.CosignedBy.Count);
                json.WriteNumber("witnesses", bundle.Witnesses);
            }

            json.WriteString("subject", result.Subject);
            json.WriteStartArray("checks");
            foreach (var check in result.Checks)
            {
                json.WriteStartObject();
                json.WriteString("name", check.Name);
                json.WriteString("outcome", check.Outcome switch
                {
                    CheckOutcome.Passed => "passed",
                    CheckOutcome.Failed => "failed",
                    CheckOutcome.NotChecked => "notChecked",
                });
                json.WriteString("reason", check.Reason);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("proven");
            foreach (var fact in result.Facts)
            {
                WriteFact(json, fact);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        terminal.Out.WriteLine(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }

    private static string Describe(BundleVerdict bundle, string origin, bool asAsked)
    {
        var when = bundle.AsOfMs is { } asOf ? $" as of {ProvenFact.TimeOf(asOf)}" : "";
        var who = bundle.Witnesses > 0
            ? string.Create(CultureInfo.InvariantCulture, $", cosigned by {bundle.CosignedBy.Count} of {bundle.Witnesses} witnesses")
            : "";

        // The link of an incarnation says what was known of the log before, not what was lost of it.
        var where = IncarnationName.NumberOf(origin) > 1 ? " in this log, which goes on from one that lost records" : "";
        return bundle.State switch
        {
            BundleState.Complete or BundleState.Absent when !asAsked => "NOT WHAT WAS ASKED FOR",
            BundleState.Complete => $"COMPLETE: this is everything that the log holds{when}{who}",
            BundleState.Absent => $"ABSENT: nothing was ever recorded about it{where}{when}{who}",
            BundleState.Incomplete => $"INCOMPLETE: what is shown holds, but is not known to be everything{when}",
            BundleState.Forged => "FORGED: see the failed checks",
            BundleState.Untrusted => "UNTRUSTED: nobody that you trust vouches for the checkpoint",
        };
    }

    private static void WriteFact(Utf8JsonWriter json, ProvenFact fact)
    {
        json.WriteStartObject();
        json.WriteNumber("leafIndex", fact.LeafIndex);
        json.WriteString("index", fact.Header.Index.ToString());
        json.WriteNumber("sequence", fact.Header.Sequence);
        json.WriteString("time", fact.Time);
        json.WriteString("entity", fact.Entity);
        json.WriteString("entryType", fact.EntryType);
        json.WriteString("role", fact.Role);
        json.WriteString("author", fact.Author);
        json.WriteString("eventID", fact.EventId);
        json.WriteString("eventType", fact.EventType);
        json.WriteEndObject();
    }

    private static string Describe(ProvenFact fact)
    {
        string?[] parts =
        [
            fact.Entity ?? $"journal {fact.Header.Index}",
            string.Create(CultureInfo.InvariantCulture, $"entry {fact.Header.Sequence} at leaf {fact.LeafIndex}"),
            $"recorded {fact.Time}",
            fact.EventType ?? fact.EntryType,
            string.IsNullOrEmpty(fact.Role) ? null : $"as {fact.Role}",
            fact.EventId,
            fact.Author is null ? null : $"by {fact.Author}",
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    /// <summary>What a file says goes to a terminal: without control characters it cannot move the cursor or hide a line.</summary>
    private static string Printable(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069' ? '\uFFFD' : c));
}
