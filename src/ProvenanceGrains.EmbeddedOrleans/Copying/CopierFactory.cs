using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Orleans;

namespace ProvenanceGrains.EmbeddedOrleans.Copying;

/// <summary>Makes the copier of one type: of a container by its elements, of a message by its numbered members.</summary>
internal static class CopierFactory
{
    /// <summary>A copier for values of exactly this type; for a type that has none, one that throws when used.</summary>
    public static Func<T, CopyContext, T> Create<T>()
    {
        var type = typeof(T);
        if (CopyRules.ConverterOf(type) is { } converter)
        {
            var service = converter.GetInterfaces().First(i =>
                i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IConverter<,>)
                && i.GetGenericArguments()[0] == type);
            return Bind<T>(nameof(Converted), [type, service.GetGenericArguments()[1]], Activator.CreateInstance(converter));
        }

        if (type.IsArray && type.GetArrayRank() == 1)
        {
            return Bind<T>(nameof(Array), [type.GetElementType()!], null);
        }

        if (type.IsGenericType && (CopyRules.IsContainer(type) || CopyRules.IsImmutableContainer(type)))
        {
            var name = type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];
            return Bind<T>(name, type.GetGenericArguments(), null);
        }

        if (CopyRules.IsTuple(type) || (CopyRules.IsMessage(type) && !type.IsAbstract))
        {
            return ByFields<T>();
        }

        return (_, _) => throw CopyRules.Missing(type);
    }

    private static Func<T, CopyContext, T> Bind<T>(string name, Type[] arguments, object? target) =>
        typeof(CopierFactory).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(arguments)
            .CreateDelegate<Func<T, CopyContext, T>>(target);

    /// <summary>
    /// Emits <c>copy = new T(); copy.field = Copy(source.field); ...</c>. Emitted, because an expression tree cannot
    /// set a read-only field.
    /// </summary>
    private static Func<T, CopyContext, T> ByFields<T>()
    {
        var type = typeof(T);
        var method = new DynamicMethod($"Copy.{type.Name}", type, [type, typeof(CopyContext)], type.Module, true);
        var il = method.GetILGenerator();
        var copy = il.DeclareLocal(type);
        if (type.IsValueType)
        {
            il.Emit(OpCodes.Ldloca, copy);
            il.Emit(OpCodes.Initobj, type);
        }
        else
        {
            EmitNew(il, type);
            il.Emit(OpCodes.Stloc, copy);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldloc, copy);
            il.Emit(OpCodes.Call, typeof(CopyContext).GetMethod(nameof(CopyContext.Record))!);
        }

        foreach (var field in CopyRules.FieldsOf(type))
        {
            il.Emit(type.IsValueType ? OpCodes.Ldloca : OpCodes.Ldloc, copy);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, field);
            if (!field.IsDefined(typeof(ImmutableAttribute), false))
            {
                il.Emit(OpCodes.Ldarg_1);
                il.Emit(OpCodes.Call, typeof(Copier<>).MakeGenericType(field.FieldType).GetMethod("Copy")!);
            }

            il.Emit(OpCodes.Stfld, field);
        }

        il.Emit(OpCodes.Ldloc, copy);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<T, CopyContext, T>>();
    }

    // Orleans makes a copy by the parameterless constructor where there is one, so that members without a number
    // have their initial value there and not zero.
    private static void EmitNew(ILGenerator il, Type type)
    {
        var constructor = type.GetConstructor(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, Type.EmptyTypes);
        if (constructor is not null)
        {
            il.Emit(OpCodes.Newobj, constructor);
            return;
        }

        il.Emit(OpCodes.Ldtoken, type);
        il.Emit(OpCodes.Call, typeof(Type).GetMethod(nameof(Type.GetTypeFromHandle))!);
        il.Emit(OpCodes.Call, typeof(RuntimeHelpers).GetMethod(nameof(RuntimeHelpers.GetUninitializedObject))!);
        il.Emit(OpCodes.Castclass, type);
    }

    private static TValue Converted<TValue, TSurrogate>(
        IConverter<TValue, TSurrogate> converter, TValue value, CopyContext context)
        where TSurrogate : struct
    {
        var surrogate = Copier<TSurrogate>.Copy(converter.ConvertToSurrogate(in value), context);
        return converter.ConvertFromSurrogate(in surrogate);
    }

    private static T[] Array<T>(T[] source, CopyContext context)
    {
        if (source.Length == 0)
        {
            return source;
        }

        var copy = new T[source.Length];
        context.Record(source, copy);
        if (typeof(T).IsValueType && CopyRules.IsImmutable(typeof(T)))
        {
            source.CopyTo(copy, 0);
            return copy;
        }

        for (var i = 0; i < source.Length; i++)
        {
            copy[i] = Copier<T>.Copy(source[i], context);
        }

        return copy;
    }

    private static List<T> List<T>(List<T> source, CopyContext context)
    {
        var copy = new List<T>(source.Count);
        context.Record(source, copy);
        foreach (var item in source)
        {
            copy.Add(Copier<T>.Copy(item, context));
        }

        return copy;
    }

    private static HashSet<T> HashSet<T>(HashSet<T> source, CopyContext context)
    {
        var copy = new HashSet<T>(source.Count, source.Comparer);
        context.Record(source, copy);
        copy.UnionWith(source.Select(item => Copier<T>.Copy(item, context)));
        return copy;
    }

    private static SortedSet<T> SortedSet<T>(SortedSet<T> source, CopyContext context) =>
        new(source.Select(item => Copier<T>.Copy(item, context)), source.Comparer);

    private static Queue<T> Queue<T>(Queue<T> source, CopyContext context) =>
        new(source.Select(item => Copier<T>.Copy(item, context)));

    private static Stack<T> Stack<T>(Stack<T> source, CopyContext context) =>
        new(source.Reverse().Select(item => Copier<T>.Copy(item, context)));

    private static Dictionary<TKey, T> Dictionary<TKey, T>(Dictionary<TKey, T> source, CopyContext context)
        where TKey : notnull
    {
        var copy = new Dictionary<TKey, T>(source.Count, source.Comparer);
        context.Record(source, copy);
        foreach (var (key, value) in source)
        {
            copy.Add(Copier<TKey>.Copy(key, context), Copier<T>.Copy(value, context));
        }

        return copy;
    }

    private static SortedDictionary<TKey, T> SortedDictionary<TKey, T>(
        SortedDictionary<TKey, T> source, CopyContext context)
        where TKey : notnull =>
        new(source.ToDictionary(p => Copier<TKey>.Copy(p.Key, context), p => Copier<T>.Copy(p.Value, context)), source.Comparer);

    private static Memory<T> Memory<T>(Memory<T> source, CopyContext context) => Array(source.ToArray(), context);

    private static ReadOnlyMemory<T> ReadOnlyMemory<T>(ReadOnlyMemory<T> source, CopyContext context) =>
        Array(source.ToArray(), context);

    private static ImmutableArray<T> ImmutableArray<T>(ImmutableArray<T> source, CopyContext context) =>
        source.IsDefault ? source : [.. source.Select(item => Copier<T>.Copy(item, context))];

    private static ImmutableList<T> ImmutableList<T>(ImmutableList<T> source, CopyContext context) =>
        [.. source.Select(item => Copier<T>.Copy(item, context))];

    private static ImmutableHashSet<T> ImmutableHashSet<T>(ImmutableHashSet<T> source, CopyContext context) =>
        source.Select(item => Copier<T>.Copy(item, context)).ToImmutableHashSet(source.KeyComparer);

    private static ImmutableDictionary<TKey, T> ImmutableDictionary<TKey, T>(
        ImmutableDictionary<TKey, T> source, CopyContext context)
        where TKey : notnull =>
        source.ToImmutableDictionary(
            p => Copier<TKey>.Copy(p.Key, context), p => Copier<T>.Copy(p.Value, context), source.KeyComparer);

    private static ImmutableSortedDictionary<TKey, T> ImmutableSortedDictionary<TKey, T>(
        ImmutableSortedDictionary<TKey, T> source, CopyContext context)
        where TKey : notnull =>
        source.ToImmutableSortedDictionary(
            p => Copier<TKey>.Copy(p.Key, context), p => Copier<T>.Copy(p.Value, context), source.KeyComparer);
}
