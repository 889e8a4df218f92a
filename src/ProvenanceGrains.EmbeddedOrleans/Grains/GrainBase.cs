using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Activations;

namespace Orleans.Runtime
{
    /// <summary>One activation of a grain.</summary>
    public interface IGrainContext
    {
        /// <summary>The grain's name.</summary>
        GrainId GrainId { get; }

        /// <summary>The grain object, or null before it is made.</summary>
        object? GrainInstance { get; }

        /// <summary>This activation's scope of the host's services.</summary>
        IServiceProvider ActivationServices { get; }

        /// <summary>Ends when this activation has been deactivated.</summary>
        Task Deactivated { get; }

        /// <summary>Asks for deactivation after the running calls; returns at once.</summary>
        void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
    }
}

namespace Orleans
{
    /// <summary>A grain class that need not derive from <see cref="Grain"/>.</summary>
    public interface IGrainBase
    {
        /// <summary>This activation, usually taken as a constructor parameter.</summary>
        IGrainContext GrainContext { get; }

        /// <inheritdoc cref="Grain.OnActivateAsync"/>
        Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

        /// <inheritdoc cref="Grain.OnDeactivateAsync"/>
        Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
    }

    /// <summary>Why an activation ends.</summary>
    public enum DeactivationReasonCode : byte
    {
        None,
        ShuttingDown,
        ActivationFailed,
        DirectoryFailure,
        ActivationIdle,
        ActivationUnresponsive,
        DuplicateActivation,
        IncompatibleRequest,
        ApplicationError,
        ApplicationRequested,
        Migrating,
        RuntimeRequested,
        HighMemoryPressure,
    }

    /// <summary>Why an activation ends, for people and for code.</summary>
    public readonly struct DeactivationReason
    {
        public DeactivationReason(DeactivationReasonCode code, string text)
            : this(code, null, text)
        {
        }

        public DeactivationReason(DeactivationReasonCode code, Exception? exception, string text)
        {
            ReasonCode = code;
            Exception = exception;
            Description = text;
        }

        public DeactivationReasonCode ReasonCode { get; }

        public string Description { get; }

        public Exception? Exception { get; }

        public override string ToString() =>
            Exception is null ? $"{ReasonCode}: {Description}" : $"{ReasonCode}: {Description}. Exception: {Exception}";
    }

    /// <summary>What a grain may ask of its runtime.</summary>
    public static class GrainBaseExtensions
    {
        /// <summary>Deactivates when the running calls have ended.</summary>
        public static void DeactivateOnIdle(this IGrainBase grain) => grain.GrainContext.Deactivate(
            new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The grain asked for it."));

        /// <summary>
        /// Starts a timer of this activation; it ends with the activation. A tick runs as a call to the grain, and
        /// the next one is counted from its end, so ticks of one timer never overlap.
        /// </summary>
        public static IGrainTimer RegisterGrainTimer<TState>(
            this IGrainBase grain,
            Func<TState, CancellationToken, Task> callback,
            TState state,
            GrainTimerCreationOptions options)
        {
            ArgumentNullException.ThrowIfNull(callback);
            return ((Activation)grain.GrainContext).StartTimer(token => callback(state, token), options);
        }

        /// <inheritdoc cref="RegisterGrainTimer{TState}(IGrainBase, Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
        public static IGrainTimer RegisterGrainTimer(
            this IGrainBase grain, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
        {
            ArgumentNullException.ThrowIfNull(callback);
            return ((Activation)grain.GrainContext).StartTimer(callback, options);
        }

        /// <inheritdoc cref="RegisterGrainTimer{TState}(IGrainBase, Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
        public static IGrainTimer RegisterGrainTimer(
            this IGrainBase grain, Func<Task> callback, GrainTimerCreationOptions options)
        {
            ArgumentNullException.ThrowIfNull(callback);
            return ((Activation)grain.GrainContext).StartTimer(_ => callback(), options);
        }

        /// <inheritdoc cref="RegisterGrainTimer{TState}(IGrainBase, Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
        public static IGrainTimer RegisterGrainTimer<TState>(
            this IGrainBase grain, Func<TState, Task> callback, TState state, GrainTimerCreationOptions options)
        {
            ArgumentNullException.ThrowIfNull(callback);
            return ((Activation)grain.GrainContext).StartTimer(_ => callback(state), options);
        }

        /// <inheritdoc cref="RegisterGrainTimer{TState}(IGrainBase, Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
        public static IGrainTimer RegisterGrainTimer(
            this IGrainBase grain, Func<Task> callback, TimeSpan dueTime, TimeSpan period) =>
            RegisterGrainTimer(grain, callback, new GrainTimerCreationOptions(dueTime, period));

        /// <inheritdoc cref="RegisterGrainTimer{TState}(IGrainBase, Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
        public static IGrainTimer RegisterGrainTimer(
            this IGrainBase grain, Func<CancellationToken, Task> callback, TimeSpan dueTime, TimeSpan period) =>
            RegisterGrainTimer(grain, callback, new GrainTimerCreationOptions(dueTime, period));

        /// <inheritdoc cref="RegisterGrainTimer{TState}(IGrainBase, Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
        public static IGrainTimer RegisterGrainTimer<TState>(
            this IGrainBase grain, Func<TState, Task> callback, TState state, TimeSpan dueTime, TimeSpan period) =>
            RegisterGrainTimer(grain, callback, state, new GrainTimerCreationOptions(dueTime, period));

        /// <inheritdoc cref="RegisterGrainTimer{TState}(IGrainBase, Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
        public static IGrainTimer RegisterGrainTimer<TState>(
            this IGrainBase grain,
            Func<TState, CancellationToken, Task> callback,
            TState state,
            TimeSpan dueTime,
            TimeSpan period) =>
            RegisterGrainTimer(grain, callback, state, new GrainTimerCreationOptions(dueTime, period));
    }
}
