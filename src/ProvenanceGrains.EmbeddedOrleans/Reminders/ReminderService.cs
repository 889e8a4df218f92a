using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Activations;
using ProvenanceGrains.EmbeddedOrleans.Calls;

namespace ProvenanceGrains.EmbeddedOrleans.Reminders;

/// <summary>
/// Rings reminders. What the store holds is what rings: a change is stored first and armed afterwards. Rings missed
/// while the process was down are not made up for; the next one on the reminder's own grid is rung.
/// </summary>
internal sealed partial class ReminderService(
    IServiceProvider services,
    IReminderStore store,
    TimeProvider time,
    IOptions<ReminderOptions> options,
    ILogger<ReminderService> logger) : IDisposable
{
    /// <summary>The most reminders that one process keeps.</summary>
    public const int MaxReminders = 1_000_000;

    private readonly SemaphoreSlim _oneChange = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Grain, string Name), Bell> _bells = [];
    private readonly TimeProvider _time = time;
    private bool _started;

    /// <summary>Reads the store and arms every reminder.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _oneChange.WaitAsync(cancellationToken);
        try
        {
            if (_started)
            {
                return;
            }

            foreach (var record in await store.ReadAllAsync(cancellationToken))
            {
                Arm(record);
            }

            _started = true;
        }
        finally
        {
            _oneChange.Release();
        }
    }

    public async Task<IGrainReminder> RegisterAsync(GrainId grain, string name, TimeSpan due, TimeSpan period)
    {
        if (due < TimeSpan.Zero || period < options.Value.MinimumReminderPeriod)
        {
            throw new ArgumentException(
                $"Reminder {name} of {grain}: due in {due}, every {period}; the due time must not be negative and the "
                + $"period must be at least {options.Value.MinimumReminderPeriod}.");
        }

        var record = new ReminderRecord(grain.ToString(), name, _time.GetUtcNow() + due, period);
        await _oneChange.WaitAsync();
        try
        {
            Demand(record);
            await store.PutAsync(record, CancellationToken.None);
            return Arm(record);
        }
        finally
        {
            _oneChange.Release();
        }
    }

    public async Task UnregisterAsync(GrainId grain, string name)
    {
        await _oneChange.WaitAsync();
        try
        {
            await store.RemoveAsync(grain.ToString(), name, CancellationToken.None);
            lock (_gate)
            {
                if (_bells.Remove((grain.ToString(), name), out var bell))
                {
                    bell.Dispose();
                }
            }
        }
        finally
        {
            _oneChange.Release();
        }
    }

    public Task<IGrainReminder?> FindAsync(GrainId grain, string name)
    {
        lock (_gate)
        {
            return Task.FromResult<IGrainReminder?>(_bells.GetValueOrDefault((grain.ToString(), name)));
        }
    }

    public void Dispose()
    {
        Stop();
        _oneChange.Dispose();
    }

    /// <summary>Rings no more; what is stored stays.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            foreach (var bell in _bells.Values)
            {
                bell.Dispose();
            }

            _bells.Clear();
        }
    }

    private void Demand(ReminderRecord record)
    {
        if (!_started)
        {
            throw new ReminderException("The host has not started: reminders are not read yet.");
        }

        lock (_gate)
        {
            if (_bells.Count >= MaxReminders && !_bells.ContainsKey((record.Grain, record.Name)))
            {
                throw new ReminderException($"There are {MaxReminders} reminders already.");
            }
        }
    }

    private Bell Arm(ReminderRecord record)
    {
        var bell = new Bell(this, record);
        lock (_gate)
        {
            if (_bells.Remove((record.Grain, record.Name), out var old))
            {
                old.Dispose();
            }

            _bells.Add((record.Grain, record.Name), bell);
        }

        bell.Arm();
        return bell;
    }

    private async Task RingAsync(Bell bell)
    {
        var record = bell.Record;
        try
        {
            var silo = services.GetRequiredService<Silo>();
            if (!GrainId.TryParse(record.Grain, out var id) || silo.TryRefer<IRemindable>(id) is not { } grain)
            {
                throw new ReminderException($"No remindable grain class answers to {record.Grain}.");
            }

            await grain.ReceiveReminder(
                record.Name,
                new TickStatus(record.FirstTick.UtcDateTime, record.Period, _time.GetUtcNow().UtcDateTime));
        }
        catch (Exception exception)
        {
            LogRingFailed(logger, exception, record.Name, record.Grain);
        }

        bell.Arm();
    }

    [LoggerMessage(
        EventId = 1203,
        Level = LogLevel.Error,
        Message = "Reminder {Name} of grain {Grain} failed; it rings again at its next time.")]
    private static partial void LogRingFailed(ILogger logger, Exception exception, string name, string grain);

    /// <summary>One armed reminder. It is armed again when a ring has been answered, so rings do not overlap.</summary>
    private sealed class Bell : IGrainReminder, IDisposable
    {
        private readonly ReminderService _service;
        private readonly ITimer _timer;
        private DateTimeOffset _next;

        public Bell(ReminderService service, ReminderRecord record)
        {
            _service = service;
            Record = record;
            _timer = Detached.Timer(service._time, static bell => ((Bell)bell!).Ring(), this);
        }

        public ReminderRecord Record { get; }

        public string ReminderName => Record.Name;

        /// <summary>Sets the next ring: the first tick, or the next whole period after it that is yet to come.</summary>
        public void Arm()
        {
            var now = _service._time.GetUtcNow();
            var late = now - Record.FirstTick;
            _next = late < TimeSpan.Zero || (late == TimeSpan.Zero && _next == default)
                ? Record.FirstTick
                : Record.FirstTick + TimeSpan.FromTicks(((late.Ticks / Record.Period.Ticks) + 1) * Record.Period.Ticks);
            _timer.Change(Detached.Clamp(_next - now), Timeout.InfiniteTimeSpan);
        }

        public void Dispose() => _timer.Dispose();

        private void Ring()
        {
            if (_service._time.GetUtcNow() < _next)
            {
                Arm(); // Further away than a timer reaches.
                return;
            }

            _ = _service.RingAsync(this);
        }
    }
}
