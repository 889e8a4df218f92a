using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Logs;

/// <summary>The files of a public log (C2SP tlog-tiles), wherever they are.</summary>
internal interface ILogSource
{
    /// <summary>The longest bundle or tile that is read, in bytes: 256 entries of the largest size that the format allows.</summary>
    const int MaxFileBytes = 256 * (2 + ushort.MaxValue);

    /// <summary>What to put before a path to name a file to a person.</summary>
    string Prefix { get; }

    /// <summary>The checkpoint; null if there is none.</summary>
    Task<byte[]?> ReadCheckpointAsync(CancellationToken cancellation);

    /// <summary>A file beside the tiles, e.g. <c>incarnation</c>; null if there is none.</summary>
    Task<byte[]?> ReadFileAsync(string path, CancellationToken cancellation);

    /// <summary>A tile or entry bundle of exactly that width; null if there is none.</summary>
    /// <remarks>Where a log may have grown meanwhile, the part of the full file that replaced a partial one.</remarks>
    /// <exception cref="UnusableException">It cannot be read, or is over <see cref="MaxFileBytes"/>.</exception>
    Task<byte[]?> ReadAsync(TilePath path, CancellationToken cancellation);
}
