using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Query.Proofs;

/// <summary>Answers "how long is this journal, is there one at all" out of the head map of exactly one snapshot.</summary>
/// <remarks>
/// A sealer in the same process shares the versions that it makes. Without one, or where a snapshot is older than what is kept, this class follows
/// by itself: from the newest version it has, through the entry bundles since; the first time from the beginning (docs/performance.md says how
/// long that takes). Callers that need the same version wait for one replay. Thread-safe.
/// </remarks>
public sealed class HeadProofs(ILogReader log, LogProofs proofs, HeadMapVersions shared) : IDisposable
{
    // What was replayed here. Apart from the sealer's: its newer versions would push these out while publication is held back.
    private readonly HeadMapVersions _replayed = new(4);
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>The head map after the snapshot's last block.</summary>
    /// <returns>Null for a log without blocks, or whose last block has no head map root (docs/formats.md, Head map).</returns>
    /// <exception cref="InvalidDataException">The log's files do not give the root that the block has.</exception>
    public async ValueTask<HeadMap?> MapAsync(LogSnapshot snapshot, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (snapshot.BlockCount == 0)
        {
            return null;
        }

        var height = snapshot.BlockCount - 1;
        var root = (await proofs.Blocks.ReadAsync(height, cancellation)).Content.HeadMapRoot;
        if (root.IsZero)
        {
            return null;
        }

        var map = shared.Find(height) ?? _replayed.Find(height) ?? await ReplayAsync(height, cancellation);
        return map.Root == root
            ? map
            : throw new InvalidDataException($"The head map in memory has the root {map.Root}, but block {height} has {root}.");
    }

    public void Dispose() => _gate.Dispose();

    private async Task<HeadMap> ReplayAsync(long height, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_replayed.Find(height) is { } made)
            {
                return made;
            }

            var (from, map) = Newest(shared.FindAtOrBelow(height), _replayed.FindAtOrBelow(height));
            map = await HeadMapReplay.AdvanceAsync(log, map, from, height, cancellation);
            _replayed.Add(height, map);
            return map;
        }
        finally
        {
            _gate.Release();
        }
    }

    private static (long Height, HeadMap Map) Newest((long Height, HeadMap Map)? one, (long Height, HeadMap Map)? other) =>
        one is null || other?.Height > one.Value.Height ? other ?? (-1, HeadMap.Empty) : one.Value;
}
