using System.Reflection;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Activations;
using ProvenanceGrains.EmbeddedOrleans.Copying;

namespace ProvenanceGrains.EmbeddedOrleans.Calls;

/// <summary>One grain interface: its methods in a fixed order, checked once, and the maker of its proxies.</summary>
internal sealed class GrainInterface
{
    private readonly Func<GrainClass, string, GrainInterface, GrainReference> _create;

    public GrainInterface(Type type)
    {
        if (!type.IsInterface || !typeof(IAddressable).IsAssignableFrom(type))
        {
            throw new ArgumentException($"{type} is not a grain interface.", nameof(type));
        }

        Type = type;
        var methods = type.GetInterfaces().Append(type).SelectMany(t => t.GetMethods()).Where(m => m.IsAbstract).ToArray();
        foreach (var method in methods)
        {
            Check(method);
        }

        Methods = [.. methods.Select(Describe)];
        _create = ProxyEmitter.Emit(type, methods);
    }

    public Type Type { get; }

    public GrainMethod[] Methods { get; }

    public GrainReference Refer(GrainClass grainClass, string key) => _create(grainClass, key, this);

    /// <summary>The type of a method's value, or null for a method that returns none.</summary>
    internal static Type? ResultOf(MethodInfo method)
    {
        var type = method.ReturnType;
        return type.IsGenericType ? type.GetGenericArguments()[0] : null;
    }

    private static void Check(MethodInfo method)
    {
        var type = method.ReturnType;
        var shape = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (method.IsGenericMethod
            || (shape != typeof(Task) && shape != typeof(Task<>) && shape != typeof(ValueTask)
                && shape != typeof(ValueTask<>))
            || method.GetParameters().Any(p => p.ParameterType.IsByRef))
        {
            throw new NotSupportedException(
                $"{method.DeclaringType}.{method.Name}: the embedded runtime takes methods that return Task, "
                + "Task<T>, ValueTask or ValueTask<T>, without type parameters and without ref parameters.");
        }

        foreach (var parameter in method.GetParameters())
        {
            CopyRules.Demand(parameter.ParameterType);
        }

        if (ResultOf(method) is { } result)
        {
            CopyRules.Demand(result);
        }
    }

    private static GrainMethod Describe(MethodInfo method) => new(
        $"{method.DeclaringType!.Name}.{method.Name}",
        method.IsDefined(typeof(AlwaysInterleaveAttribute)),
        method.IsDefined(typeof(ReadOnlyAttribute)),
        method.IsDefined(typeof(OneWayAttribute)),
        ResultOf(method) is { } result
            && !CopyRules.IsImmutable(result)
            && !method.ReturnParameter.IsDefined(typeof(ImmutableAttribute), inherit: false));
}
