using System.Text.Json.Nodes;

namespace ProvenanceGrains.Browser.Tests.Verifier;

/// <summary>One random change to a JSON document: a bit of a value, a number, or a member or item that goes, doubles or moves.</summary>
internal static class BundleMutation
{
    /// <returns>The changed copy, and what was changed.</returns>
    public static (JsonObject Document, string What) Apply(JsonObject document, Random random)
    {
        var copy = document.DeepClone().AsObject();
        var nodes = Collect(copy).ToList();

        // A whole part is chosen first, so that the few values of the block are met as often as the many of the proof.
        var parts = nodes.GroupBy(node => node.GetPath().Split('[')[0]).ToList();
        var part = parts[random.Next(parts.Count)].ToList();
        var chosen = part[random.Next(part.Count)];
        var path = chosen.GetPath();
        return (copy, $"{path}: {Change(chosen, random)}");
    }

    private static IEnumerable<JsonNode> Collect(JsonNode node)
    {
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray items => items,
            _ => [],
        };
        return children.OfType<JsonNode>().SelectMany(child => Collect(child).Prepend(child));
    }

    private static string Change(JsonNode node, Random random)
    {
        if (node is JsonValue value && random.Next(8) > 0)
        {
            var changed = value.TryGetValue<string>(out var text) ? ChangedText(text, random) : JsonValue.Create(ChangedNumber(value, random));
            node.ReplaceWith(changed);
            return changed!.ToJsonString();
        }

        if (node is JsonArray { Count: > 1 } items && random.Next(2) == 0)
        {
            var at = random.Next(items.Count - 1);
            var (first, second) = (items[at]!.DeepClone(), items[at + 1]!.DeepClone());
            items[at] = second;
            items[at + 1] = first;
            return $"items {at} and {at + 1} swapped";
        }

        return Remove(node, random);
    }

    private static string Remove(JsonNode node, Random random)
    {
        switch (node.Parent)
        {
            case JsonArray items when random.Next(2) == 0:
                items.Insert(items.IndexOf(node), node.DeepClone());
                return "doubled";
            case JsonArray items:
                items.Remove(node);
                return "removed";
            default:
                node.Parent!.AsObject().Remove(node.GetPropertyName());
                return "removed";
        }
    }

    private static JsonNode ChangedText(string text, Random random)
    {
        var bytes = new byte[text.Length];
        if (text.Length > 0 && Convert.TryFromBase64String(text, bytes, out var length) && length > 0)
        {
            bytes[random.Next(length)] ^= (byte)(1 << random.Next(8));
            return Convert.ToBase64String(bytes.AsSpan(0, length));
        }

        if (text is "disclosed" or "withheld" or "erased")
        {
            return text == "erased" ? "withheld" : "erased";
        }

        var at = random.Next(text.Length + 1);
        return at == text.Length ? text + "A" : text[..at] + (char)(text[at] ^ 1) + text[(at + 1)..];
    }

    private static long ChangedNumber(JsonValue value, Random random)
    {
        var number = (long)value;
        return random.Next(4) switch
        {
            0 => number + 1,
            1 => number - 1,
            2 => 0,
            _ => random.NextInt64(-2, 1L << 40),
        };
    }
}
