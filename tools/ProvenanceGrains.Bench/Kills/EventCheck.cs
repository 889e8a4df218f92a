using System.Net;
using System.Text.Json;
using ProvenanceGrains.Bench.Documents;
using ProvenanceGrains.Bench.Processes;

namespace ProvenanceGrains.Bench.Kills;

/// <summary>Looks whether a silo has the events that it must have, as they were sent, and none that it must not have.</summary>
internal sealed class EventCheck(HttpClient silo)
{
    private const int Parallel = 8;

    /// <summary>Every event is there and says what was sent.</summary>
    public Task HasAllAsync(IEnumerable<SentEvent> events, CancellationToken cancellation) => ForEachAsync(events, async (sent, stop) =>
    {
        if (!await HasAsync(sent, stop))
        {
            throw new BenchException($"LOST: event {sent.Id} was acknowledged and is not there.");
        }
    }, cancellation);

    /// <summary>No event of these ids is there.</summary>
    public Task HasNoneAsync(IEnumerable<string> ids, CancellationToken cancellation) => ForEachAsync(ids, async (id, stop) =>
    {
        if (await FindAsync(id, stop) is not null)
        {
            throw new BenchException($"INVENTED: event {id} came in a document that had to be refused, and is there.");
        }
    }, cancellation);

    /// <summary>Whether a document that got no answer is there. It is whole or not at all.</summary>
    /// <param name="document">The document.</param>
    /// <param name="before">Ids that earlier documents brought.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<bool> IsWholeAsync(SentDocument document, IReadOnlySet<string> before, CancellationToken cancellation)
    {
        var own = document.Events.Where(sent => !before.Contains(sent.Id)).ToArray();
        var found = 0;
        foreach (var sent in own)
        {
            found += await HasAsync(sent, cancellation) ? 1 : 0;
        }

        return found == own.Length || found == 0
            ? found == own.Length
            : throw new BenchException($"HALF: of a document's {own.Length} events {found} are there; the first is {own[0].Id}.");
    }

    private static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, ValueTask> check, CancellationToken cancellation) =>
        System.Threading.Tasks.Parallel.ForEachAsync(
            items, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellation }, check);

    private async Task<bool> HasAsync(SentEvent sent, CancellationToken cancellation)
    {
        if (await FindAsync(sent.Id, cancellation) is not { } json)
        {
            return false;
        }

        using var expected = JsonDocument.Parse(sent.Json);
        using var stored = JsonDocument.Parse(json);
        foreach (var member in expected.RootElement.EnumerateObject())
        {
            if (!stored.RootElement.TryGetProperty(member.Name, out var value) || !JsonElement.DeepEquals(member.Value, value))
            {
                throw new BenchException($"CHANGED: '{member.Name}' of event {sent.Id} is not what was sent: {json}");
            }
        }

        return true;
    }

    private async Task<string?> FindAsync(string id, CancellationToken cancellation)
    {
        using var answer = await silo.GetAsync("events/" + Uri.EscapeDataString(id), cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => text,
            HttpStatusCode.NotFound => null,
            _ => throw new BenchException($"Asked for event {id}, the silo answers {(int)answer.StatusCode}: {text}"),
        };
    }
}
