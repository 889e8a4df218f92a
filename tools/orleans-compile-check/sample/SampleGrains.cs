using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace ProvenanceGrains.OrleansCompileCheck;

// Uses every part of the API that the stand-in offers to grains, so that a signature that differs fails the check
// even before a real grain needs it.
[Alias("sample.message"), GenerateSerializer, Immutable]
public sealed record SampleMessage([property: Id(0)] string Text, [property: Id(1)] int[] Numbers);

[GenerateSerializer]
public struct UriSurrogate
{
    [Id(0)]
    public string Text;
}

[RegisterConverter]
public sealed class UriConverter : IConverter<UriBuilder, UriSurrogate>
{
    public UriBuilder ConvertFromSurrogate(in UriSurrogate surrogate) => new(surrogate.Text);

    public UriSurrogate ConvertToSurrogate(in UriBuilder value) => new() { Text = value.ToString() };
}

[Alias("sample.grain")]
public interface ISampleGrain : IGrainWithStringKey
{
    [Alias("echo")]
    Task<SampleMessage> Echo([Immutable] SampleMessage message, CancellationToken token);

    [ReadOnly]
    ValueTask<long> Read();

    [AlwaysInterleave]
    Task Interleave();

    [OneWay]
    Task Tell(string text);
}

public interface ISampleNumberGrain : IGrainWithIntegerKey
{
    Task<long> Key();
}

public interface ISampleGuidGrain : IGrainWithGuidKey
{
    Task<Guid> Key();
}

[Reentrant]
public sealed class SampleGrain(TimeProvider time) : Grain, ISampleGrain, IRemindable
{
    private IGrainTimer? _timer;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        var options = new GrainTimerCreationOptions(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan)
        {
            Interleave = true,
            KeepAlive = false,
        };
        _timer = this.RegisterGrainTimer(TickAsync, this, options);
        using var second = this.RegisterGrainTimer(
            () => Task.CompletedTask, new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = TimeSpan.FromDays(1) });
        using var third = this.RegisterGrainTimer(token => Task.CompletedTask, TimeSpan.Zero, TimeSpan.FromDays(1));
        _timer.Change(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        reason.ReasonCode == DeactivationReasonCode.ShuttingDown
            ? Task.CompletedTask
            : Task.FromException(new OrleansException(reason.Description, reason.Exception!));

    public async Task<SampleMessage> Echo(SampleMessage message, CancellationToken token)
    {
        var self = this.AsReference<ISampleGrain>();
        var key = await GrainFactory.GetGrain<ISampleNumberGrain>(5).Key();
        var guid = await GrainFactory.GetGrain<ISampleGuidGrain>(Guid.Empty).Key();
        var text = await GrainFactory.GetGrain<ISampleGrain>(this.GetPrimaryKeyString()).Read();
        return message with { Text = $"{self.GetGrainId()} {key} {guid} {text} {GrainContext.GrainId} {time.GetUtcNow()}" };
    }

    public ValueTask<long> Read() => ValueTask.FromResult(1L);

    public Task Interleave()
    {
        DelayDeactivation(TimeSpan.FromMinutes(1));
        DeactivateOnIdle();
        return ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<ISampleGrain>("x").Tell("x");
    }

    public async Task Tell(string text)
    {
        var reminder = await this.RegisterOrUpdateReminder("r", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        if (await this.GetReminder(reminder.ReminderName) is { } found)
        {
            await this.UnregisterReminder(found);
        }
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) =>
        status.CurrentTickTime - status.FirstTickTime > status.Period
            ? throw new SiloUnavailableException(reminderName)
            : Task.CompletedTask;

    private static Task TickAsync(SampleGrain grain, CancellationToken token) => Task.CompletedTask;
}

[StatelessWorker(4)]
public sealed class SampleNumberGrain(IGrainContext context) : IGrainBase, ISampleNumberGrain
{
    public IGrainContext GrainContext { get; } = context;

    public Task OnActivateAsync(CancellationToken token)
    {
        this.DeactivateOnIdle();
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "done"), token);
        return GrainContext.Deactivated;
    }

    public Task<long> Key() => Task.FromResult(this.GetPrimaryKeyLong());
}

public sealed class SampleGuidGrain : Grain, ISampleGuidGrain
{
    public Task<Guid> Key() => Task.FromResult(
        GrainId.TryParse("a/b", out var id) && id != GrainId.Create("a", "b") && !id.IsDefault
            ? Guid.Empty
            : this.GetPrimaryKey());
}
