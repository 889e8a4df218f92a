using System.Globalization;
using System.Text;

namespace ProvenanceGrains.Web.Maps;

/// <summary>
/// The coastlines of the world at 1:110 million, rounded to a tenth of a degree: Natural Earth 4.1, public domain. One ring a
/// line; <c>longitude,latitude</c> in tenths of a degree, each point relative to the one before.
/// </summary>
internal static class Land
{
    private static readonly (double X, double Y)[][] Rings = Load();

    /// <summary>The land inside a rectangle as SVG path data, empty where there is none.</summary>
    /// <param name="west">Its left edge, in degrees; the world repeats every 360.</param>
    /// <param name="south">Its lower edge, in degrees.</param>
    /// <param name="east">Its right edge.</param>
    /// <param name="north">Its upper edge.</param>
    /// <param name="project">From longitude and latitude to the drawing's units.</param>
    public static string PathWithin(
        double west, double south, double east, double north, Func<double, double, (double X, double Y)> project)
    {
        var path = new StringBuilder();
        foreach (var turn in new[] { -360.0, 0.0, 360.0 })
        {
            foreach (var ring in Rings)
            {
                var piece = ring.Select(p => (X: p.X + turn, p.Y)).ToList();
                piece = Cut(piece, p => p.X - west);
                piece = Cut(piece, p => east - p.X);
                piece = Cut(piece, p => p.Y - south);
                piece = Cut(piece, p => north - p.Y);
                Write(path, piece, project);
            }
        }

        return path.ToString();
    }

    // Sutherland and Hodgman: keeps what lies on the side where the distance is not negative.
    private static List<(double X, double Y)> Cut(List<(double X, double Y)> ring, Func<(double X, double Y), double> distance)
    {
        var kept = new List<(double X, double Y)>();
        for (var i = 0; i < ring.Count; i++)
        {
            var (from, to) = (ring[i == 0 ? ring.Count - 1 : i - 1], ring[i]);
            var (before, after) = (distance(from), distance(to));
            if (before < 0 != after < 0)
            {
                var part = before / (before - after);
                kept.Add((from.X + ((to.X - from.X) * part), from.Y + ((to.Y - from.Y) * part)));
            }

            if (after >= 0)
            {
                kept.Add(to);
            }
        }

        return kept;
    }

    private static void Write(StringBuilder path, List<(double X, double Y)> ring, Func<double, double, (double X, double Y)> project)
    {
        if (ring.Count < 3)
        {
            return;
        }

        for (var i = 0; i < ring.Count; i++)
        {
            var (x, y) = project(ring[i].X, ring[i].Y);
            path.Append(i == 0 ? 'M' : 'L').Append(CultureInfo.InvariantCulture, $"{x:0.#} {y:0.#}");
        }

        path.Append('Z');
    }

    private static (double X, double Y)[][] Load()
    {
        using var stream = typeof(Land).Assembly.GetManifestResourceStream("maps/land.txt")!;
        using var reader = new StreamReader(stream);
        var rings = new List<(double X, double Y)[]>();
        while (reader.ReadLine() is { } line)
        {
            var (x, y) = (0, 0);
            rings.Add([.. line.Split(' ').Select(point =>
            {
                var comma = point.IndexOf(',', StringComparison.Ordinal);
                x += int.Parse(point.AsSpan(0, comma), CultureInfo.InvariantCulture);
                y += int.Parse(point.AsSpan(comma + 1), CultureInfo.InvariantCulture);
                return (x / 10.0, y / 10.0);
            })]);
        }

        return [.. rings];
    }
}
