using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Calls;
using ProvenanceGrains.EmbeddedOrleans.Copying;
using ProvenanceGrains.EmbeddedOrleans.Reminders;

namespace ProvenanceGrains.EmbeddedOrleans.Activations;

/// <summary>The runtime of one host: grain classes by interface, collection of idle activations, shutdown.</summary>
internal sealed class Silo : IClusterClient, IDisposable
{
    private readonly ConcurrentDictionary<Type, (GrainInterface Interface, GrainClass[] Classes)> _interfaces = new();
    private readonly Lazy<IReadOnlyDictionary<Type, GrainClass>> _classes;
    private readonly GrainCollectionOptions _collection;
    private readonly ITimer _collector;
    private readonly IServiceScopeFactory _scopes;
    private long _coarseNow;

    public Silo(
        IServiceProvider services,
        TimeProvider time,
        IOptions<GrainCollectionOptions> collection,
        IOptions<SiloMessagingOptions> messaging,
        ILogger<Silo> logger)
    {
        ServiceProvider = services;
        _scopes = services.GetRequiredService<IServiceScopeFactory>();
        Time = time;
        Logger = logger;
        _collection = collection.Value;
        _coarseNow = time.GetTimestamp();
        _classes = new(FindClasses);
        Deadlines = new Deadlines(time, messaging.Value.ResponseTimeout);
        Reminders = services.GetRequiredService<ReminderService>();
        _collector = Detached.Timer(time, static silo => ((Silo)silo!).Collect(), this);
        _collector.Change(_collection.CollectionQuantum, _collection.CollectionQuantum);
    }

    public IServiceProvider ServiceProvider { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public Deadlines Deadlines { get; }

    public ReminderService Reminders { get; }

    public bool IsStopping { get; private set; }

    public TimeSpan ActivationTimeout => _collection.ActivationTimeout;

    public TimeSpan DeactivationTimeout => _collection.DeactivationTimeout;

    /// <summary>The time of the last collection: reading a clock for every call would cost a tenth of it.</summary>
    public long CoarseNow => Volatile.Read(ref _coarseNow);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey =>
        Get<TGrainInterface>(primaryKey.ToString("N", CultureInfo.InvariantCulture), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey =>
        Get<TGrainInterface>(primaryKey.ToString("X", CultureInfo.InvariantCulture), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        return Get<TGrainInterface>(primaryKey, grainClassNamePrefix);
    }

    /// <summary>A scope for one activation.</summary>
    public AsyncServiceScope CreateScope() => _scopes.CreateAsyncScope();

    /// <summary>A reference to a grain of a known class.</summary>
    public GrainReference Refer(GrainClass grainClass, string key, Type interfaceType) =>
        Interfaces(interfaceType).Interface.Refer(grainClass, key);

    /// <summary>A reference to a grain that is known by name only, or null if no class has that type.</summary>
    public T? TryRefer<T>(GrainId id)
        where T : class
    {
        var grainClass = _classes.Value.Values.FirstOrDefault(c => c.TypeName == id.TypeName && c.Type.IsAssignableTo(typeof(T)));
        return grainClass is null ? null : (T)(object)Refer(grainClass, id.KeyText, typeof(T));
    }

    /// <summary>A timestamp this long from now.</summary>
    public long After(TimeSpan time) =>
        Time.GetTimestamp() + (long)Math.Min(time.TotalSeconds * Time.TimestampFrequency, long.MaxValue / 4d);

    /// <summary>Deactivates everything and refuses new activations.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        IsStopping = true;
        if (!_classes.IsValueCreated)
        {
            return;
        }

        var reason = new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The host is stopping.");
        var activations = _classes.Value.Values.SelectMany(c => c.Activations).ToList();
        foreach (var activation in activations)
        {
            activation.Deactivate(reason, cancellationToken);
        }

        foreach (var activation in activations)
        {
            await activation.Deactivated.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        _collector.Dispose();
        Deadlines.Dispose();
    }

    private T Get<T>(string key, string? prefix)
    {
        var (grainInterface, classes) = Interfaces(typeof(T));
        var grainClass = classes.Length == 1 && prefix is null ? classes[0] : Choose(typeof(T), classes, prefix);
        return (T)(object)grainInterface.Refer(grainClass, key);
    }

    private static GrainClass Choose(Type type, GrainClass[] classes, string? prefix)
    {
        var chosen = prefix is null
            ? classes
            : [.. classes.Where(c => c.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal))];
        return chosen.Length switch
        {
            1 => chosen[0],
            0 => throw new ArgumentException($"Could not find an implementation for interface {type}."),
            _ => throw new ArgumentException(
                $"Interface {type} has several implementations: {string.Join(", ", chosen.Select(c => c.Type))}."),
        };
    }

    private (GrainInterface Interface, GrainClass[] Classes) Interfaces(Type type)
    {
        if (_interfaces.TryGetValue(type, out var found))
        {
            return found;
        }

        GrainClass[] classes = [.. _classes.Value.Values.Where(c => c.Type.IsAssignableTo(type))];
        return _interfaces.GetOrAdd(type, (new GrainInterface(type), classes));
    }

    private Dictionary<Type, GrainClass> FindClasses()
    {
        var assemblies = GrainAssemblies.Find();
        foreach (var assembly in assemblies)
        {
            CopyRules.Register(assembly);
        }

        return assemblies.SelectMany(GrainAssemblies.TypesOf)
            .Where(t => t is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
                && t.IsAssignableTo(typeof(IGrain)) && t.IsAssignableTo(typeof(IGrainBase)))
            .ToDictionary(t => t, t => new GrainClass(this, t));
    }

    private void Collect()
    {
        var now = Time.GetTimestamp();
        Volatile.Write(ref _coarseNow, now);
        if (!_classes.IsValueCreated)
        {
            return;
        }

        foreach (var grainClass in _classes.Value.Values)
        {
            var age = _collection.ClassSpecificCollectionAge.GetValueOrDefault(
                grainClass.Type.FullName!, _collection.CollectionAge);
            // The last use is known to one quantum: waiting one more never collects early.
            var limit = now - (After(age + _collection.CollectionQuantum) - Time.GetTimestamp());
            foreach (var activation in grainClass.Activations)
            {
                activation.CollectIfIdle(limit, now);
            }
        }
    }
}
