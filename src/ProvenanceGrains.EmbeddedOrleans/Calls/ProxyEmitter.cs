using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Orleans;
using ProvenanceGrains.EmbeddedOrleans.Activations;
using ProvenanceGrains.EmbeddedOrleans.Copying;

namespace System.Runtime.CompilerServices
{
    /// <summary>Known to the runtime by name: lets an emitted assembly use the internals of another.</summary>
    [AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
    internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
    {
        public string AssemblyName { get; } = assemblyName;
    }
}

namespace ProvenanceGrains.EmbeddedOrleans.Calls
{
    /// <summary>
    /// Emits, for one grain interface, a proxy class and for each method a call class: a field for each argument and
    /// the one call on the grain. Grain interfaces may be internal, hence the access attribute.
    /// </summary>
    internal static class ProxyEmitter
    {
        private const BindingFlags AnyInstance =
            BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;

        private static readonly Type[] ProxyArguments = [typeof(GrainClass), typeof(string), typeof(GrainInterface)];

        public static Func<GrainClass, string, GrainInterface, GrainReference> Emit(Type type, MethodInfo[] methods)
        {
            var assembly = AssemblyBuilder.DefineDynamicAssembly(
                new AssemblyName($"EmbeddedOrleans.Proxy.{type.FullName}"), AssemblyBuilderAccess.Run);
            OpenInternals(assembly, type, methods);
            var module = assembly.DefineDynamicModule("proxy");
            var proxy = module.DefineType(
                $"Proxy.{type.Name}",
                TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.Class,
                typeof(GrainReference),
                [type]);
            EmitConstructor(proxy);
            for (var i = 0; i < methods.Length; i++)
            {
                EmitMethod(proxy, methods[i], i, EmitCall(module, methods[i], $"Call{i}.{methods[i].Name}"));
            }

            var made = proxy.CreateType();
            var create = new DynamicMethod("Create", typeof(GrainReference), ProxyArguments, made, skipVisibility: true);
            var il = create.GetILGenerator();
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Newobj, made.GetConstructor(ProxyArguments)!);
            il.Emit(OpCodes.Ret);
            return create.CreateDelegate<Func<GrainClass, string, GrainInterface, GrainReference>>();
        }

        private static void OpenInternals(AssemblyBuilder assembly, Type type, MethodInfo[] methods)
        {
            var names = methods.SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType))
                .SelectMany(Parts)
                .Concat(type.GetInterfaces())
                .Append(type)
                .Append(typeof(ProxyEmitter))
                .Select(t => t.Assembly.GetName().Name!)
                .Distinct(StringComparer.Ordinal);
            var attribute = typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;
            foreach (var name in names)
            {
                assembly.SetCustomAttribute(new CustomAttributeBuilder(attribute, [name]));
            }
        }

        private static IEnumerable<Type> Parts(Type type) =>
            (type.HasElementType ? Parts(type.GetElementType()!) : type.GetGenericArguments().SelectMany(Parts)).Append(type);

        private static void EmitConstructor(TypeBuilder proxy)
        {
            var il = proxy.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, ProxyArguments)
                .GetILGenerator();
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Ldarg_3);
            il.Emit(OpCodes.Call, typeof(GrainReference).GetConstructor(AnyInstance, ProxyArguments)!);
            il.Emit(OpCodes.Ret);
        }

        private static Type EmitCall(ModuleBuilder module, MethodInfo method, string name)
        {
            var result = GrainInterface.ResultOf(method);
            var parent = result is null ? typeof(VoidGrainCall) : typeof(GrainCall<>).MakeGenericType(result);
            var type = module.DefineType(name, TypeAttributes.Public | TypeAttributes.Sealed, parent);
            var fields = method.GetParameters()
                .Select((p, i) => type.DefineField($"Argument{i}", p.ParameterType, FieldAttributes.Public))
                .ToArray();

            var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [])
                .GetILGenerator();
            constructor.Emit(OpCodes.Ldarg_0);
            constructor.Emit(OpCodes.Call, parent.GetConstructor(AnyInstance, [])!);
            constructor.Emit(OpCodes.Ret);

            var slot = parent.GetMethod(result is null ? "StartVoid" : "Start", AnyInstance)!;
            var start = type.DefineMethod(
                slot.Name,
                MethodAttributes.Family | MethodAttributes.Virtual | MethodAttributes.HideBySig,
                slot.ReturnType,
                [typeof(object)]);
            var il = start.GetILGenerator();
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Castclass, method.DeclaringType!);
            foreach (var field in fields)
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Ldfld, field);
            }

            il.Emit(OpCodes.Callvirt, method);
            if (method.ReturnType.IsValueType)
            {
                var local = il.DeclareLocal(method.ReturnType);
                il.Emit(OpCodes.Stloc, local);
                il.Emit(OpCodes.Ldloca, local);
                il.Emit(OpCodes.Call, method.ReturnType.GetMethod(nameof(ValueTask.AsTask))!);
            }

            il.Emit(OpCodes.Ret);
            type.DefineMethodOverride(start, slot);
            return type.CreateType();
        }

        private static void EmitMethod(TypeBuilder proxy, MethodInfo method, int index, Type call)
        {
            var parameters = method.GetParameters();
            var body = proxy.DefineMethod(
                $"{method.DeclaringType!.Name}.{method.Name}",
                MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig
                    | MethodAttributes.NewSlot,
                method.ReturnType,
                [.. parameters.Select(p => p.ParameterType)]);
            var il = body.GetILGenerator();
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Newobj, call.GetConstructor([])!);
            for (var i = 0; i < parameters.Length; i++)
            {
                EmitArgument(il, parameters[i], i, call);
            }

            il.Emit(OpCodes.Ldc_I4, index);
            var result = GrainInterface.ResultOf(method) ?? typeof(bool);
            il.Emit(OpCodes.Call, typeof(GrainReference).GetMethod("Send", AnyInstance)!.MakeGenericMethod(result));
            if (method.ReturnType.IsValueType)
            {
                var task = method.ReturnType.IsGenericType ? typeof(Task<>).MakeGenericType(result) : typeof(Task);
                il.Emit(OpCodes.Newobj, method.ReturnType.GetConstructor([task])!);
            }

            il.Emit(OpCodes.Ret);
            proxy.DefineMethodOverride(body, method);
        }

        private static void EmitArgument(ILGenerator il, ParameterInfo parameter, int index, Type call)
        {
            var type = parameter.ParameterType;
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldarg, (short)(index + 1));
            if (!CopyRules.IsImmutable(type) && !parameter.IsDefined(typeof(ImmutableAttribute), inherit: false))
            {
                il.Emit(OpCodes.Call, typeof(DeepCopier).GetMethod(nameof(DeepCopier.Copy))!.MakeGenericMethod(type));
            }

            il.Emit(OpCodes.Stfld, call.GetField($"Argument{index}")!);
            if (type == typeof(CancellationToken))
            {
                il.Emit(OpCodes.Dup);
                il.Emit(OpCodes.Ldarg, (short)(index + 1));
                il.Emit(OpCodes.Call, typeof(GrainCall).GetProperty(nameof(GrainCall.Token))!.SetMethod!);
            }
        }
    }
}
