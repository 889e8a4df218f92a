using ProvenanceGrains.Grains.Contracts.Journals;
using ProvenanceGrains.Grains.Journals;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>Runs the production grain classes of one silo: turn by turn, one call at a time for each activation.</summary>
/// <remarks>
/// What no runtime promises is not kept either: an activation may be there twice, and calls then go to either (G2).
/// </remarks>
internal sealed class SimulatedGrains(IJournalReader store, SeededRandom random, PlantedBug bug) : IGrainFactory
{
    private readonly Dictionary<string, List<Activation>> _activations = new(StringComparer.Ordinal);
    private readonly List<string> _keys = [];

    /// <summary>Once in how many calls a second activation comes up; 0 for never.</summary>
    public int DuplicatesOnceIn { get; set; }

    public int Duplicates { get; private set; }

    /// <summary>The directory comes to rest: of each grain the activation that was made last is left.</summary>
    public void KeepOneOfEach()
    {
        DuplicatesOnceIn = 0;
        foreach (var activations in _activations.Values)
        {
            activations.RemoveRange(0, activations.Count - 1);
        }
    }

    /// <summary>An activation is collected, as after a time without calls.</summary>
    public void DropOne()
    {
        if (_keys.Count > 0)
        {
            _activations.Remove(_keys[random.Next(_keys.Count)]);
        }
    }

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        object reference = typeof(TGrainInterface) == typeof(ILotGrain)
            ? new LotReference(this, primaryKey)
            : new OtherReference(this, primaryKey);
        return (TGrainInterface)reference;
    }

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey => throw new NotSupportedException("No grain of the engine has such a key.");

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey => throw new NotSupportedException("No grain of the engine has such a key.");

    private Activation Route(string type, string key)
    {
        var name = $"{type}/{key}";
        if (!_activations.TryGetValue(name, out var activations))
        {
            _activations.Add(name, activations = []);
            if (!_keys.Contains(name))
            {
                _keys.Add(name);
            }
        }

        var duplicates = activations.Count > 0 && random.OneIn(DuplicatesOnceIn);
        if (activations.Count == 0 || duplicates)
        {
            Duplicates += duplicates ? 1 : 0;
            var context = new Context(GrainId.Create(type, key));
            Grain grain = type == "lot"
                ? new LotGrain(context, store, HashedEntityIndex.Instance)
                : new OtherJournalGrain(context, store, HashedEntityIndex.Instance);
            _ = grain.OnActivateAsync(CancellationToken.None);
            activations.Add(new Activation((IJournalGrain)grain));
        }

        return random.Pick(activations);
    }

    private Task<ChainedEntries> ChainAsync(string type, string key, ChainRequest request) =>
        Route(type, key).CallAsync(grain => grain.ChainAsync(request));

    private Task ForgetAsync(string type, string key) => bug == PlantedBug.DoesNotReload
        ? Task.CompletedTask
        : Route(type, key).CallAsync(async grain =>
        {
            await grain.ForgetAsync();
            return true;
        });

    private sealed class Activation(IJournalGrain grain)
    {
        private Task _last = Task.CompletedTask;

        public async Task<T> CallAsync<T>(Func<IJournalGrain, Task<T>> call)
        {
            var before = _last;
            var mine = new TaskCompletionSource();
            _last = mine.Task;
            await Task.Yield();
            await before;
            try
            {
                return await call(grain);
            }
            finally
            {
                mine.SetResult();
            }
        }
    }

    private sealed class LotReference(SimulatedGrains silo, string key) : ILotGrain
    {
        public Task<ChainedEntries> ChainAsync(ChainRequest request) => silo.ChainAsync("lot", key, request);

        public Task ForgetAsync() => silo.ForgetAsync("lot", key);
    }

    private sealed class OtherReference(SimulatedGrains silo, string key) : IOtherJournalGrain
    {
        public Task<ChainedEntries> ChainAsync(ChainRequest request) => silo.ChainAsync("otherjournal", key, request);

        public Task ForgetAsync() => silo.ForgetAsync("otherjournal", key);
    }

    private sealed class Context(GrainId id) : IGrainContext
    {
        public GrainId GrainId => id;

        public object? GrainInstance => null;

        public IServiceProvider ActivationServices => throw new NotSupportedException("Grains take what they need.");

        public Task Deactivated => throw new NotSupportedException("Nobody waits for the end of an activation.");

        public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("No grain of the engine ends itself.");
    }
}
