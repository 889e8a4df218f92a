using System.Globalization;
using ProvenanceGrains.Web.Stories;

namespace ProvenanceGrains.Web.Maps;

/// <summary>A stop of the journey: consecutive events at one place.</summary>
/// <param name="Number">From 1, in the order of the journal.</param>
/// <param name="PlaceId">The identifier that the events name.</param>
/// <param name="Place">What is known of it, or null.</param>
/// <param name="Events">How many events in a row happened here.</param>
public sealed record Stop(int Number, string PlaceId, Place? Place, int Events);

/// <summary>A mark on the map, in the map's own units: one place, or several too near each other to be told apart.</summary>
/// <param name="Numbers">What stands in the mark: the stop's number, or the first and last of several.</param>
/// <param name="Labels">The stops beside it, e.g. <c>3 Antwerp</c>, one a line.</param>
/// <param name="X">From the left edge.</param>
/// <param name="Y">From the upper edge.</param>
/// <param name="LabelLeft">The labels stand to the left of the mark, because the right edge is near.</param>
/// <param name="LabelY">The first label's baseline.</param>
public sealed record Mark(string Numbers, IReadOnlyList<string> Labels, double X, double Y, bool LabelLeft, double LabelY);

/// <summary>A line of the graticule.</summary>
/// <param name="Position">From the left (a meridian) or upper (a parallel) edge.</param>
/// <param name="Label">E.g. <c>15° N</c>.</param>
public sealed record GridLine(double Position, string Label);

/// <summary>
/// A sketch of the journey, as wide as the journey itself, drawn from coastlines that travel with the program: no other
/// server is asked, and none learns what was scanned.
/// </summary>
/// <param name="Height">Of the drawing, in its own units; it is 720 wide.</param>
/// <param name="Coast">The land, as SVG path data.</param>
/// <param name="Marks">The places.</param>
/// <param name="Legs">The ways between them, each as SVG path data.</param>
/// <param name="Meridians">Lines of equal longitude.</param>
/// <param name="Parallels">Lines of equal latitude.</param>
public sealed record JourneyMap(
    double Height,
    string Coast,
    IReadOnlyList<Mark> Marks,
    IReadOnlyList<string> Legs,
    IReadOnlyList<GridLine> Meridians,
    IReadOnlyList<GridLine> Parallels)
{
    /// <summary>From one label's line to the next.</summary>
    public const double LineHeight = 19;

    // Marks nearer than this would cover each other.
    private const double TooNear = 25;

    // More labels than this beside one mark would leave the map; the list below it has them all.
    private const int MaxLabels = 5;

    private readonly record struct Dot(Stop Stop, double X, double Y);

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
                stops.Add(new Stop(stops.Count + 1, placeId, PlaceOf(story, placeId), 1));
            }
        }

        return stops;
    }

    /// <summary>The map of the stops that have coordinates, or null when fewer than two places have them.</summary>
    public static JourneyMap? Of(IReadOnlyList<Stop> stops)
    {
        var located = stops.Where(s => s.Place is { Latitude: not null, Longitude: not null }).ToArray();
        if (located.Select(s => s.PlaceId).Distinct(StringComparer.Ordinal).Count() < 2)
        {
            return null;
        }

        var frame = Frame.Around([.. located.Select(s => (s.Place!.Latitude!.Value, s.Place.Longitude!.Value))]);
        var dots = located.Select(stop =>
        {
            var (x, y) = frame.Project(stop.Place!.Latitude!.Value, stop.Place.Longitude!.Value);
            return new Dot(stop, x, y);
        }).ToArray();
        return new JourneyMap(
            frame.Height,
            frame.Coast(),
            Separate(Gather(dots), frame.Height),
            [.. DrawLegs(dots)],
            [.. frame.Meridians()],
            [.. frame.Parallels()]);
    }

    // A place without coordinates of its own can be named by its position (RFC 5870 section 3.3).
    private static Place? PlaceOf(Story story, string id)
    {
        var known = story.Places.GetValueOrDefault(id);
        var parts = id.StartsWith("geo:", StringComparison.Ordinal) ? id[4..].Split(';')[0].Split(',') : [];
        return known is { Latitude: not null, Longitude: not null } || parts.Length < 2
            || !double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var latitude)
            || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var longitude)
            || !(Math.Abs(latitude) <= 90 && Math.Abs(longitude) <= 180)
                ? known
                : new Place(known?.Name, latitude, longitude);
    }

    private static List<Mark> Gather(Dot[] dots)
    {
        var groups = new List<List<Dot>>();
        foreach (var dot in dots)
        {
            var near = groups.FirstOrDefault(g => Math.Abs(g[0].X - dot.X) < TooNear && Math.Abs(g[0].Y - dot.Y) < TooNear);
            if (near is null)
            {
                groups.Add([dot]);
            }
            else
            {
                near.Add(dot);
            }
        }

        return [.. groups.Select(ToMark)];
    }

    private static Mark ToMark(List<Dot> group)
    {
        var (first, last) = (group[0].Stop.Number, group[^1].Stop.Number);
        var numbers = group.Count == 1 ? Text(first)
            : last - first == group.Count - 1 ? $"{Text(first)}–{Text(last)}"
            : Text(first) + "…";
        var labels = group.GroupBy(d => d.Stop.PlaceId, StringComparer.Ordinal).Take(MaxLabels)
            .Select(place => $"{string.Join(", ", place.Take(3).Select(d => Text(d.Stop.Number)))}  {Name(place.First().Stop)}");
        var x = group.Average(d => d.X);
        return new Mark(numbers, [.. labels], x, group.Average(d => d.Y), x > Frame.Width * 0.58, 0);
    }

    private static List<Mark> Separate(List<Mark> marks, double height)
    {
        var placed = new List<Mark>();
        foreach (var mark in marks.OrderBy(m => m.Y).ThenBy(m => m.X))
        {
            var block = mark.Labels.Count * LineHeight;
            var top = Math.Max(4, mark.Y - (block / 2));
            foreach (var other in placed.Where(o => o.LabelLeft == mark.LabelLeft && Math.Abs(o.X - mark.X) < 240))
            {
                var bottom = other.LabelY - 14 + (other.Labels.Count * LineHeight);
                if (top < bottom && top + block > other.LabelY - 14)
                {
                    top = bottom;
                }
            }

            placed.Add(mark with { LabelY = Math.Min(top, height - block) + 14 });
        }

        return placed;
    }

    private static IEnumerable<string> DrawLegs(Dot[] dots)
    {
        for (var i = 1; i < dots.Length; i++)
        {
            var (from, to) = (dots[i - 1], dots[i]);

            // A slight bow to one side keeps the way there and the way back apart.
            var bendX = ((from.X + to.X) / 2) + ((from.Y - to.Y) * 0.18);
            var bendY = ((from.Y + to.Y) / 2) + ((from.X - to.X) * 0.18);
            yield return string.Create(
                CultureInfo.InvariantCulture, $"M{from.X:0.#} {from.Y:0.#}Q{bendX:0.#} {bendY:0.#} {to.X:0.#} {to.Y:0.#}");
        }
    }

    private static string Name(Stop stop)
    {
        const int Longest = 30;
        var name = new StringInfo(stop.Place?.Name ?? ShownAs.PlaceId(stop.PlaceId));
        return name.LengthInTextElements <= Longest ? name.String : name.SubstringByTextElements(0, Longest - 1) + "…";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
