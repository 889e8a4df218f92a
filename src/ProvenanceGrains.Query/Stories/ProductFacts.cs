using System.Text.Json;
using ProvenanceGrains.Epcis.Events;

namespace ProvenanceGrains.Query.Stories;

/// <summary>What events say of a product itself: its master data and its name.</summary>
/// <remarks>
/// <para>Master data (<c>ilmd</c>, EPCIS 2.0 section 7.3.8) describe the objects that an event brings into being: they count for
/// an entity that is among its EPCs or outputs, not for an input. The first event that says a member is believed.</para>
/// <para>The name is the first text found under one of <see cref="NameMembers"/>, in their order, compared without namespace
/// prefix: in the master data of the first event that has one there, else among an event's own extension members.
/// The three general names at the end of the list are taken from master data only.</para>
/// </remarks>
internal static class ProductFacts
{
    /// <summary>A longer text is no name.</summary>
    public const int MaxNameLength = 200;

    private const int GeneralNames = 3;

    /// <summary>Local names under which suppliers write a product's name, the most specific first.</summary>
    public static IReadOnlyList<string> NameMembers { get; } =
    [
        "productName", "tradeItemDescription", "regulatedProductName", "functionalName", "descriptionShort",
        "itemDescription", "productDescription", "name", "label", "description",
    ];

    /// <summary>Members of the master data, each from the first event that has it.</summary>
    public static IReadOnlyList<JsonProperty> Ilmd(IEnumerable<EventShown> events)
    {
        var members = new List<JsonProperty>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var ilmd in IlmdOf(events))
        {
            members.AddRange(ilmd.EnumerateObject().Where(member => seen.Add(member.Name)));
        }

        return members;
    }

    public static string? NameOf(IReadOnlyList<EventShown> events)
    {
        foreach (var ilmd in IlmdOf(events))
        {
            if (Find(ilmd, NameMembers) is { } name)
            {
                return name;
            }
        }

        var specific = NameMembers.Take(NameMembers.Count - GeneralNames).ToList();
        return events.Where(IsSubject)
            .Where(shown => shown.Raw.ValueKind == JsonValueKind.Object)
            .Select(shown => Find(shown.Raw, specific))
            .FirstOrDefault(name => name is not null);
    }

    /// <summary>A member's name without its prefix or namespace.</summary>
    public static ReadOnlySpan<char> LocalName(ReadOnlySpan<char> name) => name[(name.LastIndexOfAny(":/#") + 1)..];

    /// <summary>A text as JSON-LD may write it: a string, an object with <c>@value</c>, or a list whose first is one of these.</summary>
    public static string? TextOf(JsonElement value, int depth = 0)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Array when depth == 0 && value.GetArrayLength() > 0 => TextOf(value[0], depth + 1),
            JsonValueKind.Object when value.TryGetProperty("@value", out var inner) && inner.ValueKind == JsonValueKind.String =>
                inner.GetString(),
            _ => null,
        };
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    private static IEnumerable<JsonElement> IlmdOf(IEnumerable<EventShown> events) => events
        .Where(IsSubject)
        .Select(shown => shown.Member("ilmd"))
        .Where(ilmd => ilmd.ValueKind == JsonValueKind.Object);

    private static bool IsSubject(EventShown shown) => shown.Entry.Role is EventRoles.Epc or EventRoles.Output;

    private static string? Find(JsonElement holder, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            foreach (var member in holder.EnumerateObject())
            {
                if (LocalName(member.Name).SequenceEqual(name) && TextOf(member.Value) is { Length: <= MaxNameLength } text)
                {
                    return text;
                }
            }
        }

        return null;
    }
}
