using System.Globalization;
using ProvenanceGrains.Web.Stories;

namespace ProvenanceGrains.Web.Maps;

/// <summary>A stop of the journey: consecutive events at one place.</summary>
/// <param name="Number">From 1, in the order of the journal.</param>
/// <param name="PlaceId">The identifier that the events name.</param>
/// <param name="Place">What is known of it, or null.</param>
/// <param name="Events">How many events in a row happened here.</param>
public sealed record Stop(int Number, string PlaceId, Place? Place, int Events);

/// <summary>A mark on the map, in the map's own units.</summary>
/// <param name="Numbers">The stops at this place, e.g. <c>1</c> or <c>2, 5</c>.</param>
/// <param name="Label">The place's name.</param>
/// <param name="X">From the left edge.</param>
/// <param name="Y">From the upper edge.</param>
/// <param name="LabelLeft">The label stands to the left of the mark, because the right edge is near.</param>
public sealed record Mark(string Numbers, string Label, double X, double Y, bool LabelLeft)
{
    /// <summary>The label moves below the mark where another mark's label would run through it.</summary>
    public double LabelY { get; init; } = Y;
}

/// <summary>A line of the graticule.</summary>
/// <param name="Position">From the left (a meridian) or upper (a parallel) edge.</param>
/// <param name="Label">E.g. <c>15° N</c>.</param>
public sealed record GridLine(double Position, string Label);

