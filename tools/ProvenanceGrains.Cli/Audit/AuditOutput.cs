using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProvenanceGrains.Cli.Output;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>Writes an audit's result, for people or for machines.</summary>
internal static class AuditOutput
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteText(Terminal terminal, string target, AuditReport report, Findings findings, TimeSpan elapsed)
    {
        var output = terminal.Out;
        output.WriteLine($"{report.Kind} {target}");
        output.WriteLine($"  origin      {report.Origin}");
        output.WriteLine($"  checkpoint  {(report.Root is null ? "none" : $"{Count(report.Leaves)} leaves, root {report.Root}")}");
        if (report.Begun > 0)
        {
            output.WriteLine($"  begun       at leaf {Count(report.Begun)}: those before were verified by an earlier audit");
        }

        if (report.CosignedBy.Count > 0)
        {
            output.WriteLine($"  cosigned    by {string.Join(", ", report.CosignedBy)}");
        }

        output.WriteLine($"  blocks      {Count(report.Blocks)}{(report.HeadMapRoot is { } map ? $", head map root {map}" : ", no head map")}");
        output.WriteLine($"  journals    {Count(report.Entities)}");
        if (report.Payloads is { } payloads)
        {
            output.WriteLine($"  payloads    {Count(payloads)} checked against their commitments{(report.PayloadsBegun > 0 ? $", from entry {Count(report.PayloadsBegun.Value)} on" : "")}");
            output.WriteLine($"  signed      {Count(report.Signed ?? 0)} captures{(report.PayloadsBegun > 0 ? " among these" : "")} whose author's signature verifies");
            output.WriteLine($"  unsealed    {Count(report.Unsealed ?? 0)} entries");
        }

        foreach (var notice in findings.Notices)
        {
            output.WriteLine($"  note        {notice}");
        }

        foreach (var finding in findings.Failures)
        {
            output.WriteLine($"{terminal.Bad("FAILED")}  {finding.Place}");
            output.WriteLine($"        {finding.Message}");
        }

        if (findings.FailureCount > findings.Failures.Count)
        {
            output.WriteLine($"        ... and {Count(findings.FailureCount - findings.Failures.Count)} more that follow from them or not.");
        }

        var seconds = Math.Max(elapsed.TotalSeconds, 0.001);
        var verdict = findings.FailureCount == 0
            ? terminal.Good("SOUND")
            : terminal.Bad($"NOT SOUND: {Count(findings.FailureCount)} {(findings.FailureCount == 1 ? "failure" : "failures")}");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{verdict}  {Count(report.Entries)} entries in {seconds:0.0} s, {report.Entries / seconds:N0} entries/s, {report.Bytes / seconds / 1e6:0.0} MB/s"));
    }

    /// <param name="terminal">Gets the report where <paramref name="file"/> is <c>-</c>.</param>
    /// <param name="file">Where it goes; written whole or not at all.</param>
    /// <param name="target">What was audited.</param>
    /// <param name="report">What was looked at.</param>
    /// <param name="findings">What was found.</param>
    /// <param name="elapsed">How long it took.</param>
    public static void WriteJson(Terminal terminal, string file, string target, AuditReport report, Findings findings, TimeSpan elapsed)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("format", "provenancegrains-audit/v1");
            json.WriteString("target", target);
            json.WriteString("kind", report.Kind);
            json.WriteBoolean("sound", findings.FailureCount == 0);
            json.WriteString("origin", report.Origin);
            json.WriteNumber("leaves", report.Leaves);
            json.WriteNumber("begunAtLeaf", report.Begun);
            json.WriteString("root", report.Root);
            json.WriteNumber("blocks", report.Blocks);
            json.WriteString("headMapRoot", report.HeadMapRoot);
            json.WriteNumber("journals", report.Entities);
            json.WriteNumber("stateBytes", report.StateBytes);
            json.WriteStartArray("cosignedBy");
            foreach (var witness in report.CosignedBy)
            {
                json.WriteStringValue(witness);
            }

            json.WriteEndArray();
            json.WriteString("forkFile", report.ForkFile);
            WriteNumber(json, "payloads", report.Payloads);
            WriteNumber(json, "payloadsBegunAtOrdinal", report.PayloadsBegun);
            WriteNumber(json, "signedCaptures", report.Signed);
            WriteNumber(json, "unsealed", report.Unsealed);
            json.WriteNumber("files", report.Files);
            json.WriteNumber("bytes", report.Bytes);
            json.WriteNumber("entries", report.Entries);
            json.WriteNumber("entriesPerSecond", (long)(report.Entries / Math.Max(elapsed.TotalSeconds, 0.001)));
            json.WriteNumber("milliseconds", (long)elapsed.TotalMilliseconds);
            json.WriteNumber("failureCount", findings.FailureCount);
            json.WriteStartArray("failures");
            foreach (var finding in findings.Failures)
            {
                WriteFinding(json, finding);
            }

            json.WriteEndArray();
            json.WriteStartArray("notices");
            foreach (var notice in findings.Notices)
            {
                json.WriteStringValue(notice);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        if (file == "-")
        {
            terminal.Out.WriteLine(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
        }
        else
        {
            stream.Write("\n"u8);
            AtomicFile.Replace(file, stream.WriteTo);
        }
    }

    private static void WriteFinding(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("message", finding.Message);
        json.WriteString("file", finding.File);
        WriteNumber(json, "offset", finding.Offset);
        WriteNumber(json, "length", finding.Length);
        WriteNumber(json, "leafIndex", finding.Leaf);
        WriteNumber(json, "ordinal", finding.Ordinal);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
