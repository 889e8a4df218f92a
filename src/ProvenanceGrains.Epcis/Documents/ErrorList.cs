using System.Text.Json;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>
/// Errors by byte offset while a document is being read. Their JSON Pointers are worked out at the end, in one more pass
/// over the document, so that sound documents do not pay for keeping a path.
/// </summary>
internal sealed class ErrorList(int max)
{
    private readonly List<Item> _items = [];

    /// <summary>Found so far, listed or not.</summary>
    public int Count { get; private set; }

    /// <summary>Which event is being read; null outside the list.</summary>
    public int? EventIndex { get; set; }

    /// <param name="code">One of <see cref="EpcisErrorCodes"/>.</param>
    /// <param name="offset">Where the token starts that the error is about.</param>
    /// <param name="field">Name of the field.</param>
    /// <param name="message">For a person.</param>
    /// <param name="missing">The field is absent from the object at that offset.</param>
    public void Add(string code, long offset, string field, string message, bool missing = false)
    {
        Count++;
        if (_items.Count < max)
        {
            _items.Add(new Item(code, offset, field, message, missing, EventIndex));
        }
    }

    /// <summary>Forgets what was added after <see cref="Count"/> was <paramref name="count"/>.</summary>
    public void Rewind(int count)
    {
        if (count < _items.Count)
        {
            _items.RemoveRange(count, _items.Count - count);
        }

        Count = count;
    }

    public IReadOnlyList<EpcisError> Resolve(ReadOnlySpan<byte> body, int maxDepth)
    {
        if (_items.Count == 0)
        {
            return [];
        }

        var pointers = JsonPointers.Find(body, maxDepth, [.. _items.Select(static i => i.Offset).Distinct().Order()]);
        var errors = new EpcisError[_items.Count];
        for (var i = 0; i < errors.Length; i++)
        {
            var item = _items[i];
            var pointer = pointers.GetValueOrDefault(item.Offset, "");
            if (item.Missing)
            {
                pointer += "/" + JsonPointers.Escape(item.Field);
            }

            // A fault of the text itself (malformed, too deep) is found by its offset alone: the member around it is its field.
            var field = item.Field.Length > 0 ? item.Field : JsonPointers.InnermostName(pointer);
            errors[i] = new EpcisError(item.Code, pointer, item.EventIndex, field, item.Message);
        }

        return errors;
    }

    private readonly record struct Item(
        string Code, long Offset, string Field, string Message, bool Missing, int? EventIndex);
}

/// <summary>JSON Pointers (RFC 6901) of tokens that are known by where they start.</summary>
internal static class JsonPointers
{
    /// <param name="body">The document; may be malformed, then tokens after the fault are not found.</param>
    /// <param name="maxDepth">Nesting levels.</param>
    /// <param name="offsets">Ascending, each once. An offset inside no token takes the pointer of the value around it.</param>
    public static Dictionary<long, string> Find(ReadOnlySpan<byte> body, int maxDepth, long[] offsets)
    {
        var found = new Dictionary<long, string>();
        var path = new List<Segment>();
        var next = 0;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = maxDepth });
        try
        {
            while (next < offsets.Length && reader.Read())
            {
                Advance(ref reader, path);
                while (next < offsets.Length && offsets[next] <= reader.TokenStartIndex)
                {
                    found[offsets[next++]] = Text(path);
                }

                Leave(ref reader, path);
            }
        }
        catch (JsonException)
        {
            // The rest is not readable: the value that was open is as near as one gets.
        }

        for (; next < offsets.Length; next++)
        {
            found[offsets[next]] = Text(path);
        }

        return found;
    }

    public static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>The last name in a pointer, indexes left out; empty if there is none.</summary>
    public static string InnermostName(string pointer)
    {
        var name = pointer.Split('/').LastOrDefault(static part => part.AsSpan().ContainsAnyExceptInRange('0', '9'), "");
        return name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
    }

    private static void Advance(ref Utf8JsonReader reader, List<Segment> path)
    {
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            path[^1] = path[^1] with { Name = NameOf(ref reader) };
        }
        else if (path.Count > 0 && path[^1].IsArray
            && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
        {
            path[^1] = path[^1] with { Index = path[^1].Index + 1 };
        }
        else if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
        {
            path.RemoveAt(path.Count - 1);
        }
    }

    private static void Leave(ref Utf8JsonReader reader, List<Segment> path)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            path.Add(new Segment(true, -1, null));
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            path.Add(new Segment(false, -1, null));
        }
    }

    private static string NameOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > 1024)
        {
            return "...";
        }

        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "...";
        }
    }

    private static string Text(List<Segment> path)
    {
        var text = new System.Text.StringBuilder();
        foreach (var segment in path)
        {
            if (segment.IsArray && segment.Index >= 0)
            {
                text.Append('/').Append(segment.Index);
            }
            else if (segment.Name is { } name)
            {
                text.Append('/').Append(Escape(name));
            }
        }

        return text.ToString();
    }

    private readonly record struct Segment(bool IsArray, int Index, string? Name);
}
