using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Witnessing;

namespace ProvenanceGrains.Cli.Witnesses;

/// <summary>The witness: for each log the decisions one after another, each state on the disk before its answer.</summary>
internal sealed class Witness
{
    private readonly Dictionary<string, WitnessLine> _logs;
    private readonly SignerKey _key;
    private readonly TimeProvider _time;
    private readonly Action<WitnessedLog> _persist;

    /// <param name="logKeys">The logs that are witnessed; keys of one name are one log's.</param>
    /// <param name="key">The witness's key.</param>
    /// <param name="read">The kept state of a log, by its keys.</param>
    /// <param name="persist">Makes a state durable before it returns, or throws.</param>
    /// <param name="time">The clock of the cosignatures.</param>
    public Witness(
        IEnumerable<VerifierKey> logKeys,
        SignerKey key,
        Func<IReadOnlyCollection<VerifierKey>, WitnessedLog?> read,
        Action<WitnessedLog> persist,
        TimeProvider time)
    {
        _key = key;
        _time = time;
        _persist = persist;
        _logs = logKeys.GroupBy(log => log.Name, StringComparer.Ordinal).ToDictionary(
            keys => WitnessedLog.OriginHash(keys.Key), keys => new WitnessLine([.. keys]) { State = read([.. keys]) }, StringComparer.Ordinal);
    }

    /// <summary>Answers <c>add-checkpoint</c>.</summary>
    /// <exception cref="IOException">The state cannot be made durable: there is no cosignature, and the old state stands.</exception>
    public async Task<WitnessAnswer> AddCheckpointAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        if (!AddCheckpointRequest.TryParse(body.Span, out var request, out var error))
        {
            return WitnessRules.Malformed(error);
        }

        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        if (!_logs.TryGetValue(WitnessedLog.OriginHash(request.Checkpoint.Origin), out var log))
        {
            return WitnessRules.Decide(request, [], null, _key, now);
        }

        await log.Gate.WaitAsync(cancellation);
        try
        {
            var answer = WitnessRules.Decide(request, log.Keys, log.State, _key, now);
            if (answer.State is { } next)
            {
                // A crash after this line leaves a cosigned checkpoint that nobody received: the log asks again and is told its size.
                _persist(next);
                log.State = next;
            }

            return answer;
        }
        finally
        {
            log.Gate.Release();
        }
    }

    /// <summary>The latest cosigned checkpoint for the monitoring prefix; null if there is none.</summary>
    public SignedNote? Latest(string originHash) => _logs.GetValueOrDefault(originHash)?.State?.Note;

    private sealed class WitnessLine(VerifierKey[] keys)
    {
        private volatile WitnessedLog? _state;

        public VerifierKey[] Keys { get; } = keys;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        /// <summary>Written under the gate once the witness serves; read by anyone.</summary>
        public WitnessedLog? State
        {
            get => _state;
            set => _state = value;
        }
    }
}
