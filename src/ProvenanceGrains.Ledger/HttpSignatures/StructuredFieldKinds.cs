using ProvenanceGrains.Ledger.StructuredFields;

namespace ProvenanceGrains.Ledger.HttpSignatures;

/// <summary>Which fields are structured, and how: what <c>sf</c> needs to write a value anew (RFC 9421 section 2.1.1).</summary>
internal static class StructuredFieldKinds
{
    private static readonly HashSet<string> Dictionaries = new(StringComparer.Ordinal)
    {
        "accept-signature", "cdn-cache-control", "content-digest", "priority", "repr-digest", "signature", "signature-input",
        "want-content-digest", "want-repr-digest",
    };

    private static readonly HashSet<string> Lists = new(StringComparer.Ordinal)
    {
        "accept-ch", "cache-status", "client-cert-chain", "proxy-status",
    };

    private static readonly HashSet<string> Items = new(StringComparer.Ordinal) { "client-cert", "idempotency-key" };

    public static bool TryWriteAnew(string name, string joined, out string value, out string? error)
    {
        value = "";
        error = $"\"{name}\" is not known as a structured field";
        if (Dictionaries.Contains(name) && StructuredField.TryParseDictionary(joined, out var members, out error))
        {
            value = StructuredField.Write(members);
            return true;
        }

        if (Lists.Contains(name) && StructuredField.TryParseList(joined, out var list, out error))
        {
            value = StructuredField.Write(list);
            return true;
        }

        if (Items.Contains(name) && StructuredField.TryParseItem(joined, out var item, out error))
        {
            value = StructuredField.Write(item);
            return true;
        }

        error = $"\"{name}\": {error}";
        return false;
    }
}
