using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ProvenanceGrains.Grains.Tests.Semantics;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Sealing.Witnessing;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Memory;
using ProvenanceGrains.TestKit.Sealing;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Grains.Tests.Sealing.Witnessing;

/// <summary>A sealer and its publication over stores in memory, with witnesses w0, w1, w2 of which two are the quorum.</summary>
internal sealed class WitnessedRig
{
    private readonly MemoryStore _journal = new(TextMatterProjector.Instance);
    private readonly JournalBook _book = new();
    private ChainSealer _sealer = null!;
    private int _written;

    public WitnessedRig(WitnessMode mode = WitnessMode.Hold)
    {
        Mode = mode;
        Store = new FaultySealStore(Memory);
        Witnesses = [.. Enumerable.Range(0, 3).Select(i => new FakeWitness($"w{i}", (byte)(i + 1), Key.Verifier))];
        var lines = Witnesses.Select(witness => $"witness {witness.Name} {witness.Key} {witness.Url}\n");
        var file = $"log {Key.Verifier}\n{string.Concat(lines)}group g 2 w0 w1 w2\nquorum g\n";
        Assert.True(LogPolicy.TryParse(Encoding.UTF8.GetBytes(file), out var policy, out var error), error);
        Policy = policy;
        Restart();
    }

    public static SignerKey Key { get; } = SignerKey.Create("log.example/test", NoteSignatureType.Ed25519, new byte[32]);

    public WitnessMode Mode { get; }

    public LogPolicy Policy { get; }

    public MemorySealStore Memory { get; } = new();

    public FaultySealStore Store { get; private set; }

    public FakeTime Time { get; } = new();

    public IReadOnlyList<FakeWitness> Witnesses { get; }

    public WitnessedPublication Publication { get; private set; } = null!;

    public WitnessingStatus Status { get; private set; } = null!;

    public SealingProgress Progress { get; private set; } = null!;

    /// <summary>A new process on what is stored. Entries stay; the witnesses know nothing of it.</summary>
    public void Restart()
    {
        Store = new FaultySealStore(Memory);
        Progress = new SealingProgress { HasWitnesses = true };
        Status = new WitnessingStatus(Policy, Mode, Time);
        Publication = new WitnessedPublication(
            Store,
            Policy,
            Key.Verifier,
            new FakeWitnesses(Witnesses),
            new WitnessingOptions { Mode = Mode },
            Progress,
            Status,
            Time,
            NullLogger<WitnessedPublication>.Instance);
        _sealer = new ChainSealer(_journal, Store, Key, HashedEntityIndex.Instance, Time, Publication);
    }

    /// <summary>Writes one entry and seals it.</summary>
    public async Task SealAsync()
    {
        _written++;
        var part = new Part(EntityId.Create("lot", $"01/{_written % 3}"), "");
        var unit = _book.Write((UInt128)_written, _written, new MatterDraft("#"u8.ToArray(), [part], []));
        Assert.IsType<AppendOutcome.Committed>(await _journal.AppendAsync(unit, null, default));
        await RecoverAsync();
    }

    /// <summary>Lets the sealer take up what is stored and waiting.</summary>
    public Task RecoverAsync() => _sealer.SealAsync(default);

    /// <summary>One try to publish; time passes as it needs.</summary>
    public async Task<bool> StepAsync()
    {
        var step = Publication.StepAsync(default);
        await Time.AdvanceUntilAsync(step);
        return await step;
    }

    public async Task<bool> SealAndStepAsync()
    {
        await SealAsync();
        return await StepAsync();
    }

    public async Task<byte[]?> PublishedAsync() => await Memory.ReadCheckpointAsync(default);

    /// <summary>Size of what is published, which must have the quorum; 0 if nothing is.</summary>
    public async Task<long> WitnessedSizeAsync()
    {
        if (await PublishedAsync() is not { } published)
        {
            return 0;
        }

        Assert.True(Policy.TryOpenCheckpoint(published, out var checkpoint, out var error), error);
        return checkpoint.Checkpoint.Size;
    }

    /// <summary>The same log with another past, and witnesses that remember this one.</summary>
    public WitnessedRig Fork()
    {
        var fork = new WitnessedRig(Mode) { _written = 1000 };
        for (var i = 0; i < Witnesses.Count; i++)
        {
            fork.Witnesses[i].State = Witnesses[i].State;
        }

        return fork;
    }
}
