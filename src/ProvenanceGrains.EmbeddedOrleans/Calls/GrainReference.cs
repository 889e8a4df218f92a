using System.Diagnostics.CodeAnalysis;
using Orleans;
using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Activations;

namespace ProvenanceGrains.EmbeddedOrleans.Calls;

/// <summary>
/// The base of the emitted proxies. It remembers the last activation that it reached: a hint, which the activation
/// itself refuses once it has ended.
/// </summary>
internal abstract class GrainReference(GrainClass grainClass, string key, GrainInterface grainInterface)
    : IAddressable, IEquatable<GrainReference>
{
    private Activation? _hint;

    internal GrainId GrainId => GrainId.Create(grainClass.TypeName, key);

    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;

    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => $"GrainReference:{GrainId}:{grainInterface.Type.Name}";

    /// <summary>A reference with another interface to the same grain, or to the grain object itself.</summary>
    internal static GrainReference Of(IAddressable grain, Type interfaceType) => grain switch
    {
        GrainReference reference when interfaceType.IsInstanceOfType(reference) => reference,
        GrainReference reference => reference.Class.Silo.Refer(reference.Class, reference.Key, interfaceType),
        IGrainBase { GrainContext: Activation activation } =>
            activation.Silo.Refer(activation.Class, activation.Key, interfaceType),
        _ => throw new ArgumentException($"{grain.GetType()} is neither a grain nor a grain reference.", nameof(grain)),
    };

    private GrainClass Class => grainClass;

    private string Key => key;

    /// <summary>Sends a call; the emitted proxy calls this with the method's place in the interface.</summary>
    protected Task<T> Send<T>(GrainCall<T> call, int method)
    {
        call.Method = grainInterface.Methods[method];
        if (call.Token.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(call.Token);
        }

        var silo = grainClass.Silo;
        var inline = !call.Method.OneWay;
        if (!inline)
        {
            call.Detach();
        }

        grainClass.Route(key, call, inline, ref _hint);
        if (call.Method.OneWay)
        {
            return Task.FromResult<T>(default!);
        }

        var answer = call.Answer;
        if (!answer.IsCompleted)
        {
            silo.Deadlines.Watch(call);
        }

        return answer;
    }
}
