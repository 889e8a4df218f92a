using System.Globalization;
using System.Text;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Epcis.Hashing;
using ProvenanceGrains.Grains.Capture;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Query.Events;
using ProvenanceGrains.Query.Lineages;
using ProvenanceGrains.Query.Proofs;
using ProvenanceGrains.Query.Stories;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Memory;
using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.TestKit.Sealing;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Api.Tests.Reading;

/// <summary>Everything that reading needs, in memory: a store, a sealed log over it and the queries, driven step by step.</summary>
internal sealed class SmallLog
{
    public const string Origin = "log.example.com/small";

    private readonly JournalBook _book = new();
    private readonly ChainSealer _sealer;
    private int _units;

    public SmallLog()
    {
        Key = SignerKey.Create(Origin, NoteSignatureType.Ed25519, new byte[32]);
        _sealer = new ChainSealer(Store, Seals, Key, HashedEntityIndex.Instance, new FixedTime());
        Proofs = new LogProofs(Seals);
        Histories = new Histories(Proofs, Store, Key.Verifier, HashedEntityIndex.Instance);
        Bundles = new Bundles(Proofs, new HeadProofs(Seals, Proofs, new HeadMapVersions()), Store, HashedEntityIndex.Instance, Key.Verifier);
        Lineage = new Lineage(Store, Store);
        Events = new EventQueries(Store, Store);
        Stories = new ProductStories(Store, Proofs, Lineage);
    }

    public static long NowMs => FixedTime.Now.ToUnixTimeMilliseconds();

    public MemoryStore Store { get; } = new(new EventProjector());

    public MemorySealStore Seals { get; } = new();

    public SignerKey Key { get; }

    public LogProofs Proofs { get; }

    public Histories Histories { get; }

    /// <summary>Without the sealer's versions of the head map, as a silo that only answers queries.</summary>
    public Bundles Bundles { get; }

    public Lineage Lineage { get; }

    public EventQueries Events { get; }

    public ProductStories Stories { get; }

    public byte[] Vkey => Encoding.UTF8.GetBytes(Key.Verifier.ToString());

    public static EntityId Lot(string key) => EntityId.Create(LotEntity.Kind, key);

    public Task SealAsync() => _sealer.SealAsync(CancellationToken.None);

    /// <summary>Commits the events of a document, or one bare event, as one unit.</summary>
    public async Task<long> CaptureAsync(ReadOnlyMemory<byte> json, long? timeMs = null)
    {
        var parsed = EpcisDocumentParser.Parse(json, ParseLimits.Default with { MaxFutureMs = null }, 0);
        Assert.True(parsed.IsValid, string.Join('\n', parsed.Errors));
        var drafts = new List<MatterDraft>();
        foreach (var one in parsed.Document!.Events)
        {
            var id = EventIdentity.Of(one);
            var parts = EventParticipants.Of(one, "party").Select(p => new Part(EntityId.Create(p.Kind, p.Key), p.Role));
            drafts.Add(new MatterDraft(one.ToStoredContent(id), [.. parts], [EventClaim.OfId(id)]));
        }

        return await CommitAsync(drafts, timeMs);
    }

    public Task<long> CaptureAsync(string json, long? timeMs = null) => CaptureAsync(Encoding.UTF8.GetBytes(json), timeMs);

    /// <summary>Commits entries about lots whose content is no EPCIS event; the index knows of it what is said here.</summary>
    public async Task<long> CommitAsync(IReadOnlyList<MatterDraft> drafts, long? timeMs = null, MatterProjection? projection = null)
    {
        _units++;
        var unit = _book.Write((UInt128)(uint)_units, timeMs ?? NowMs, drafts);
        var projector = new EventProjector();
        var projections = drafts
            .Select(draft => projection ?? projector.Project(EventClaim.EntryType, draft.Content)).ToList();
        var outcome = await Store.AppendAsync(unit, projections, CancellationToken.None);
        return Assert.IsType<AppendOutcome.Committed>(outcome).FirstOrdinal;
    }

    /// <summary>Commits one entry a lot, with a content that stands for something.</summary>
    public Task<long> AppendAsync(params string[] lots) => CommitAsync(
        [.. lots.Select((lot, i) => new MatterDraft(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"matter {_units}.{i}")),
            [new Part(Lot(lot), EventRoles.Epc)],
            []))]);

    private sealed class FixedTime : TimeProvider
    {
        public static readonly DateTimeOffset Now = new(2026, 11, 1, 10, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
