using ProvenanceGrains.Bench.Processes;

namespace ProvenanceGrains.Bench.CaptureLoad;

/// <summary>One run of the load against a silo with a fresh data folder.</summary>
internal sealed record CaptureRun
{
    /// <summary>Sent before the clock starts, so that compiling is not measured: far from the numbers that count, and not in the future, as event times grow with the number.</summary>
    private const int WarmUpFirst = 10_000_000;

    /// <summary>Enough for the runtime to have compiled the hot methods for the second time.</summary>
    private const int WarmUpEvents = 8_000;

    /// <inheritdoc cref="WarmUpEvents"/>
    private const int WarmUpDocuments = 300;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public required double EventsPerSecond { get; init; }

    public required double P50Ms { get; init; }

    public required double P99Ms { get; init; }

    /// <summary>Processor time of the silo in milliseconds an event, sealing and indexing included.</summary>
    public required double CpuMs { get; init; }

    /// <summary>Processor time of the load generator in milliseconds an event, its own start included.</summary>
    public required double ClientCpuMs { get; init; }

    /// <summary>Growth of the data folder in bytes an event.</summary>
    public required double DiskBytes { get; init; }

    /// <summary>Calls of fsync on the journal an event.</summary>
    public required double Syncs { get; init; }

    /// <summary>1. Start and warm up. 2. Load. 3. Wait until all is sealed and indexed. 4. Read the figures.</summary>
    public static async Task<CaptureRun> MeasureAsync(
        string parent, LoadGenerator generator, LoadPlan plan, CancellationToken cancellation)
    {
        using var folder = new WorkFolder(parent);
        var data = folder.In("data");

        // 1.
        await using var silo = SiloProcess.Start(data, SiloProcess.FreePort(), folder.In("silo.log"));
        if (!await silo.WaitReadyAsync(Patience, cancellation))
        {
            throw new BenchException($"The silo ended: {await File.ReadAllTextAsync(folder.In("silo.log"), cancellation)}");
        }

        await generator.CaptureAsync(
            silo,
            plan with { FirstEvent = WarmUpFirst, Events = Math.Max(WarmUpEvents, plan.PerDocument * WarmUpDocuments), Limit = null },
            cancellation);
        var before = await silo.WaitQuietAsync(Patience, cancellation);
        var diskBefore = WorkFolder.SizeOf(data);
        var cpuBefore = silo.CpuTime();

        // 2.
        var (output, clientCpu) = await generator.CaptureAsync(silo, plan, cancellation);

        // 3.
        var after = await silo.WaitQuietAsync(Patience, cancellation);

        // 4.
        var cpu = silo.CpuTime() - cpuBefore;
        var events = output["events_ok"];
        if (after.Events - before.Events != (long)events)
        {
            throw new BenchException($"{events} events were acknowledged, but {after.Events - before.Events} captured.");
        }

        return new CaptureRun
        {
            EventsPerSecond = output["events_per_s"],
            P50Ms = output["p50"],
            P99Ms = output["p99"],
            CpuMs = cpu.TotalMilliseconds / events,
            ClientCpuMs = clientCpu.TotalMilliseconds / events,
            DiskBytes = (WorkFolder.SizeOf(data) - diskBefore) / events,
            Syncs = (after.Syncs - before.Syncs) / events,
        };
    }
}
