using System.Text.Json;

namespace ProvenanceGrains.Epcis.Documents;

/// <summary>Reads an <c>@context</c> member's value.</summary>
internal static class ContextReader
{
    /// <summary>Reader on the value's first token; left on its last.</summary>
    /// <returns>What is in force from here on; null if the value is not a context (recorded).</returns>
    public static JsonLdContext? Read(
        ref Utf8JsonReader reader, ReadOnlyMemory<byte> body, ValueReader values, JsonLdContext? outer)
    {
        var errorsBefore = values.Errors.Count;
        var start = reader.TokenStartIndex;
        values.Walk(ref reader, "@context");
        if (values.Errors.Count != errorsBefore)
        {
            return null;
        }

        var value = body[(int)start..(int)reader.BytesConsumed];
        if (JsonLdContext.TryAppend(outer, value, values.Limits.MaxContextBytes, out var context, out var error))
        {
            return context;
        }

        values.Errors.Add(EpcisErrorCodes.InvalidValue, start, "@context", error);
        return null;
    }
}
