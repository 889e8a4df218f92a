using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Grains.Capture;

/// <summary>Which events of a batch the log holds already.</summary>
internal sealed class KnownEvents
{
    private readonly HashSet<CapturedEvent> _conflicting = [];

    private KnownEvents()
    {
    }

    /// <summary>Not in the log.</summary>
    public List<CapturedEvent> Fresh { get; } = [];

    /// <summary>In the log with the same content.</summary>
    public List<CapturedEvent> Repeated { get; } = [];

    /// <summary>In the log with other content.</summary>
    public List<CaptureError> Conflicts { get; } = [];

    /// <summary>The unit that brought the first of <see cref="Repeated"/>.</summary>
    public UInt128 FirstUnit { get; private set; }

    public static async Task<KnownEvents> FindAsync(
        IMatterIndex index, IReadOnlyList<CapturedEvent> events, CancellationToken cancellation)
    {
        var known = new KnownEvents();
        var taken = await index.FindClaimsAsync([.. events.Select(e => e.Claim)], cancellation);
        foreach (var captured in events)
        {
            if (!taken.ContainsKey(captured.Claim))
            {
                known.Fresh.Add(captured);
                continue;
            }

            var stored = await index.FindByClaimAsync(captured.Claim, cancellation)
                ?? throw new InvalidOperationException($"The claim of {captured.EventId} is taken by nothing.");
            if (captured.SaysTheSameAs(stored))
            {
                known.FirstUnit = known.Repeated.Count == 0 ? stored.UnitId : known.FirstUnit;
                known.Repeated.Add(captured);
            }
            else
            {
                known._conflicting.Add(captured);
                known.Conflicts.Add(captured.Conflict(
                    $"The eventID '{captured.EventId}' is taken by another event. An event is never changed: to correct it, send "
                    + "an errorDeclaration and a new event."));
            }
        }

        return known;
    }

    /// <summary>The ids of all events that are in the log once the fresh ones are.</summary>
    public IReadOnlyList<string> IdsInOrder(IReadOnlyList<CapturedEvent> events) =>
        [.. events.Where(e => !_conflicting.Contains(e)).Select(e => e.EventId)];
}
