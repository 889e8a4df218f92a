using System.Globalization;
using System.Text.Json;
using ProvenanceGrains.Epcis.Identifiers;

namespace ProvenanceGrains.Query.Stories;

/// <summary>What is known of a place.</summary>
/// <param name="Name">For people, or null.</param>
/// <param name="Latitude">WGS 84 degrees, or null.</param>
/// <param name="Longitude">WGS 84 degrees, or null.</param>
internal sealed record PlaceFact(string? Name, double? Latitude, double? Longitude)
{
    public static PlaceFact Nothing { get; } = new(null, null, null);

    public bool IsEmpty => this == Nothing;

    /// <summary>What this does not say, the other may.</summary>
    public PlaceFact Or(PlaceFact other) => Latitude is null || Longitude is null
        ? new PlaceFact(Name ?? other.Name, other.Latitude, other.Longitude)
        : this with { Name = Name ?? other.Name };
}

/// <summary>Finds out of events where their places are and what they are called. Nothing is asked for elsewhere.</summary>
/// <remarks>
/// Three sources, for the read point and the business location of each event: a <c>geo:</c> URI is a position itself (RFC 5870);
/// members beside <c>id</c> in the place's own object; and any object within the event that names the place by an
/// <c>id</c> and has a latitude and a longitude or a name. Member names are compared without their prefix.
/// </remarks>
internal static class PlaceFacts
{
    private const int MaxDepth = 12;
    private const int MaxObjects = 2_000;

    /// <summary>Adds what one event says of its places to what is known.</summary>
    public static void Collect(EventShown shown, Dictionary<string, PlaceFact> known)
    {
        var places = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (member, text) in (ReadOnlySpan<(string, string?)>)
            [("readPoint", shown.ReadPoint), ("bizLocation", shown.BizLocation)])
        {
            if (text is null)
            {
                continue;
            }

            places.Add(text);
            Add(known, text, FromGeoUri(text));
            if (shown.Member(member) is { ValueKind: JsonValueKind.Object } place)
            {
                Add(known, text, FromMembers(place));
            }
        }

        if (places.Count > 0)
        {
            var budget = MaxObjects;
            Search(shown.Raw, places, known, 0, ref budget);
        }
    }

    /// <summary><c>geo:latitude,longitude</c> in WGS 84, the only system that RFC 5870 defines; else nothing.</summary>
    public static PlaceFact FromGeoUri(string uri)
    {
        if (!uri.StartsWith("geo:", StringComparison.OrdinalIgnoreCase))
        {
            return PlaceFact.Nothing;
        }

        var parts = uri[4..].Split(';');
        var numbers = parts[0].Split(',');
        var otherSystem = parts.Skip(1).Any(part =>
            part.StartsWith("crs=", StringComparison.OrdinalIgnoreCase)
            && !part.Equals("crs=wgs84", StringComparison.OrdinalIgnoreCase));
        return otherSystem || numbers.Length is < 2 or > 3
            ? PlaceFact.Nothing
            : Position(Degrees(numbers[0], 90), Degrees(numbers[1], 180), null);
    }

    private static void Search(
        JsonElement value, HashSet<string> places, Dictionary<string, PlaceFact> known, int depth, ref int budget)
    {
        if (depth > MaxDepth || budget <= 0)
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                Search(item, places, known, depth + 1, ref budget);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            budget--;
            if (depth > 0 && IdOf(value) is { } id && places.Contains(id))
            {
                Add(known, id, FromMembers(value));
            }

            foreach (var member in value.EnumerateObject())
            {
                Search(member.Value, places, known, depth + 1, ref budget);
            }
        }
    }

    private static string? IdOf(JsonElement value)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (ProductFacts.LocalName(member.Name) is "id" or "@id" && member.Value.ValueKind == JsonValueKind.String)
            {
                var text = member.Value.GetString()!;
                return Epc.TryParse(text, out var place, out _) ? EventShown.PlaceText(place) : text;
            }
        }

        return null;
    }

    private static PlaceFact FromMembers(JsonElement value)
    {
        string? name = null;
        double? latitude = null, longitude = null;
        foreach (var member in value.EnumerateObject())
        {
            switch (ProductFacts.LocalName(member.Name))
            {
                case "name" or "physicalLocationName" or "organizationName":
                    name ??= ProductFacts.TextOf(member.Value) is { Length: <= ProductFacts.MaxNameLength } text ? text : null;
                    break;
                case "latitude":
                    latitude ??= Degrees(member.Value, 90);
                    break;
                case "longitude":
                    longitude ??= Degrees(member.Value, 180);
                    break;
            }
        }

        return Position(latitude, longitude, name);
    }

    private static void Add(Dictionary<string, PlaceFact> known, string place, PlaceFact fact)
    {
        var before = known.GetValueOrDefault(place, PlaceFact.Nothing);
        if (before.Or(fact) is { IsEmpty: false } after)
        {
            known[place] = after;
        }
    }

    private static PlaceFact Position(double? latitude, double? longitude, string? name) =>
        latitude is null || longitude is null ? new PlaceFact(name, null, null) : new PlaceFact(name, latitude, longitude);

    private static double? Degrees(JsonElement value, double limit) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetDouble(out var number) && Math.Abs(number) <= limit ? number : null,
        JsonValueKind.String => Degrees(value.GetString()!, limit),
        _ => null,
    };

    private static double? Degrees(string text, double limit) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && Math.Abs(number) <= limit
            ? number
            : null;
}
