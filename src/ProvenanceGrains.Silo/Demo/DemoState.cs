using System.Text.Json;
using ProvenanceGrains.Storage.Files;

namespace ProvenanceGrains.Silo.Demo;

/// <summary>What makes one data folder's demonstration repeatable: its key and when its story begins.</summary>
/// <param name="ApiKey">The demonstration's API key, in clear: it guards sample data only.</param>
/// <param name="Start">When the story begins; the events of a second start are then those of the first.</param>
internal sealed record DemoState(string ApiKey, DateTimeOffset Start)
{
    /// <summary>Reads <c>demo.json</c>, or makes it.</summary>
    public static DemoState LoadOrCreate(string dataFolder, Func<DemoState> create)
    {
        var path = Path.Combine(dataFolder, "demo.json");
        if (File.Exists(path))
        {
            try
            {
                return JsonSerializer.Deserialize<DemoState>(File.ReadAllBytes(path), JsonSerializerOptions.Web)
                    is { ApiKey.Length: > 0 } known && known.Start != default
                    ? known
                    : throw new InvalidDataException($"{path} lacks apiKey or start; delete it to have a new one.");
            }
            catch (JsonException damaged)
            {
                throw new InvalidDataException($"{path} is damaged; delete it to have a new one: {damaged.Message}", damaged);
            }
        }

        var state = create();
        DurableFile.Replace(
            path,
            JsonSerializer.SerializeToUtf8Bytes(state, JsonSerializerOptions.Web),
            SecretFile.Mode);
        return state;
    }
}
