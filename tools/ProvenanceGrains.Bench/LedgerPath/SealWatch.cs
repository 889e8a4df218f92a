using System.Diagnostics;
using ProvenanceGrains.Sealing;

namespace ProvenanceGrains.Bench.LedgerPath;

/// <summary>Notes when the sealer had published what, by looking at its status every other millisecond.</summary>
internal sealed class SealWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);

    private readonly List<(long NextOrdinal, long Timestamp)> _published = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly SealingStatus _status;
    private readonly Task _watching;

    public SealWatch(SealingStatus status)
    {
        _status = status;
        _watching = WatchAsync();
    }

    /// <summary>The first entry that was not sealed, and the <see cref="Stopwatch"/> timestamp of it. In order; read after the watch has ended.</summary>
    public IReadOnlyList<(long NextOrdinal, long Timestamp)> Published => _published;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Interval);
        while (!_stop.IsCancellationRequested)
        {
            Look();
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        // What was reported before the stop is not to be missed.
        Look();
    }

    private void Look()
    {
        var last = _published.Count > 0 ? _published[^1].NextOrdinal : 0;
        if (_status.Report is { } report && report.NextOrdinal > last)
        {
            _published.Add((report.NextOrdinal, Stopwatch.GetTimestamp()));
        }
    }
}
