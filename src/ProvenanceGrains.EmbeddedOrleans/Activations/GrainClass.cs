using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Calls;

namespace ProvenanceGrains.EmbeddedOrleans.Activations;

/// <summary>One grain class, and the directory of its activations: at most one for a key.</summary>
internal sealed class GrainClass
{
    private readonly ConcurrentDictionary<string, Activation> _directory = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, WorkerPool>? _pools;
    private readonly Lazy<ObjectFactory> _factory;

    public GrainClass(Silo silo, Type type)
    {
        Silo = silo;
        Type = type;
        TypeName = NameOf(type);
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute));
        HasActivate = Overrides(type, nameof(Grain.OnActivateAsync));
        HasDeactivate = Overrides(type, nameof(Grain.OnDeactivateAsync));
        _factory = new(() => ActivatorUtilities.CreateFactory(type, []));
        if (type.GetCustomAttribute<StatelessWorkerAttribute>() is { } worker)
        {
            MaxWorkers = worker.MaxLocalWorkers;
            _pools = new ConcurrentDictionary<string, WorkerPool>(StringComparer.Ordinal);
        }
    }

    public Silo Silo { get; }

    public Type Type { get; }

    public string TypeName { get; }

    public bool IsReentrant { get; }

    public bool HasActivate { get; }

    public bool HasDeactivate { get; }

    public int MaxWorkers { get; }

    /// <summary>The activations, for collection and shutdown; a moving picture.</summary>
    public IEnumerable<Activation> Activations =>
        _pools is null ? _directory.Select(pair => pair.Value) : _pools.SelectMany(pair => pair.Value.Workers);

    /// <summary>Makes a grain object; called as a turn of its activation, which is how its constructor finds it.</summary>
    public object Create(IServiceProvider services) => _factory.Value(services, null);

    /// <summary>Brings a call to the activation that has its key, making one if there is none.</summary>
    public void Route(string key, GrainCall call, bool inline)
    {
        Activation? hint = null;
        Route(key, call, inline, ref hint);
    }

    public void Route(string key, GrainCall call, bool inline, ref Activation? hint)
    {
        if (_pools is not null)
        {
            _pools.GetOrAdd(key, static (k, c) => new WorkerPool(c, k), this).Take(call);
            return;
        }

        if (hint is not null && hint.TryTake(call, inline))
        {
            return;
        }

        while (true)
        {
            if (!_directory.TryGetValue(key, out var activation))
            {
                if (Silo.IsStopping)
                {
                    call.Fail(new SiloUnavailableException($"The host is stopping: grain {TypeName}/{key} was not called."));
                    return;
                }

                activation = _directory.GetOrAdd(key, static (k, c) => new Activation(c, k), this);
            }

            if (activation.TryTake(call, inline))
            {
                hint = activation;
                return;
            }
        }
    }

    public void Remove(Activation activation)
    {
        if (_pools is null)
        {
            _directory.TryRemove(KeyValuePair.Create(activation.Key, activation));
        }
        else if (_pools.TryGetValue(activation.Key, out var pool))
        {
            pool.Remove(activation);
        }
    }

    /// <summary>The class's name without "Grain", in lower case, as Orleans has it.</summary>
    private static string NameOf(Type type)
    {
        var name = type.Name.ToLowerInvariant();
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        name = tick < 0 ? name : name[..tick];
        return name.Length > 5 && name.EndsWith("grain", StringComparison.Ordinal) ? name[..^5] : name;
    }

    private static bool Overrides(Type type, string method) =>
        !type.IsSubclassOf(typeof(Grain))
        || type.GetMethods().Any(m => m.Name == method && m.GetBaseDefinition().DeclaringType == typeof(Grain)
            && m.DeclaringType != typeof(Grain));
}
