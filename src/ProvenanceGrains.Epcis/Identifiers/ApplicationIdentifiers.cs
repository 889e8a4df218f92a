using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>All GS1 application identifiers, by code.</summary>
public static class ApplicationIdentifiers
{
    private static readonly FrozenDictionary<string, ApplicationIdentifier> ByCode = Read();

    private static readonly FrozenDictionary<string, ApplicationIdentifier>.AlternateLookup<ReadOnlySpan<char>> BySpan =
        ByCode.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Every AI, in no order.</summary>
    public static IReadOnlyCollection<ApplicationIdentifier> All => ByCode.Values;

    /// <summary>Finds an AI by its digits, such as <c>01</c>.</summary>
    public static bool TryGet(ReadOnlySpan<char> code, [NotNullWhen(true)] out ApplicationIdentifier? identifier) =>
        BySpan.TryGetValue(code, out identifier);

    internal static ApplicationIdentifier Get(string code) => ByCode[code];

    /// <summary>The AI that an alphabetic short name stood for in Digital Link before version 1.2, or null.</summary>
    internal static string? CodeOfShortName(ReadOnlySpan<char> name) => name switch
    {
        "sscc" => "00",
        "gtin" => "01",
        "lot" => "10",
        "ser" => "21",
        "cpv" => "22",
        "gdti" => "253",
        "glnx" => "254",
        "gcn" => "255",
        "ginc" => "401",
        "gsin" => "402",
        "gln" => "414",
        "payTo" => "415",
        "party" => "417",
        "grai" => "8003",
        "giai" => "8004",
        "itip" => "8006",
        "cpid" => "8010",
        "cpsn" => "8011",
        "gmn" => "8013",
        "gsrnp" => "8017",
        "gsrn" => "8018",
        "srin" => "8019",
        "refNo" => "8020",
        _ => null,
    };

    private static FrozenDictionary<string, ApplicationIdentifier> Read()
    {
        var all = new Dictionary<string, ApplicationIdentifier>(StringComparer.Ordinal);
        foreach (var row in ApplicationIdentifierData.Rows.Split('\n'))
        {
            var hash = row.IndexOf(" #", StringComparison.Ordinal);
            var title = hash < 0 ? "" : row[(hash + 2)..].Trim();
            var fields = (hash < 0 ? row : row[..hash]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var sequences = Array.Find(fields, static f => f[0] == '@')?[1..];
            var components = fields[2..].Where(static f => f[0] != '@').ToArray();
            foreach (var code in Codes(fields[0]))
            {
                all.Add(code, new ApplicationIdentifier(code, fields[1], components, sequences, title));
            }
        }

        return all.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Codes(string codeOrRange)
    {
        var dash = codeOrRange.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            return [codeOrRange];
        }

        var first = int.Parse(codeOrRange.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture);
        var last = int.Parse(codeOrRange.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        return Enumerable.Range(first, last - first + 1)
            .Select(n => n.ToString(CultureInfo.InvariantCulture).PadLeft(dash, '0'));
    }
}
