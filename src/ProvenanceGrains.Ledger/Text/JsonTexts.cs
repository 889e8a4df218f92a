using System.Text.Json;

namespace ProvenanceGrains.Ledger.Text;

/// <summary>Texts of parsed JSON. Reading one throws where an escape makes half a surrogate pair: here that is no text.</summary>
internal static class JsonTexts
{
    /// <summary>The text; null if the value is none.</summary>
    public static string? Read(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A member's text; null if there is none.</summary>
    public static string? Read(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? Read(value) : null;
}
