using ProvenanceGrains.Cli.Forks;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Incarnations;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>What is asked of an audit.</summary>
/// <param name="Key">The log's verifier key.</param>
/// <param name="Policy">Which witnesses must have cosigned what is published; null asks for none.</param>
/// <param name="StateFile">Where the state is kept between audits; null for nowhere.</param>
/// <param name="ForkFile">Where evidence of a fork goes.</param>
internal sealed record AuditOptions(VerifierKey Key, LogPolicy? Policy, string? StateFile, string ForkFile)
{
    /// <summary>By which function the log's indexes are made.</summary>
    public IndexRule Rule { get; init; } = IndexRule.Hash;

    /// <summary>Leaves between two savings of the state of an audit under way.</summary>
    public long SaveEvery { get; init; } = 1 << 20;
}

/// <summary>One audit under way: what it was asked, what it has seen and found.</summary>
internal sealed class AuditTask
{
    private readonly AuditOptions _options;
    private SignedCheckpoint? _target;
    private long _saved;

    /// <exception cref="UnusableException">The state file is damaged or another log's.</exception>
    public AuditTask(AuditOptions options, Findings findings)
    {
        _options = options;
        Findings = findings;
        State = options.StateFile is { } file ? AuditStateFile.Read(file, options.Key, options.Rule) : AuditState.Empty(options.Key, options.Rule);
        (Begun, _saved) = (State.Position, State.Position);
    }

    public VerifierKey Key => _options.Key;

    /// <inheritdoc cref="AuditOptions.Rule"/>
    public IndexRule Rule => _options.Rule;

    public Findings Findings { get; }

    public AuditState State { get; private set; }

    public LogReplay Replay => State.Replay;

    /// <summary>The leaf that the audit begins with.</summary>
    public long Begun { get; private set; }

    /// <summary>What was read of a data folder so far, for the state; null where only a public log is audited.</summary>
    public Func<AuditedPayloads>? Payloads { get; set; }

    /// <summary>Whether it is known that witnesses must cosign: then what is committed may not be public yet.</summary>
    public bool HasPolicy => _options.Policy is not null;

    /// <summary>Names of the witnesses whose cosignature on the published checkpoint verifies.</summary>
    public IReadOnlyCollection<string> CosignedBy { get; private set; } = [];

    /// <summary>Where evidence of a fork was written; null if none was.</summary>
    public string? ForkFile { get; private set; }

    /// <summary>Checkpoints of other sizes that the log must fit.</summary>
    public List<Checkpoint> Earlier { get; } = [];

    /// <summary>The link to the log before, if this one goes on from one that was set back.</summary>
    public IncarnationLink? Incarnation { get; private set; }

    /// <summary>Begins at leaf 0 all the same: of what was seen before only the checkpoint counts, which the log must still fit.</summary>
    public void Restart()
    {
        State = AuditState.Empty(Key, Rule) with { Seen = State.Seen };
        (Begun, _saved) = (0, 0);
    }

    /// <summary>Says what of the public log is not looked at because an earlier audit did.</summary>
    public void NoteSkippedLeaves()
    {
        if (Begun > 0)
        {
            Findings.Note(
                $"The first {Begun} leaves were verified by an earlier audit. Their entries and full tiles were not read again, but for the "
                + "bundle and tile that new leaves go on in, nor was it looked whether these files are still there.");
        }
    }

    /// <summary>Reads and verifies the link to the log before.</summary>
    public async Task ReadIncarnationAsync(ILogSource source, CancellationToken cancellation)
    {
        var number = IncarnationName.NumberOf(Key.Name);
        if (await source.ReadFileAsync("incarnation", cancellation) is not { } note)
        {
            if (number > 1)
            {
                Findings.Note($"By its name the log is incarnation {number}, but no note (incarnation) joins it to the one before.");
            }

            return;
        }

        if (!IncarnationLink.TryOpen(note, Key, out var link, out var error) || link.NewOrigin != Key.Name)
        {
            Findings.Fail(new Finding(error ?? $"It is of '{link!.NewOrigin}', not of '{Key.Name}'.", source.Prefix + "incarnation"));
            return;
        }

        Incarnation = link;
        Findings.Note($"It goes on from {link.OldOrigin}, last known with {link.OldSize} leaves, root {link.OldRoot.ToBase64()}.");
    }

    /// <summary>Opens a checkpoint; what is wrong with it becomes a failure of the file.</summary>
    public SignedCheckpoint? Open(byte[] note, string file)
    {
        if (SignedNote.TryParse(note, out var parsed, out var error)
            && LogCheckpoint.TryOpen(note, Key, out var checkpoint, out error))
        {
            return new SignedCheckpoint(checkpoint, parsed);
        }

        Findings.Fail(new Finding(error, file));
        return null;
    }

    /// <summary>Checks the witnesses' part in a checkpoint that is public: every known key's cosignature, and the quorum.</summary>
    public void CheckWitnesses(byte[] note, string file)
    {
        if (_options.Policy is not { } policy)
        {
            return;
        }

        if (policy.TryOpenCheckpoint(note, out var trusted, out var error))
        {
            CosignedBy = trusted.CosignedBy;
            return;
        }

        Findings.Fail(new Finding($"By the policy it is not to be trusted: {error}", file));
    }

    /// <summary>Holds a checkpoint against the newest one that was seen before.</summary>
    /// <returns>Whether the replay can go on to it.</returns>
    public async Task<bool> FitsStateAsync(SignedCheckpoint checkpoint, ILogSource source, string file, CancellationToken cancellation)
    {
        _target = checkpoint;
        if (State.Seen is not { } seen)
        {
            return true;
        }

        Earlier.Add(seen.Checkpoint);
        var rewound = State.WhyRewound(checkpoint.Checkpoint);
        if (rewound is not null)
        {
            Findings.Fail(new Finding(rewound, file));
        }

        return await FitsAsync(seen, checkpoint, source, file, cancellation) && rewound is null;
    }

    /// <summary>Compares two checkpoints; of a fork the evidence is kept.</summary>
    /// <returns>False for a fork; true also if it cannot be told, which the replay then does.</returns>
    public async Task<bool> FitsAsync(
        SignedCheckpoint one, SignedCheckpoint other, ILogSource source, string file, CancellationToken cancellation)
    {
        var verdict = await ForkSearch.RunAsync(one, other, source, cancellation);
        if (verdict.Evidence is not { } evidence)
        {
            return true;
        }

        Forks.ForkFile.Write(_options.ForkFile, evidence, Key);
        ForkFile = _options.ForkFile;
        Findings.Fail(new Finding($"A fork: {verdict.Reason} The evidence is in {ForkFile}.", file));
        return false;
    }

    /// <summary>Keeps the state of an audit under way, now and then, so that one that is stopped can go on. Nothing that failed is kept.</summary>
    public void SaveUnderWay()
    {
        if (Replay.Edge.Size - _saved >= _options.SaveEvery)
        {
            Save();
        }
    }

    /// <summary>Keeps the state, if there is a file for it, something new, and nothing has failed.</summary>
    public void Save()
    {
        if (_options.StateFile is { } file && Findings.FailureCount == 0 && _target is not null)
        {
            AuditStateFile.Write(file, Key, State with { Seen = _target, Payloads = Payloads?.Invoke() ?? State.Payloads });
            _saved = Replay.Edge.Size;
        }
    }
}