/// <summary>
/// A schematic map: equirectangular, as wide as the journey, with nothing drawn on it but the graticule and the path. It
/// needs no map data, so it needs no other server either.
/// </summary>
public sealed record JourneyMap(
    IReadOnlyList<Mark> Marks, IReadOnlyList<string> Legs, IReadOnlyList<GridLine> Meridians, IReadOnlyList<GridLine> Parallels)
{
    /// <summary>Width of the drawing, in its own units.</summary>
    public const double Width = 720;

    /// <summary>Height of the drawing, in its own units.</summary>
    public const double Height = 360;

    private const double Margin = 64;

    // A journey within one town would otherwise zoom in until rounding shows.
    private const double MinSpanDegrees = 0.5;

    /// <summary>The stops of a journey, in order; events without a place are left out.</summary>
    public static IReadOnlyList<Stop> Stops(Story story)
    {
        var stops = new List<Stop>();
        foreach (var placeId in story.Events.Select(e => e.PlaceId).OfType<string>())
        {
            if (stops.Count > 0 && stops[^1].PlaceId == placeId)
            {
                stops[^1] = stops[^1] with { Events = stops[^1].Events + 1 };
            }
            else
            {
                stops.Add(new Stop(stops.Count + 1, placeId, story.Places.GetValueOrDefault(placeId) ?? FromGeoUri(placeId), 1));
            }
        }

        return stops;
    }

    // RFC 5870 section 3.3: "geo:" latitude "," longitude, then what this map has no use for.
    private static Place? FromGeoUri(string id)
    {
        var parts = id.StartsWith("geo:", StringComparison.Ordinal) ? id[4..].Split(';')[0].Split(',') : [];
        return parts.Length >= 2
            && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var latitude)
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var longitude)
            && Math.Abs(latitude) <= 90 && Math.Abs(longitude) <= 180
                ? new Place(null, latitude, longitude)
                : null;
    }

    /// <summary>The map of the stops that have coordinates, or null when fewer than two places have them.</summary>
    public static JourneyMap? Of(IReadOnlyList<Stop> stops)
    {
        var located = stops.Where(s => s.Place is { Latitude: not null, Longitude: not null }).ToArray();
        if (located.Select(s => s.PlaceId).Distinct(StringComparer.Ordinal).Count() < 2)
        {
            return null;
        }

        var frame = Frame.Around(located.Select(s => (s.Place!.Latitude!.Value, s.Place.Longitude!.Value)).ToArray());
        var marks = located.GroupBy(s => s.PlaceId, StringComparer.Ordinal).Select(group => ToMark(group, frame)).ToList();
        return new JourneyMap(Separate(marks), [.. DrawLegs(located, frame)], [.. frame.Meridians()], [.. frame.Parallels()]);
    }

    private static Mark ToMark(IGrouping<string, Stop> group, Frame frame)
    {
        var place = group.First().Place!;
        var (x, y) = frame.Project(place.Latitude!.Value, place.Longitude!.Value);
        var numbers = string.Join(", ", group.Select(s => s.Number.ToString(CultureInfo.InvariantCulture)).Take(4));
        return new Mark(numbers, place.Name ?? ShownAs.PlaceId(group.Key), x, y, x > Width * 0.62);
    }

    private static List<Mark> Separate(List<Mark> marks)
    {
        const double Line = 22;
        const double Near = 240;
        var placed = new List<Mark>();
        foreach (var mark in marks.OrderBy(m => m.Y).ThenBy(m => m.X))
        {
            var y = mark.Y;
            foreach (var other in placed.Where(o => Math.Abs(o.X - mark.X) < Near).OrderBy(o => o.LabelY))
            {
                if (Math.Abs(other.LabelY - y) < Line)
                {
                    y = other.LabelY + Line;
                }
            }

            placed.Add(mark with { LabelY = Math.Min(y, Height - 8) });
        }

        return placed;
    }

    private static IEnumerable<string> DrawLegs(Stop[] stops, Frame frame)
    {
        for (var i = 1; i < stops.Length; i++)
        {
            var (x1, y1) = frame.Project(stops[i - 1].Place!.Latitude!.Value, stops[i - 1].Place!.Longitude!.Value);
            var (x2, y2) = frame.Project(stops[i].Place!.Latitude!.Value, stops[i].Place!.Longitude!.Value);

            // A slight bow to one side keeps the way there and the way back apart.
            var bendX = ((x1 + x2) / 2) + ((y1 - y2) * 0.18);
            var bendY = ((y1 + y2) / 2) + ((x2 - x1) * -0.18);
            yield return string.Create(
                CultureInfo.InvariantCulture, $"M{x1:0.#} {y1:0.#}Q{bendX:0.#} {bendY:0.#} {x2:0.#} {y2:0.#}");
        }
    }

    /// <summary>The piece of the world that the map shows.</summary>
    private readonly record struct Frame(double West, double North, double DegreesPerUnitX, double DegreesPerUnitY, double Seam)
    {
        private static readonly double[] Steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];

        public static Frame Around((double Latitude, double Longitude)[] points)
        {
            // A journey across the Pacific is narrower when the world is cut at Greenwich.
            var straight = points.Max(p => p.Longitude) - points.Min(p => p.Longitude);
            var shifted = points.Max(p => Shift(p.Longitude)) - points.Min(p => Shift(p.Longitude));
            var seam = shifted < straight ? 0.0 : -180.0;
            var longitudes = points.Select(p => seam == 0.0 ? Shift(p.Longitude) : p.Longitude).ToArray();

            var middleLatitude = (points.Max(p => p.Latitude) + points.Min(p => p.Latitude)) / 2;
            var middleLongitude = (longitudes.Max() + longitudes.Min()) / 2;

            // Equirectangular with the parallel in the middle true to scale.
            var squeeze = Math.Max(0.2, Math.Cos(middleLatitude * Math.PI / 180));
            var spanY = Math.Max(MinSpanDegrees, points.Max(p => p.Latitude) - points.Min(p => p.Latitude));
            var spanX = Math.Max(MinSpanDegrees, longitudes.Max() - longitudes.Min()) * squeeze;
            var perUnit = Math.Max(spanX / (Width - (2 * Margin)), spanY / (Height - (2 * Margin)));
            return new Frame(
                middleLongitude - (Width / 2 * perUnit / squeeze),
                middleLatitude + (Height / 2 * perUnit),
                perUnit / squeeze,
                perUnit,
                seam);
        }

        public (double X, double Y) Project(double latitude, double longitude) => (
            ((Seam == 0.0 ? Shift(longitude) : longitude) - West) / DegreesPerUnitX,
            (North - latitude) / DegreesPerUnitY);

        public IEnumerable<GridLine> Meridians()
        {
            var step = Step(DegreesPerUnitX * Width);
            for (var at = Math.Ceiling(West / step) * step; at < West + (DegreesPerUnitX * Width); at += step)
            {
                yield return new GridLine((at - West) / DegreesPerUnitX, Label(Wrap(at), "E", "W"));
            }
        }

        public IEnumerable<GridLine> Parallels()
        {
            var step = Step(DegreesPerUnitY * Width);
            var south = North - (DegreesPerUnitY * Height);
            for (var at = Math.Ceiling(south / step) * step; at < North; at += step)
            {
                if (Math.Abs(at) <= 90)
                {
                    yield return new GridLine((North - at) / DegreesPerUnitY, Label(at, "N", "S"));
                }
            }
        }

        private static double Step(double span) => Steps.FirstOrDefault(s => span / s <= 8, 45);

        private static double Shift(double longitude) => longitude < 0 ? longitude + 360 : longitude;

        private static double Wrap(double longitude) => longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude;

        private static string Label(double degrees, string positive, string negative)
        {
            var rounded = Math.Round(degrees, 1);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Math.Abs(rounded):0.#}°{(rounded > 0 ? " " + positive : rounded < 0 ? " " + negative : "")}");
        }
    }
}
