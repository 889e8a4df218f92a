using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProvenanceGrains.Grains.Contracts.Sealing;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Sealing;

/// <summary>Wakes the sealer: soon after an idle period's first entry, then at a steady pace while entries come.</summary>
public sealed partial class SealingService(
    IGrainFactory grains,
    IJournalReader journal,
    SealingOptions options,
    SealingStatus status,
    SealingProgress progress,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<SealingService> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var sealer = grains.GetGrain<IChainSealerGrain>(options.Origin);
        var lastSeal = 0L;
        if (!await HasStartedAsync(stoppingToken))
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // The first call recovers what an earlier process left, even if nothing new was written.
                var report = await sealer.SealAsync();
                status.Sealed(report, time.GetUtcNow(), time.GetTimestamp());
                progress.Sealed(report.NextOrdinal);
                if (report.Sealed > 0)
                {
                    LogSealed(report.Sealed, report.Blocks - 1, report.TreeSize);
                    lastSeal = time.GetTimestamp();
                }

                if (report.More)
                {
                    continue;
                }

                await journal.WaitForCommitAsync(report.NextOrdinal, stoppingToken);
                status.Waiting(time.GetTimestamp());
                var pace = options.MinInterval - time.GetElapsedTime(lastSeal);
                await Task.Delay(pace > options.Gather ? pace : options.Gather, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Capture goes on: entries are durable without being sealed. /health/ready says so, and the next try recovers.
                status.Failed(failure.Message);
                LogFailed(failure);
                await Task.Delay(options.RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>A silo that cannot bind its address must not have sealed anything.</summary>
    private async Task<bool> HasStartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStart = lifetime.ApplicationStarted.Register(() => started.TrySetResult(true));
        await using var onStop = stoppingToken.Register(() => started.TrySetResult(false));
        return await started.Task;
    }

    [LoggerMessage(3001, LogLevel.Debug, "Sealed {Entries} entries in block {Height}; the log has {TreeSize} leaves.")]
    private partial void LogSealed(long entries, long height, long treeSize);

    [LoggerMessage(3002, LogLevel.Error, "Sealing failed; it is tried again. Entries stay durable and unsealed meanwhile.")]
    private partial void LogFailed(Exception failure);
}

/// <summary>The sealer's pace.</summary>
/// <param name="Origin">The log's origin.</param>
public sealed record SealingOptions(string Origin)
{
    /// <summary>How long the first entry after an idle period waits for company.</summary>
    public TimeSpan Gather { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Time from one sealing to the next while entries come.</summary>
    public TimeSpan MinInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Time to the next try after a failure.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>What the sealer last did, for health and metrics. Written by the sealing service, read by anyone.</summary>
public sealed class SealingStatus
{
    private volatile State _state = new(null, null, null, null);

    /// <summary>The last report; null before the first.</summary>
    public SealReport? Report => _state.Report;

    /// <summary>When the last call ended well.</summary>
    public DateTimeOffset? At => _state.At;

    /// <summary>Why the last call failed; null if it did not.</summary>
    public string? Failure => _state.Failure;

    /// <summary>Since when entries wait for their block, as the clock's timestamp; null if none do.</summary>
    public long? WaitingSince => _state.WaitingSince;

    public void Waiting(long timestamp) => _state = _state with { WaitingSince = _state.WaitingSince ?? timestamp };

    public void Sealed(SealReport report, DateTimeOffset at, long timestamp)
    {
        ArgumentNullException.ThrowIfNull(report);
        _state = new State(report, at, null, report.More ? timestamp : null);
    }

    public void Failed(string reason) => _state = _state with { Failure = reason };

    private sealed record State(SealReport? Report, DateTimeOffset? At, string? Failure, long? WaitingSince);
}
