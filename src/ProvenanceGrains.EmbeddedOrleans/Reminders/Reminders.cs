using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Activations;

namespace Orleans.Runtime
{
    /// <summary>A registered reminder.</summary>
    public interface IGrainReminder
    {
        string ReminderName { get; }
    }

    /// <summary>When a reminder rang and when it should have. Times are UTC.</summary>
    [GenerateSerializer, Immutable]
    public readonly struct TickStatus
    {
        public TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
        {
            FirstTickTime = firstTickTime;
            Period = period;
            CurrentTickTime = timeStamp;
        }

        [Id(0)]
        public DateTime FirstTickTime { get; }

        [Id(1)]
        public TimeSpan Period { get; }

        [Id(2)]
        public DateTime CurrentTickTime { get; }

        public override string ToString() => $"<{FirstTickTime:O}, {Period}, {CurrentTickTime:O}>";
    }

    /// <summary>A reminder could not be stored or removed.</summary>
    public sealed class ReminderException(string message) : OrleansException(message);
}

namespace Orleans
{
    /// <summary>A grain that keeps reminders: they outlive its activations and the process.</summary>
    public interface IRemindable : IGrain
    {
        Task ReceiveReminder(string reminderName, TickStatus status);
    }

    /// <summary>A grain's own reminders.</summary>
    public static class GrainReminderExtensions
    {
        /// <summary>Stores a reminder: first after <paramref name="dueTime"/>, then every <paramref name="period"/>.</summary>
        /// <exception cref="InvalidOperationException">The grain is not <see cref="IRemindable"/>.</exception>
        /// <exception cref="ArgumentException">The period is below the minimum, one minute unless configured.</exception>
        public static Task<IGrainReminder> RegisterOrUpdateReminder(
            this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period) =>
            RegisterOrUpdateReminder((IGrainBase)grain, reminderName, dueTime, period);

        /// <inheritdoc cref="RegisterOrUpdateReminder(Grain, string, TimeSpan, TimeSpan)"/>
        public static Task<IGrainReminder> RegisterOrUpdateReminder(
            this IGrainBase grain, string reminderName, TimeSpan dueTime, TimeSpan period)
        {
            ArgumentNullException.ThrowIfNull(grain);
            ArgumentException.ThrowIfNullOrWhiteSpace(reminderName);
            if (grain is not IRemindable)
            {
                throw new InvalidOperationException($"Grain {grain.GrainContext.GrainId} is not {nameof(IRemindable)}.");
            }

            return Service(grain).RegisterAsync(grain.GrainContext.GrainId, reminderName, dueTime, period);
        }

        /// <summary>Removes a reminder; a tick already under way still arrives.</summary>
        public static Task UnregisterReminder(this Grain grain, IGrainReminder reminder) =>
            UnregisterReminder((IGrainBase)grain, reminder);

        /// <inheritdoc cref="UnregisterReminder(Grain, IGrainReminder)"/>
        public static Task UnregisterReminder(this IGrainBase grain, IGrainReminder reminder)
        {
            ArgumentNullException.ThrowIfNull(grain);
            ArgumentNullException.ThrowIfNull(reminder);
            return Service(grain).UnregisterAsync(grain.GrainContext.GrainId, reminder.ReminderName);
        }

        /// <summary>One of the grain's reminders, or null.</summary>
        public static Task<IGrainReminder?> GetReminder(this Grain grain, string reminderName) =>
            GetReminder((IGrainBase)grain, reminderName);

        /// <inheritdoc cref="GetReminder(Grain, string)"/>
        public static Task<IGrainReminder?> GetReminder(this IGrainBase grain, string reminderName)
        {
            ArgumentNullException.ThrowIfNull(grain);
            ArgumentException.ThrowIfNullOrWhiteSpace(reminderName);
            return Service(grain).FindAsync(grain.GrainContext.GrainId, reminderName);
        }

        private static ProvenanceGrains.EmbeddedOrleans.Reminders.ReminderService Service(IGrainBase grain) =>
            ((Activation)grain.GrainContext).Silo.Reminders;
    }
}
