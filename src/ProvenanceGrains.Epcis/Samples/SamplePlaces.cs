using System.Globalization;

namespace ProvenanceGrains.Epcis.Samples;

/// <summary>A place with a name and a position (WGS 84, degrees).</summary>
/// <param name="Id">How events name it.</param>
/// <param name="Name">For people.</param>
/// <param name="Latitude">North is positive.</param>
/// <param name="Longitude">East is positive.</param>
/// <param name="Country">ISO 3166-1 alpha-2; empty at sea.</param>
/// <param name="Offset">Of its clocks from UTC.</param>
internal sealed record SamplePlace(
    string Id, string Name, decimal Latitude, decimal Longitude, string Country, TimeSpan Offset)
{
    /// <summary>The position as a geo URI (RFC 5870).</summary>
    public string GeoUri => string.Create(CultureInfo.InvariantCulture, $"geo:{Latitude},{Longitude}");
}

/// <summary>Where the story takes place. The towns are real, the companies are not.</summary>
internal static class SamplePlaces
{
    private static readonly TimeSpan Europe = TimeSpan.FromHours(1);

    private static readonly (string Town, decimal Latitude, decimal Longitude)[] Towns =
    [
        ("Bekwai", 6.4532m, -1.5774m), ("Konongo", 6.6167m, -1.2167m), ("Tepa", 7.0064m, -2.1708m),
        ("Goaso", 6.8036m, -2.5172m), ("Wiawso", 6.2158m, -2.4850m), ("Dunkwa", 5.9667m, -1.7833m),
        ("Obuasi", 6.2063m, -1.6620m), ("Ejura", 7.3833m, -1.3667m),
    ];

    private static readonly string[] Kinds =
        ["Hill Farm", "River Farm", "Grove", "Old Orchard", "Valley Farm", "North Farm", "South Farm", "Forest Edge"];

    public static readonly SamplePlace Cooperative =
        new(SampleKeys.Location(SampleKeys.Cooperative, 1), "Kumasi Cocoa Cooperative", 6.6885m, -1.6244m, "GH", TimeSpan.Zero);

    public static readonly SamplePlace PortOfLoading =
        new(SampleKeys.LocationUrn(SampleKeys.Carrier, 1), "Tema, container terminal", 5.6400m, 0.0170m, "GH", TimeSpan.Zero);

    public static readonly SamplePlace PortOfDischarge =
        new(SampleKeys.LocationUrn(SampleKeys.Carrier, 2), "Antwerp, container terminal", 51.2640m, 4.3430m, "BE", Europe);

    public static readonly SamplePlace Depot =
        new(SampleKeys.LocationUrn(SampleKeys.Carrier, 3), "Aachen, cross-dock", 50.7753m, 6.0839m, "DE", Europe);

    public static readonly SamplePlace Factory =
        new(SampleKeys.Location(SampleKeys.Brand, 1), "Halle Chocolate Works", 50.7339m, 4.2345m, "BE", Europe);

    public static readonly SamplePlace Shop =
        new(SampleKeys.Location(SampleKeys.Shop, 1), "Corner Shop, Cologne", 50.9375m, 6.9603m, "DE", Europe);

    /// <summary>Where the ship was when the data logger reported.</summary>
    public static readonly SamplePlace[] AtSea =
    [
        AtSeaPlace("Off Dakar", 14.6500m, -18.4000m),
        AtSeaPlace("Off Lisbon", 38.6000m, -10.2000m),
        AtSeaPlace("English Channel", 50.2000m, -1.1000m),
    ];

    /// <summary>A farm of the cooperative, by its number.</summary>
    public static SamplePlace Farm(int number)
    {
        var (town, latitude, longitude) = Towns[number % Towns.Length];
        var round = number / Towns.Length;
        return new SamplePlace(
            SampleKeys.Location(SampleKeys.Cooperative, 100 + number),
            $"{town} {Kinds[(number + round) % Kinds.Length]}",
            latitude + (0.0200m * round),
            longitude - (0.0150m * round),
            "GH",
            TimeSpan.Zero);
    }

    private static SamplePlace AtSeaPlace(string name, decimal latitude, decimal longitude)
    {
        var place = new SamplePlace("", name, latitude, longitude, "", TimeSpan.Zero);
        return place with { Id = place.GeoUri };
    }
}
