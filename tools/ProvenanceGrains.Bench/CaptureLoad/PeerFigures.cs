namespace ProvenanceGrains.Bench.CaptureLoad;

/// <summary>
/// What the nearest peer did with the same load on two quiet cores: FasTnT EPCIS 2.9 (.NET 10) on PostgreSQL 15, fsync on,
/// client, server and database on one machine. The figures are the ones published with the load.
/// </summary>
internal static class PeerFigures
{
    /// <summary>How many times the peer's capture rate is aimed at.</summary>
    public const double CaptureAim = 30;

    /// <summary>How many times faster than the peer a query is to be.</summary>
    public const double QueryAim = 20;

    private static readonly Dictionary<(int PerDocument, int Clients), PeerCapture> Captures = new()
    {
        [(1, 1)] = new PeerCapture(68, 13.6, 24, 15.4),
        [(1, 8)] = new PeerCapture(135, 52, 133, 11.3),
        [(1, 32)] = new PeerCapture(147, 204, 395, 10.8),
        [(10, 8)] = new PeerCapture(487, 152, 391, 3.1),
        [(100, 1)] = new PeerCapture(476, 179, 402, 1.8),
        [(100, 8)] = new PeerCapture(718, 1037, 2103, 2.1),
    };

    private static readonly Dictionary<(int Events, int Clients), PeerQuery> Queries = new()
    {
        [(10_000, 1)] = new PeerQuery(45, 21.5, 32.4),
        [(10_000, 8)] = new PeerQuery(85, null, null),
        [(100_000, 1)] = new PeerQuery(15, 66, 88),
        [(100_000, 8)] = new PeerQuery(18, null, null),
    };

    /// <summary>Null where the peer was not measured.</summary>
    public static PeerCapture? Capture(int perDocument, int clients) => Captures.GetValueOrDefault((perDocument, clients));

    /// <summary>Null where the peer was not measured.</summary>
    public static PeerQuery? Query(int events, int clients) => Queries.GetValueOrDefault((events, clients));
}

/// <param name="EventsPerSecond">Events captured a second.</param>
/// <param name="P50Ms">Median time of a document, in milliseconds.</param>
/// <param name="P99Ms">Its 99th percentile.</param>
/// <param name="CpuMs">Processor time of server and database, in milliseconds an event.</param>
internal sealed record PeerCapture(double EventsPerSecond, double P50Ms, double P99Ms, double CpuMs);

/// <param name="QueriesPerSecond">Queries answered a second.</param>
/// <param name="P50Ms">Median time of a query, in milliseconds; null if it was not published.</param>
/// <param name="P99Ms">Its 99th percentile.</param>
internal sealed record PeerQuery(double QueriesPerSecond, double? P50Ms, double? P99Ms);
