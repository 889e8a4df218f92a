namespace Orleans.Configuration
{
    /// <summary>When idle activations are collected, and how long activation and deactivation may take.</summary>
    public class GrainCollectionOptions
    {
        /// <summary>How often idle activations are looked for; a collection is late by up to two of these.</summary>
        public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

        /// <summary>How long an activation may be unused.</summary>
        public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

        /// <summary>Ages of particular grain classes, by the class's full name.</summary>
        public Dictionary<string, TimeSpan> ClassSpecificCollectionAge { get; set; } = [];

        /// <summary>How long <see cref="Grain.OnActivateAsync"/> may take.</summary>
        public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

        /// <summary>How long <see cref="Grain.OnDeactivateAsync"/> may take.</summary>
        public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);
    }

    /// <summary>How calls between grains behave.</summary>
    public class SiloMessagingOptions
    {
        /// <summary>How long a caller waits. The callee is not stopped.</summary>
        public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);
    }
}

namespace Orleans.Hosting
{
    /// <summary>How reminders behave.</summary>
    public sealed class ReminderOptions
    {
        /// <summary>The shortest period that a reminder may have.</summary>
        public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);
    }
}
