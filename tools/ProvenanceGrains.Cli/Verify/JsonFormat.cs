using System.Text.Json;

namespace ProvenanceGrains.Cli.Verify;

/// <summary>Finds out what a JSON document says that it is.</summary>
internal static class JsonFormat
{
    /// <summary>The first top-level member <c>format</c> that is a string; null if there is none or the file is no JSON object.</summary>
    public static string? Of(ReadOnlySpan<byte> file)
    {
        var reader = new Utf8JsonReader(file);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isFormat = reader.ValueTextEquals("format"u8);
                if (!reader.Read())
                {
                    return null;
                }

                if (isFormat)
                {
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }

                reader.Skip();
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // Cut short or damaged: it says nothing that could be relied upon.
        }

        return null;
    }
}
