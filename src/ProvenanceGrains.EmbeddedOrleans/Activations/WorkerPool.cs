using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Calls;

namespace ProvenanceGrains.EmbeddedOrleans.Activations;

/// <summary>
/// The activations of one stateless worker grain. A call goes to one that is free, else to a new one, else to the
/// least loaded. Calls are counted in under the pool's lock, so they are never run inline.
/// </summary>
internal sealed class WorkerPool(GrainClass grainClass, string key)
{
    private readonly Lock _gate = new();
    private Activation[] _workers = [];

    public IReadOnlyList<Activation> Workers => Volatile.Read(ref _workers);

    public void Take(GrainCall call)
    {
        call.Detach();
        lock (_gate)
        {
            while (true)
            {
                var worker = _workers.Length == 0 ? null : _workers.MinBy(w => w.Load);
                if (worker is null || (worker.Load > 0 && _workers.Length < grainClass.MaxWorkers))
                {
                    if (grainClass.Silo.IsStopping)
                    {
                        call.Fail(new SiloUnavailableException("The host is stopping."));
                        return;
                    }

                    worker = new Activation(grainClass, key);
                    _workers = [.. _workers, worker];
                }

                if (worker.TryTake(call, inline: false))
                {
                    return;
                }

                _workers = [.. _workers.Where(w => w != worker)];
            }
        }
    }

    // Called under the worker's lock, and Take holds the pool's while it takes a worker's: so this one must not wait.
    public void Remove(Activation worker) => ThreadPool.UnsafeQueueUserWorkItem(
        static state =>
        {
            lock (state.Pool._gate)
            {
                state.Pool._workers = [.. state.Pool._workers.Where(w => w != state.Worker)];
            }
        },
        (Pool: this, Worker: worker),
        preferLocal: false);
}
