using System.Text;
using System.Text.RegularExpressions;
using ProvenanceGrains.Ledger.HttpSignatures;

namespace ProvenanceGrains.Ledger.Tests.HttpSignatures;

/// <summary>A signed message of RFC 9421's appendix B.</summary>
/// <param name="File">Where it stands.</param>
/// <param name="Message">With its signature's fields.</param>
/// <param name="IsValid">What the text before it says.</param>
internal sealed record Rfc9421Case(string File, HttpMessageParts Message, bool IsValid);

/// <summary>Reads the sections of appendix B as they were written: code blocks, unfolded by RFC 8792.</summary>
internal static partial class Rfc9421Files
{
    public static string Folder => Vectors.PathOf("rfc9421");

    /// <summary>Every signed message of every section; bare field lines belong to the test request or response.</summary>
    public static IReadOnlyList<Rfc9421Case> Cases()
    {
        var common = Blocks("01-test-cases.md").Select(block => ReadMessage(block.Code)).OfType<HttpMessageParts>().ToList();
        var request = common.Single(message => message.Method is not null);
        var response = common.Single(message => message.Status is not null) with { Request = request };
        var cases = new List<Rfc9421Case>();
        foreach (var file in Directory.GetFiles(Folder, "*.md").Order(StringComparer.Ordinal))
        {
            foreach (var (before, code) in Blocks(Path.GetFileName(file)))
            {
                if (!code.Contains("Signature-Input:", StringComparison.Ordinal) || !code.Contains("\nSignature:", StringComparison.Ordinal))
                {
                    continue;
                }

                var message = ReadMessage(code);
                if (message is null)
                {
                    var frame = code.Contains("\"@status\"", StringComparison.Ordinal) ? response : request;
                    message = frame with { Fields = [.. frame.Fields, .. ReadFields(code.Split('\n'))] };
                }

                cases.Add(new Rfc9421Case(Path.GetFileName(file), message, !before.Contains("NOT still valid", StringComparison.Ordinal)));
            }
        }

        return cases;
    }

    /// <summary>Every signature base that a section prints.</summary>
    public static IReadOnlyList<string> Bases(string file) =>
        [.. Blocks(file).Select(block => block.Code.Trim('\n')).Where(code => code.Contains("\"@signature-params\": ", StringComparison.Ordinal))];

    /// <summary>The first block of PEM text under a key's heading whose label is given.</summary>
    public static byte[] Pem(string keyId, string label)
    {
        var text = File.ReadAllText(Path.Combine(Folder, "keys.md"));
        var section = text[text.IndexOf($"`{keyId}", StringComparison.Ordinal)..];
        var begin = $"-----BEGIN {label}-----";
        var start = section.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        return Convert.FromBase64String(section[start..section.IndexOf("-----END", start, StringComparison.Ordinal)]);
    }

    public static byte[] SharedSecret() =>
        Convert.FromBase64String(Blocks("keys.md").Last(block => block.Before.Contains("test-shared-secret", StringComparison.Ordinal)).Code.Trim());

    private static IEnumerable<(string Before, string Code)> Blocks(string file)
    {
        var text = File.ReadAllText(Path.Combine(Folder, file));
        var end = 0;
        foreach (Match match in CodeBlock().Matches(text))
        {
            var before = text[end..match.Index];
            end = match.Index + match.Length;
            yield return (before, Unfold(match.Groups["code"].Value));
        }
    }

    /// <summary>RFC 8792 section 7: a backslash at the end of a line, and the spaces that begin the next, are not there.</summary>
    /// <remarks>One block of the appendix is folded without the note that says so.</remarks>
    private static string Unfold(string code)
    {
        var note = code.IndexOf("RFC 8792", StringComparison.Ordinal);
        return Folded().Replace(note < 0 ? code : code[(code.IndexOf('\n', note) + 1)..].TrimStart('\n'), "");
    }

    private static HttpMessageParts? ReadMessage(string code)
    {
        var lines = code.Trim('\n').Split('\n');
        var words = lines[0].Split(' ');
        var fields = ReadFields(lines[1..]);
        if (words.Length >= 2 && words[0].StartsWith("HTTP/", StringComparison.Ordinal))
        {
            return new HttpMessageParts { Status = int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture), Fields = fields };
        }

        return words is [var method, var target, "HTTP/1.1"]
            ? new HttpMessageParts
            {
                Method = method,
                Target = target,
                Authority = fields.FirstOrDefault(field => field.Key == "Host").Value ?? "",
                Fields = fields,
            }
            : null;
    }

    private static List<KeyValuePair<string, string>> ReadFields(IEnumerable<string> lines) =>
        [.. lines.TakeWhile(line => line.Length > 0).Select(line => line.Split(':', 2)).Select(pair => new KeyValuePair<string, string>(pair[0], pair[1].Trim()))];

    public static string Joined(HttpMessageParts message, string field) => string.Join(
        ", ", message.Fields.Where(one => one.Key.Equals(field, StringComparison.OrdinalIgnoreCase)).Select(one => one.Value.Trim()));

    public static string Text(byte[] signatureBase) => Encoding.ASCII.GetString(signatureBase);

    [GeneratedRegex(@"^~~~[^\n]*\n(?<code>.*?)^~~~", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\\\n *")]
    private static partial Regex Folded();
}
