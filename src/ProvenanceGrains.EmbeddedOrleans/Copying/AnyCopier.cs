using System.Collections.Concurrent;
using System.Reflection;

namespace ProvenanceGrains.EmbeddedOrleans.Copying;

/// <summary>Copies a value by the type that it has at run time.</summary>
internal static class AnyCopier
{
    private static readonly ConcurrentDictionary<Type, Func<object, CopyContext, object>> Copiers = new();

    public static object Copy(object value, CopyContext context) =>
        Copiers.GetOrAdd(value.GetType(), static type => Create(type))(value, context);

    private static Func<object, CopyContext, object> Create(Type type)
    {
        if (type == typeof(object) || CopyRules.IsImmutable(type) || type.IsAssignableTo(typeof(Type)))
        {
            return static (value, _) => value;
        }

        return typeof(AnyCopier).GetMethod(nameof(CopyBoxed), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type)
            .CreateDelegate<Func<object, CopyContext, object>>();
    }

    private static object CopyBoxed<T>(object value, CopyContext context) =>
        Copier<T>.CopyExact((T)value, context)!;
}
