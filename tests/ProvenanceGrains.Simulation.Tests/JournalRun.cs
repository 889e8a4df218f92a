using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage;
using ProvenanceGrains.TestKit.Simulation;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Simulation.Tests;

/// <summary>Lives of a journal store over one disk, of which the first meets a fault.</summary>
internal sealed class JournalRun
{
    /// <summary>Units of a life that meets no fault.</summary>
    public const int UnitsPerLife = 7;

    private readonly SupplyChainUnits _units;
    private readonly List<(CommitUnit Unit, long First)> _acknowledged = [];

    /// <param name="call">The file call that fails, counted from 0.</param>
    /// <param name="persisted">Whether it does what it says it did not.</param>
    /// <param name="seed">Of the disk.</param>
    /// <param name="units">Seed of what is written.</param>
    public JournalRun(int call, bool persisted, ulong seed, int units = 11)
    {
        _units = new SupplyChainUnits(units);
        Disk = new SimulatedDisk(new SeededRandom(seed)) { FailedCallsPersist = persisted };
        Disk.FailAfter(call);
    }

    public SimulatedDisk Disk { get; }

    public bool HasFailed { get; private set; }

    public async Task LiveAsync(int count = UnitsPerLife)
    {
        try
        {
            using var journal = Open();
            var book = new JournalBook();
            foreach (var entity in journal.Index.Journals.Keys)
            {
                book.SetHead(entity, await journal.Index.GetHeadAsync(entity, default));
            }

            for (var i = 0; i < count; i++)
            {
                var unit = _units.Next(book, 4);
                var pending = journal.AppendAsync(unit, null, default);
                journal.Commit();
                _acknowledged.Add((unit, Assert.IsType<AppendOutcome.Committed>(await pending).FirstOrdinal));
            }
        }
        catch (Exception stopped) when (stopped is IOException or StoreUnavailableException)
        {
            HasFailed = true;
        }
        finally
        {
            Disk.Calm();
        }
    }

    public async Task CheckAsync(int acknowledged = UnitsPerLife)
    {
        using var journal = Open();
        var entries = await StoreChecker.CheckAsync(journal.Index);
        Assert.True(_acknowledged.Count >= acknowledged, "The second life was to acknowledge all that it wrote.");
        Assert.All(_acknowledged, unit => StoreChecker.Holds(entries, unit.Unit, unit.First));
    }

    private SimulatedJournal Open() =>
        new(Disk, 0, new SimulatedTime(), new SimulatedSize(SegmentBytes: 2_500, QueueUnits: 8), PlantedBug.None);
}
