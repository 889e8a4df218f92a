using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Grains.Capture;
using ProvenanceGrains.Grains.Journals;
using ProvenanceGrains.Grains.Parties;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>One silo: the production capture service, unit committer, grains and sealer over the simulated world.</summary>
/// <remarks>A second silo over the same stores has its own activation of every grain, and a sealer that does not know of the first one's blocks.</remarks>
internal sealed class SimulatedSilo : IDisposable
{
    private readonly UnitCommitter _committer;
    private readonly PartyDirectory _parties;

    public SimulatedSilo(
        SimulatedProcess process,
        SimulatedJournal journal,
        ISealStore seals,
        SignerKey key,
        HeadMapVersions versions,
        SimulatedTime time,
        SeededRandom random,
        PlantedBug bug)
    {
        var reader = new SimulatedReader(journal.Index, process, random, bug);
        var ids = new SeededIds(random.Fork());
        Grains = new SimulatedGrains(reader, random, bug);
        _committer = new UnitCommitter(Grains, journal, ids);
        _parties = new PartyDirectory(reader, _committer, ids, time);
        Capture = new CaptureService(_committer, reader, _parties, ids, time, ParseLimits.Default);
        var sealer = new ChainSealer(
            reader, seals, key, HashedEntityIndex.Instance, time, publication: null, versions);
        var careless = new CarelessSealer(reader, seals, key, time, bug);
        SealAsync = CarelessSealer.Replaces(bug)
            ? careless.SealAsync
            : () => sealer.SealAsync(CancellationToken.None);
    }

    public SimulatedGrains Grains { get; }

    public CaptureService Capture { get; }

    public Func<Task> SealAsync { get; }

    public void Dispose()
    {
        _parties.Dispose();
        _committer.Dispose();
    }
}
