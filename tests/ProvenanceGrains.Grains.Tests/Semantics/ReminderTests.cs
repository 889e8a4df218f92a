using ProvenanceGrains.EmbeddedOrleans.Reminders;

namespace ProvenanceGrains.Grains.Tests.Semantics;

internal interface IReminderGrain : IGrainWithStringKey
{
    Task Register(string name, TimeSpan due, TimeSpan period);

    Task<bool> Unregister(string name);
}

internal sealed class ReminderGrain(Probe probe) : Grain, IReminderGrain, IRemindable
{
    public Task Register(string name, TimeSpan due, TimeSpan period) =>
        this.RegisterOrUpdateReminder(name, due, period);

    public async Task<bool> Unregister(string name)
    {
        if (await this.GetReminder(name) is not { } reminder)
        {
            return false;
        }

        await this.UnregisterReminder(reminder);
        return true;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        var count = probe.Stored.AddOrUpdate(reminderName, 1, (_, n) => n + 1);
        probe.Note($"{this.GetPrimaryKeyString()} {reminderName} {status.CurrentTickTime - status.FirstTickTime}");
        probe.Open($"{reminderName} {count}");
        return Task.CompletedTask;
    }
}

public sealed class ReminderTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_reminder_rings_when_due_and_then_every_period()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        await silo.Get<IReminderGrain>("lot").Register("check", 2 * Minute, 3 * Minute);
        silo.Time.Advance(2 * Minute);
        await silo.Probe.WaitAsync("check 1");
        await silo.Time.AdvanceUntilAsync(silo.Probe.WaitAsync("check 2"));

        Assert.Equal("lot check 00:00:00", silo.Probe.Log[0]);
        Assert.Equal("lot check 00:03:00", silo.Probe.Log[1]);
    }

    [Fact]
    public async Task A_reminder_survives_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "reminders.json");
            var time = new FakeTime();
            await using (var silo = await SiloUnderTest.StartAsync(time, reminders: new FileReminderStore(path)))
            {
                await silo.Get<IReminderGrain>("lot").Register("check", 10 * Minute, 60 * Minute);
            }

            time.Advance(30 * Minute);
            await using var restarted = await SiloUnderTest.StartAsync(time, reminders: new FileReminderStore(path));
            Assert.Empty(restarted.Probe.Log);
            time.Advance(40 * Minute);
            await restarted.Probe.WaitAsync("check 1");

            // Missed rings are not made up for: this is the second of the grid.
            Assert.Equal(["lot check 01:00:00"], restarted.Probe.Log);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task An_unregistered_reminder_rings_no_more_even_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "reminders.json");
            var time = new FakeTime();
            await using (var silo = await SiloUnderTest.StartAsync(time, reminders: new FileReminderStore(path)))
            {
                var grain = silo.Get<IReminderGrain>("lot");
                await grain.Register("gone", Minute, Minute);
                await grain.Register("stays", 5 * Minute, Minute);
                Assert.True(await grain.Unregister("gone"));
                Assert.False(await grain.Unregister("gone"));
            }

            await using var restarted = await SiloUnderTest.StartAsync(time, reminders: new FileReminderStore(path));
            time.Advance(5 * Minute);
            await restarted.Probe.WaitAsync("stays 1");
            Assert.False(restarted.Probe.IsOpen("gone 1"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_period_below_a_minute_is_refused()
    {
        await using var silo = await SiloUnderTest.StartAsync();

        await Assert.ThrowsAsync<ArgumentException>(
            () => silo.Get<IReminderGrain>().Register("fast", Minute, TimeSpan.FromSeconds(59)));
    }
}
