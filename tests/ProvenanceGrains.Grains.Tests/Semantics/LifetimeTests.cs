namespace ProvenanceGrains.Grains.Tests.Semantics;

internal interface IStoredGrain : IGrainWithStringKey
{
    Task<int> Value();

    Task Save(int value);

    Task End();

    Task EndAfter(string open, string wait);

    Task Delay(TimeSpan time);
}

internal sealed class StoredGrain(Probe probe, ScopedThing thing) : Grain, IStoredGrain, IDisposable
{
    private int _value;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _value = probe.Stored.GetValueOrDefault(this.GetPrimaryKeyString());
        probe.Note("activated");
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await Task.Yield();
        probe.Note($"deactivated {reason.ReasonCode}");
        probe.Open($"deactivated {this.GetPrimaryKeyString()}");
    }

    public Task<int> Value() => Task.FromResult(_value);

    public Task Save(int value)
    {
        _value = value;
        probe.Stored[this.GetPrimaryKeyString()] = value;
        return Task.CompletedTask;
    }

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task EndAfter(string open, string wait)
    {
        DeactivateOnIdle();
        probe.Open(open);
        await probe.WaitAsync(wait);
        probe.Note("last call ended");
    }

    public Task Delay(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public void Dispose() => probe.Note($"grain disposed, its service is there: {thing is not null}");
}

public sealed class LifetimeTests
{
    [Fact]
    public async Task A_reactivated_grain_reads_its_state_again()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IStoredGrain>();
        await grain.Save(1);
        silo.Probe.Stored["a"] = 2;
        Assert.Equal(1, await grain.Value());

        await grain.End();

        Assert.Equal(2, await grain.Value());
        Assert.Equal(2, silo.Probe.Log.Count(line => line == "activated"));
    }

    [Fact]
    public async Task Deactivation_waits_for_the_running_call_and_hands_the_waiting_ones_on()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IStoredGrain>();

        var last = grain.EndAfter("begun", "go");
        await silo.Probe.WaitAsync("begun");
        silo.Probe.Stored["a"] = 7;
        var next = grain.Value();
        silo.Probe.Open("go");
        await last;

        Assert.Equal(7, await next);
        Assert.Equal(
            [
                "activated", "last call ended", "deactivated ApplicationRequested",
                "grain disposed, its service is there: True", "scope disposed", "activated",
            ],
            silo.Probe.Log);
    }

    [Fact]
    public async Task An_idle_activation_is_collected_and_a_used_one_is_not()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        await silo.Get<IStoredGrain>("idle").Value();

        var used = silo.Get<IStoredGrain>("used");
        for (var minute = 0; minute < 15; minute++)
        {
            await used.Value();
            silo.Time.Advance(TimeSpan.FromMinutes(1));
        }

        await silo.Probe.WaitAsync("deactivated idle");
        Assert.False(silo.Probe.IsOpen("deactivated used"));
        Assert.Contains("deactivated ActivationIdle", silo.Probe.Log);
    }

    [Fact]
    public async Task An_activation_is_not_collected_before_its_age()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var grain = silo.Get<IStoredGrain>();

        for (var use = 0; use < 5; use++)
        {
            await grain.Value();
            silo.Time.Advance(TimeSpan.FromMinutes(9.9));
        }

        // A call to an activation that ends would wait for the next one, which would say so.
        await grain.Value();
        Assert.Equal(["activated"], silo.Probe.Log);
    }

    [Fact]
    public async Task Delayed_deactivation_keeps_an_idle_activation()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        await silo.Get<IStoredGrain>("idle").Value();
        await silo.Get<IStoredGrain>("delayed").Delay(TimeSpan.FromHours(1));

        silo.Time.Advance(TimeSpan.FromMinutes(30));
        await silo.Probe.WaitAsync("deactivated idle");
        Assert.False(silo.Probe.IsOpen("deactivated delayed"));

        await silo.Time.AdvanceUntilAsync(silo.Probe.WaitAsync("deactivated delayed"));
    }

    [Fact]
    public async Task A_stopping_host_deactivates_its_grains()
    {
        var probe = new Probe();
        await using (var silo = await SiloUnderTest.StartAsync(probe: probe))
        {
            await silo.Get<IStoredGrain>().Value();
        }

        Assert.Contains("deactivated ShuttingDown", probe.Log);
    }

    [Fact]
    public async Task No_call_is_lost_while_grains_come_and_go()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 5_000),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (number, _) =>
            {
                var grain = silo.Get<IStoredGrain>($"{number % 7}");
                await (number % 5 == 0 ? grain.End() : grain.Value());
            }).WaitAsync(Probe.Patience);

        var log = silo.Probe.Log;
        var activated = log.Count(line => line == "activated");
        Assert.True(activated > 7, $"Only {activated} activations.");
        Assert.InRange(activated - log.Count(line => line.StartsWith("deactivated", StringComparison.Ordinal)), 0, 7);
    }
}
