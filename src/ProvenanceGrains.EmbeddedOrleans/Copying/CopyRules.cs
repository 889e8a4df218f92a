using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;
using ProvenanceGrains.EmbeddedOrleans.Activations;

namespace ProvenanceGrains.EmbeddedOrleans.Copying;

/// <summary>Which types may cross a call, which need no copy, and which members of a type are copied.</summary>
internal static class CopyRules
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly HashSet<Type> Values =
    [
        typeof(string), typeof(decimal), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly),
        typeof(TimeSpan), typeof(Guid), typeof(Int128), typeof(UInt128), typeof(Half), typeof(BigInteger), typeof(Uri),
        typeof(Version), typeof(IPAddress), typeof(IPEndPoint), typeof(CancellationToken), typeof(Type), typeof(object),
    ];

    /// <summary>Containers that are copied element by element, by their generic definition.</summary>
    private static readonly HashSet<Type> Containers =
    [
        typeof(List<>), typeof(HashSet<>), typeof(Queue<>), typeof(Stack<>), typeof(SortedSet<>), typeof(Dictionary<,>),
        typeof(SortedDictionary<,>), typeof(Memory<>), typeof(ReadOnlyMemory<>),
    ];

    /// <summary>Structures and tuples whose every field counts: immutable when their parts are.</summary>
    private static readonly HashSet<Type> Tuples =
    [
        typeof(Nullable<>), typeof(KeyValuePair<,>),
        typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>), typeof(Tuple<,,,>), typeof(Tuple<,,,,>),
        typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>),
        typeof(ValueTuple<,,,,>), typeof(ValueTuple<,,,,,>), typeof(ValueTuple<,,,,,,>),
    ];

    /// <summary>Immutable collections are copied only when their elements need it.</summary>
    private static readonly HashSet<Type> ImmutableContainers =
    [
        typeof(ImmutableArray<>), typeof(ImmutableList<>), typeof(ImmutableHashSet<>), typeof(ImmutableDictionary<,>),
        typeof(ImmutableSortedDictionary<,>),
    ];

    private static readonly ConcurrentDictionary<Type, bool> Immutables = new();
    private static readonly ConcurrentDictionary<Type, Type?> Converters = new();

    /// <summary>Whether a value of exactly this type is passed as it is.</summary>
    public static bool IsImmutable(Type type) => Immutables.GetOrAdd(type, static t => FindImmutable(t));

    public static bool IsContainer(Type type) => Is(type, Containers);

    public static bool IsTuple(Type type) => Is(type, Tuples);

    public static bool IsImmutableContainer(Type type) => Is(type, ImmutableContainers);

    public static bool IsGrainReference(Type type) => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type);

    /// <summary>The registered converter for a type, looked for in the type's users' assemblies.</summary>
    public static Type? ConverterOf(Type type) => Converters.GetValueOrDefault(type);

    /// <summary>Reads the converters that an assembly registers.</summary>
    public static void Register(Assembly assembly)
    {
        foreach (var type in GrainAssemblies.TypesOf(assembly).Where(t => t.IsDefined(typeof(RegisterConverterAttribute))))
        {
            foreach (var service in type.GetInterfaces().Where(i =>
                i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IConverter<,>)))
            {
                Converters[service.GetGenericArguments()[0]] = type;
            }
        }
    }

    /// <summary>Checks that a type and every type that its members name can cross a call.</summary>
    /// <exception cref="CodecNotFoundException">One cannot.</exception>
    public static void Demand(Type type) => Demand(type, []);

    /// <summary>
    /// The fields that a copy takes over: those marked <see cref="IdAttribute"/>, the fields behind properties so
    /// marked, and those of a record's primary constructor.
    /// </summary>
    public static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        if (IsTuple(type))
        {
            return type.GetFields(Declared);
        }

        var positional = PositionalNames(type);
        var own = type.GetFields(Declared).Where(field =>
            field.IsDefined(typeof(IdAttribute), inherit: false)
            || (PropertyName(field) is { } name
                && (positional.Contains(name)
                    || type.GetProperty(name, Declared)?.IsDefined(typeof(IdAttribute), inherit: false) == true)));
        var parent = type.BaseType;
        return parent is null || parent == typeof(object) || parent == typeof(ValueType) || !IsMessage(parent)
            ? own
            : FieldsOf(parent).Concat(own);
    }

    public static bool IsMessage(Type type) =>
        type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false);

    public static CodecNotFoundException Missing(Type type) => new(
        $"Could not find a copier for type {type}. Mark it [GenerateSerializer] and its members [Id(n)], "
        + "or register a converter for it.");

    private static bool FindImmutable(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || Values.Contains(type) || type.IsDefined(typeof(ImmutableAttribute), false))
        {
            return type != typeof(object);
        }

        if (typeof(Exception).IsAssignableFrom(type) || typeof(Calls.GrainReference).IsAssignableFrom(type))
        {
            return true;
        }

        return (IsTuple(type) || IsImmutableContainer(type))
            && type.GetGenericArguments().All(part => IsImmutable(part) && (part.IsSealed || part.IsValueType));
    }

    private static void Demand(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type) || type.IsPrimitive || type.IsEnum || type.IsInterface || Values.Contains(type)
            || typeof(Exception).IsAssignableFrom(type) || ConverterOf(type) is not null)
        {
            return;
        }

        if (type.IsArray && type.GetArrayRank() == 1)
        {
            Demand(type.GetElementType()!, seen);
        }
        else if (IsContainer(type) || IsTuple(type) || IsImmutableContainer(type))
        {
            foreach (var part in type.GetGenericArguments())
            {
                Demand(part, seen);
            }
        }
        else if (IsMessage(type))
        {
            foreach (var field in FieldsOf(type))
            {
                Demand(field.FieldType, seen);
            }
        }
        else if (!type.IsAbstract)
        {
            throw Missing(type);
        }
    }

    private static bool Is(Type type, HashSet<Type> definitions) =>
        type.IsGenericType && definitions.Contains(type.GetGenericTypeDefinition());

    private static string? PropertyName(FieldInfo field)
    {
        const string End = ">k__BackingField";
        return field.Name.StartsWith('<') && field.Name.EndsWith(End, StringComparison.Ordinal)
            ? field.Name[1..^End.Length]
            : null;
    }

    // A record class has a compiler-made clone method, a record struct a compiler-made PrintMembers; the primary
    // constructor is the one whose parameters all name properties.
    private static HashSet<string> PositionalNames(Type type)
    {
        var isRecord = type.GetMethod("<Clone>$") is not null
            || (type.IsValueType && type.GetMethod("PrintMembers", Declared)?
                .IsDefined(typeof(CompilerGeneratedAttribute), false) == true);
        if (!isRecord)
        {
            return [];
        }

        var candidates = type.GetConstructors(Declared)
            .Select(c => c.GetParameters())
            .Where(p => p.Length > 0 && p.All(x => type.GetProperty(x.Name!, Declared)?.PropertyType == x.ParameterType));
        return [.. candidates.MaxBy(p => p.Length)?.Select(p => p.Name!) ?? []];
    }
}
