using System.Globalization;

namespace ProvenanceGrains.Bench.Processes;

/// <summary>The figures of a silo's <c>/metrics</c> at one moment.</summary>
internal sealed class SiloMetrics
{
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);

    /// <param name="text">Prometheus text.</param>
    public SiloMetrics(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            var blank = line.LastIndexOf(' ');
            _values[line[..blank]] = double.Parse(line[(blank + 1)..], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Events captured since the start.</summary>
    public long Events => (long)this["provenance_capture_events_total"];

    /// <summary>Entries in the log.</summary>
    public long Entries => (long)this["provenance_store_entries"];

    /// <summary>Calls of fsync on the journal since the start.</summary>
    public long Syncs => (long)this["provenance_store_syncs_total"];

    public long WorkingSet => (long)this["process_working_set_bytes"];

    public long GcHeap => (long)this["dotnet_gc_heap_bytes"];

    /// <summary>Whether everything that is durable is sealed and indexed too.</summary>
    public bool IsQuiet => this["provenance_log_unsealed_entries"] == 0 && this["provenance_index_lag_entries"] == 0;

    /// <exception cref="BenchException">There is no such figure.</exception>
    public double this[string name] =>
        _values.TryGetValue(name, out var value) ? value : throw new BenchException($"/metrics has no '{name}'.");
}
