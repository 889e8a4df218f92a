using Orleans;
using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Calls;

namespace ProvenanceGrains.EmbeddedOrleans.Copying;

/// <summary>The objects already copied in one call, so that shared and cyclic references stay so.</summary>
internal sealed class CopyContext
{
    private readonly Dictionary<object, object> _copies = new(ReferenceEqualityComparer.Instance);

    public bool TryGet(object original, out object copy) => _copies.TryGetValue(original, out copy!);

    public void Record(object original, object copy) => _copies[original] = copy;
}

/// <summary>Copies arguments and results, so that two grains never share what either may change.</summary>
internal static class DeepCopier
{
    /// <summary>A copy of a value, or the value itself where nothing in it can change.</summary>
    public static T Copy<T>(T value) => value is null ? value : Copier<T>.Copy(value, new CopyContext());
}

/// <summary>The copier of one static type; a value of a derived type goes to the copier of its own.</summary>
internal static class Copier<T>
{
    private static readonly bool IsImmutable = CopyRules.IsImmutable(typeof(T));
    private static readonly bool IsExact = typeof(T).IsValueType || typeof(T).IsSealed;
    private static readonly Func<T, CopyContext, T>? Exact = IsImmutable ? null : CopierFactory.Create<T>();

    public static T Copy(T value, CopyContext context)
    {
        if (value is null || (IsImmutable && IsExact))
        {
            return value;
        }

        if (IsExact || value.GetType() == typeof(T))
        {
            return CopyExact(value, context);
        }

        if (value is IGrainBase grain && CopyRules.IsGrainReference(typeof(T)))
        {
            return (T)(object)GrainReference.Of((IAddressable)grain, typeof(T));
        }

        return (T)AnyCopier.Copy(value, context);
    }

    public static T CopyExact(T value, CopyContext context)
    {
        if (Exact is null)
        {
            return value;
        }

        return !typeof(T).IsValueType && context.TryGet(value!, out var copy) ? (T)copy : Exact(value, context);
    }
}
