using System.Globalization;

namespace ProvenanceGrains.Web.Maps;

/// <summary>The piece of the world that a map shows: equirectangular, the middle parallel true to scale.</summary>
internal sealed record Frame
{
    /// <summary>Width of every drawing, in its own units.</summary>
    public const double Width = 720;

    private const double MinHeight = 250;
    private const double MaxHeight = 430;
    private const double Margin = 58;

    // A journey within one town would otherwise zoom in until rounding shows.
    private const double MinSpanDegrees = 0.5;

    // The coastlines are rounded to 11 km: closer than this they would be wrong rather than coarse.
    private const double MinSpanForLand = 4;

    private static readonly double[] Steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];

    private double _west;
    private double _north;
    private double _perUnitX;
    private double _perUnitY;
    private bool _cutAtGreenwich;

    public double Height { get; private init; }

    /// <param name="points">At least one point, in degrees.</param>
    public static Frame Around(IReadOnlyList<(double Latitude, double Longitude)> points)
    {
        // A journey across the Pacific is narrower when the world is cut at Greenwich.
        var straight = points.Max(p => p.Longitude) - points.Min(p => p.Longitude);
        var shifted = points.Max(p => Shift(p.Longitude)) - points.Min(p => Shift(p.Longitude));
        var cutAtGreenwich = shifted < straight;
        var longitudes = points.Select(p => cutAtGreenwich ? Shift(p.Longitude) : p.Longitude).ToArray();

        var latitude = (points.Max(p => p.Latitude) + points.Min(p => p.Latitude)) / 2;
        var longitude = (longitudes.Max() + longitudes.Min()) / 2;
        var squeeze = Math.Max(0.2, Math.Cos(latitude * Math.PI / 180));
        var spanY = Math.Max(MinSpanDegrees, points.Max(p => p.Latitude) - points.Min(p => p.Latitude));
        var spanX = Math.Max(MinSpanDegrees, longitudes.Max() - longitudes.Min()) * squeeze;
        var perUnit = Math.Max(spanX / (Width - (2 * Margin)), spanY / (MaxHeight - (2 * Margin)));
        var height = Math.Clamp(Math.Ceiling((spanY / perUnit) + (2 * Margin)), MinHeight, MaxHeight);
        return new Frame
        {
            Height = height,
            _west = longitude - (Width / 2 * perUnit / squeeze),
            _north = latitude + (height / 2 * perUnit),
            _perUnitX = perUnit / squeeze,
            _perUnitY = perUnit,
            _cutAtGreenwich = cutAtGreenwich,
        };
    }

    private double East => _west + (_perUnitX * Width);

    private double South => _north - (_perUnitY * Height);

    public (double X, double Y) Project(double latitude, double longitude) =>
        ToUnits(_cutAtGreenwich ? Shift(longitude) : longitude, latitude);

    public string Coast() => East - _west < MinSpanForLand ? "" : Land.PathWithin(_west, South, East, _north, ToUnits);

    public IEnumerable<GridLine> Meridians()
    {
        var step = Step(East - _west);
        for (var at = Math.Ceiling(_west / step) * step; at < East; at += step)
        {
            yield return new GridLine((at - _west) / _perUnitX, Label(Wrap(at), "E", "W"));
        }
    }

    public IEnumerable<GridLine> Parallels()
    {
        var step = Step(East - _west);
        for (var at = Math.Ceiling(South / step) * step; at < _north; at += step)
        {
            if (Math.Abs(at) <= 90)
            {
                yield return new GridLine((_north - at) / _perUnitY, Label(at, "N", "S"));
            }
        }
    }

    private (double X, double Y) ToUnits(double longitude, double latitude) =>
        ((longitude - _west) / _perUnitX, (_north - latitude) / _perUnitY);

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
