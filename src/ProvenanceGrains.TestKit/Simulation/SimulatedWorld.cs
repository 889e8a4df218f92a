using System.Security.Cryptography;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.TestKit.Sealing;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>Everything that outlives the engine's process: disk, seal store, clock, clients, and the engine of the moment.</summary>
internal sealed class SimulatedWorld : IDisposable
{
    private static readonly SignerKey LogKey =
        SignerKey.Create("log.example/simulated", NoteSignatureType.Ed25519, SHA256.HashData("simulated"u8));

    private readonly SeededRandom _parts;
    private readonly SimulatedSize _size;
    private readonly int _silos;
    private Dictionary<string, byte[]> _savedDisk = [];
    private MemorySealStore _savedSeals = new();

    public SimulatedWorld(SeededRandom random, PlantedBug bug)
    {
        Random = random;
        Bug = bug;
        _parts = random.Fork();
        _silos = random.Next(2) + 1;
        _size = new SimulatedSize(4_000 + random.Next(20_000), 3 + random.Next(8));
        Disk = new SimulatedDisk(random.Fork())
        {
            IgnoresSyncs = bug == PlantedBug.AcknowledgesBeforePersistence,
            HidesFailedSyncs = bug == PlantedBug.HidesFailedSync,
            LosesLastSync = bug == PlantedBug.LosesTailInCrash,
        };
        Seals = new MemorySealStore { IsStrict = bug != PlantedBug.SealsWithoutSwap };
        Documents = SimulatedDocuments.Make(random.Fork(), 5 + random.Next(8));
        Counts.Documents = Documents.Count;
    }

    public SeededRandom Random { get; }

    public PlantedBug Bug { get; }

    public SimulatedDisk Disk { get; }

    public MemorySealStore Seals { get; set; }

    public SimulatedTime Time { get; } = new();

    public IReadOnlyList<SimulatedDocument> Documents { get; }

    public SimulationCounts Counts { get; } = new();

    public SignerKey Key => LogKey;

    /// <summary>The running process; null between two.</summary>
    public SimulatedEngine? Engine { get; private set; }

    /// <summary>Once in how many writes of the seal store one fails; 0 for never.</summary>
    public int SealFaultsOnceIn { get; set; }

    /// <summary>Once in how many grain calls a second activation comes up; 0 for never.</summary>
    public int DuplicatesOnceIn { get; set; }

    /// <summary>Starts the engine on what the last one left behind.</summary>
    public void Start()
    {
        var process = new SimulatedProcess();
        var journal = new SimulatedJournal(Disk, SealedEntries(), Time, _size, Bug);
        var seals = CarelessSealStore.Replaces(Bug)
            ? new CarelessSealStore(Seals, process, _parts, FailsSeal, Bug)
            : new SimulatedSealStore(Seals, process, _parts, FailsSeal);
        var versions = new HeadMapVersions();
        var silos = Enumerable.Range(0, _silos)
            .Select(_ => new SimulatedSilo(process, journal, seals, Key, versions, Time, _parts.Fork(), Bug)).ToList();
        foreach (var silo in silos)
        {
            silo.Grains.DuplicatesOnceIn = DuplicatesOnceIn;
        }

        Engine = new SimulatedEngine(process, journal, seals, silos);
    }

    /// <summary>Somebody keeps a copy of both stores, to bring the engine back to it one day.</summary>
    public void Save()
    {
        _savedDisk = Disk.Copy();
        _savedSeals = new MemorySealStore(Seals);
    }

    /// <summary>Whether what was saved is older than what is there.</summary>
    public bool HasOlderSeals => _savedSeals.BlockCount < Seals.BlockCount;

    /// <summary>Sets the seal store back to the copy and, if asked to, the journal too, while the engine is down.</summary>
    public void RollBack(bool withJournal)
    {
        Kill();
        Seals = _savedSeals;
        if (withJournal)
        {
            Disk.Replace(_savedDisk);
        }

        Start();
    }

    /// <summary>The process ends in the middle of whatever it does.</summary>
    public void Kill()
    {
        if (Engine is { } engine)
        {
            Counts.Duplicates += engine.Silos.Sum(silo => silo.Grains.Duplicates);
            engine.Process.Kill();
            engine.Seals.Die();
            engine.Dispose();
            Engine = null;
        }

        foreach (var document in Documents)
        {
            document.UnderWay = 0;
        }
    }

    public void Dispose() => Kill();

    /// <summary>How many entries the sealer's store says are sealed: the journal must hold them.</summary>
    private long SealedEntries()
    {
        var blocks = Seals.BlockCount == 0 ? 0 : NextOrdinalOf(Settled.Result(Seals.ReadBlockAsync(Seals.BlockCount - 1, default))!);
        var stage = Settled.Result(Seals.ReadStageAsync(default));
        var committed = Settled.Result(Seals.ReadCommittedAsync(default));
        return stage is not null && committed is not null && stage.Checkpoint.Span.SequenceEqual(committed)
            ? Math.Max(blocks, NextOrdinalOf(stage.BlockRecord.Span))
            : blocks;
    }

    private static long NextOrdinalOf(ReadOnlySpan<byte> record) =>
        BlockRecord.TryParse(record, out var block, out var error)
            ? block.Content.NextOrdinal
            : throw new InvalidDataException(error);

    private bool FailsSeal()
    {
        var fails = _parts.OneIn(SealFaultsOnceIn);
        Counts.SealFaults += fails ? 1 : 0;
        return fails;
    }
}

/// <summary>One life of the engine.</summary>
internal sealed record SimulatedEngine(
    SimulatedProcess Process, SimulatedJournal Journal, SimulatedSealStore Seals, IReadOnlyList<SimulatedSilo> Silos) : IDisposable
{
    /// <summary>The sealing under way; grain turns keep two of them apart.</summary>
    public Task? Sealing { get; set; }

    public void Dispose()
    {
        foreach (var silo in Silos)
        {
            silo.Dispose();
        }

        Journal.Dispose();
    }
}
