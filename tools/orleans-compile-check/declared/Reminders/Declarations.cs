using Orleans.Runtime;

namespace Orleans.Runtime
{
    public interface IGrainReminder
    {
        string ReminderName { get; }
    }

    public readonly struct TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
    {
        public DateTime FirstTickTime { get; } = firstTickTime;

        public TimeSpan Period { get; } = period;

        public DateTime CurrentTickTime { get; } = timeStamp;
    }
}

namespace Orleans
{
    public interface IRemindable : IGrain
    {
        Task ReceiveReminder(string reminderName, TickStatus status);
    }

    public static class GrainReminderExtensions
    {
        public static Task<IGrainReminder> RegisterOrUpdateReminder(
            this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public static Task<IGrainReminder> RegisterOrUpdateReminder(
            this IGrainBase grain, string reminderName, TimeSpan dueTime, TimeSpan period) =>
            throw new NotSupportedException();

        public static Task UnregisterReminder(this Grain grain, IGrainReminder reminder) =>
            throw new NotSupportedException();

        public static Task UnregisterReminder(this IGrainBase grain, IGrainReminder reminder) =>
            throw new NotSupportedException();

        public static Task<IGrainReminder?> GetReminder(this Grain grain, string reminderName) =>
            throw new NotSupportedException();

        public static Task<IGrainReminder?> GetReminder(this IGrainBase grain, string reminderName) =>
            throw new NotSupportedException();
    }
}
