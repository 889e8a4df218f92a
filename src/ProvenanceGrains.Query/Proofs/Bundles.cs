using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Query.Proofs;

/// <summary>What became of the wish for a bundle.</summary>
public abstract record BundleOutcome
{
    private BundleOutcome()
    {
    }

    /// <summary>Here it is, of an entity that the log knows or of one that it provably does not.</summary>
    public sealed record Made(Bundle Bundle) : BundleOutcome;

    /// <summary>The log has no block yet: nothing can be proven.</summary>
    public sealed record NoBlock : BundleOutcome;

    /// <summary>The journal is too large to be handed out whole.</summary>
    /// <param name="Entries">How many it has.</param>
    public sealed record TooLarge(long Entries) : BundleOutcome;

    /// <summary>The reader's share of the memory was refused: others hold it.</summary>
    public sealed record Busy : BundleOutcome;
}

/// <summary>
/// Makes bundles: everything about an entity, with the proof that it is everything, or that there is nothing. All of one bundle is proven
/// against one published checkpoint.
/// </summary>
public sealed class Bundles
{
    /// <summary>The most entries of the subject's journal.</summary>
    public const int MaxEntries = 20_000;

    /// <summary>The most bytes of payload; a request is not to hold more memory than some multiple of it.</summary>
    public const int MaxPayloadBytes = 16 << 20;

    /// <summary>The most signed captures; the entries of further ones come without their signatures.</summary>
    private const int MaxCaptures = 256;

    private const int MaxPartyEntries = 1_000;
    private const int EntriesPerRead = 64;

    private readonly LogProofs _proofs;
    private readonly HeadProofs _heads;
    private readonly IJournalReader _journals;
    private readonly IEntityIndexFunction _indexes;
    private readonly VerifierKey _logKey;
    private readonly BlockIdentity _chain;

    /// <param name="proofs">Of the log.</param>
    /// <param name="heads">Of the head map.</param>
    /// <param name="journals">The entries.</param>
    /// <param name="indexes">The log's index function.</param>
    /// <param name="logKey">Verifies the log's checkpoints; named in each bundle as a hint.</param>
    public Bundles(LogProofs proofs, HeadProofs heads, IJournalReader journals, IEntityIndexFunction indexes, VerifierKey logKey)
    {
        ArgumentNullException.ThrowIfNull(logKey);
        _proofs = proofs;
        _heads = heads;
        _journals = journals;
        _indexes = indexes;
        _logKey = logKey;
        _chain = BlockIdentity.Of(logKey, indexes.Rule);
    }

    /// <summary>Makes the bundle of an entity.</summary>
    /// <exception cref="InvalidDataException">The log's files or the journals do not hold what the checkpoint says.</exception>
    public ValueTask<BundleOutcome> MakeAsync(EntityId entity, CancellationToken cancellation) =>
        MakeAsync(entity, UnboundedMemory.Instance, cancellation);

    /// <summary>Makes the bundle of an entity within a share of the memory.</summary>
    /// <exception cref="InvalidDataException">The log's files or the journals do not hold what the checkpoint says.</exception>
    public async ValueTask<BundleOutcome> MakeAsync(EntityId entity, IReadMemory memory, CancellationToken cancellation)
    {
        var snapshot = await _proofs.SnapshotAsync(cancellation);
        if (snapshot is null || snapshot.BlockCount == 0)
        {
            return new BundleOutcome.NoBlock();
        }

        var reading = new Reading(snapshot, await _heads.MapAsync(snapshot, cancellation), memory, cancellation);
        if (entity == _chain.Entity)
        {
            return snapshot.BlockCount > MaxEntries ? new BundleOutcome.TooLarge(snapshot.BlockCount)
                : !reading.TryTake(snapshot.BlockCount) ? new BundleOutcome.Busy()
                : await FinishAsync(reading, [await ReadChainAsync(snapshot, cancellation)]);
        }

        if (await ReadAsync(reading, entity, MaxEntries) is not { } subject)
        {
            return reading.IsBusy
                ? new BundleOutcome.Busy()
                : new BundleOutcome.TooLarge(await LengthAsync(reading, entity));
        }

        var authors = await ReadAuthorsAsync(reading);
        return reading.IsBusy ? new BundleOutcome.Busy() : await FinishAsync(reading, [subject, .. authors.Where(journal => journal.Entity != entity)]);
    }

    private async ValueTask<BundleOutcome> FinishAsync(Reading reading, IReadOnlyList<BundleJournal> journals)
    {
        var (snapshot, cancellation) = (reading.Snapshot, reading.Cancellation);
        var block = await _proofs.Blocks.ReadAsync(snapshot.BlockCount - 1, cancellation);
        var first = await _proofs.Blocks.ReadAsync(0, cancellation);
        var leaves = journals.SelectMany(journal => journal.Entries).Select(entry => entry.LeafIndex)
            .Append(first.Content.BlockLeafIndex).Append(snapshot.Size - 1);
        return new BundleOutcome.Made(new Bundle
        {
            VkeyHint = _logKey.ToString(),
            Checkpoint = snapshot.Note,
            Block = new BundleBlock(block.Header.ToArray(), block.Content.ToArray()),
            FirstBlock = new BundleBlock(first.Header.ToArray(), first.Content.ToArray()),
            Journals = journals,
            Nodes = await _proofs.SharedInclusionAsync(snapshot, [.. leaves.Distinct().Order()], cancellation),
        });
    }

    /// <summary>The journals by which the authors of what was read can be checked: signed captures, and the parties that signed them.</summary>
    /// <remarks>What is too large is left out: then a verifier says that it could not check who said it.</remarks>
    private async ValueTask<List<BundleJournal>> ReadAuthorsAsync(Reading reading)
    {
        var journals = new List<BundleJournal>();
        var parties = new HashSet<EntityId>();
        foreach (var unit in reading.Units.Take(MaxCaptures).ToList())
        {
            var capture = EntityId.Create(SignedCapture.EntityKind, JobIds.Format(unit));
            if (await ReadAsync(reading, capture, 1) is not { Entries: [var entry] } journal)
            {
                continue;
            }

            journals.Add(journal);
            if (SignedCapture.TryParse(entry.Groups[^1].Content, out var signed, out _)
                && EntityId.TryCreate(PartyEntry.EntityKind, signed.Request.PartyId, out var party, out _)
                && parties.Add(party)
                && await ReadAsync(reading, party, MaxPartyEntries) is { Entries.Count: > 0 } keys)
            {
                journals.Add(keys);
            }
        }

        return journals;
    }

    private async ValueTask<long> LengthAsync(Reading reading, EntityId entity) => reading.Map is { } map
        ? map.Find(_indexes.Compute(entity))?.Length ?? 0
        : (await JournalExtent.MeasureAsync(_journals, entity, reading.Snapshot, reading.Cancellation)).Sealed;

    /// <returns>Null if it is too large.</returns>
    private async ValueTask<BundleJournal?> ReadAsync(Reading reading, EntityId entity, long most)
    {
        var length = await LengthAsync(reading, entity);
        if (length > most || !reading.TryTake(length))
        {
            return null;
        }

        var entries = new List<BundleEntry>((int)length);
        while (entries.Count < length)
        {
            var page = await _journals.ReadJournalAsync(
                entity, entries.Count, (int)Math.Min(EntriesPerRead, length - entries.Count), reading.Cancellation);
            foreach (var entry in page)
            {
                var leaf = await _proofs.LeafOfAsync(reading.Snapshot, entry.Ordinal, reading.Cancellation)
                    ?? throw new InvalidDataException($"No block holds entry {entry.Ordinal} of {entity}, which the log covers.");
                if (!reading.TryTake(entry))
                {
                    return null;
                }

                entries.Add(new BundleEntry(leaf, entry.Header.ToArray(), StoredGroups.Of(entry)));
            }

            if (page.Count == 0)
            {
                throw new InvalidDataException($"The journal of {entity} ends before entry {entries.Count}, but the log has {length}.");
            }
        }

        return new BundleJournal(entity, _indexes.Prove(entity), reading.Map?.Prove(_indexes.Compute(entity)), entries);
    }

    /// <summary>The sealer's own journal: the blocks.</summary>
    private async ValueTask<BundleJournal> ReadChainAsync(LogSnapshot snapshot, CancellationToken cancellation)
    {
        var entries = new List<BundleEntry>((int)snapshot.BlockCount);
        BlockRecord? previous = null;
        for (var height = 0L; height < snapshot.BlockCount; height++)
        {
            var block = await _proofs.Blocks.ReadAsync(height, cancellation);
            entries.Add(new BundleEntry(
                block.Content.BlockLeafIndex, block.Header.ToArray(), StoredGroups.Of(_chain, previous, block)));
            previous = block;
        }

        return new BundleJournal(_chain.Entity, null, null, entries);
    }

    /// <summary>What one bundle is made from, and how much it may still hold.</summary>
    private sealed class Reading(LogSnapshot snapshot, HeadMap? map, IReadMemory memory, CancellationToken cancellation)
    {
        private long _bytesLeft = MaxPayloadBytes;

        public LogSnapshot Snapshot => snapshot;

        /// <summary>Null for a log that has none yet.</summary>
        public HeadMap? Map => map;

        public CancellationToken Cancellation => cancellation;

        /// <summary>The requests that brought what was read.</summary>
        public HashSet<UInt128> Units { get; } = [];

        /// <summary>The memory was refused: what is read is not all, for now.</summary>
        public bool IsBusy { get; private set; }

        /// <summary>Takes memory for entries without their payloads.</summary>
        public bool TryTake(long entries) => TryTakeBytes(entries * IReadMemory.BytesPerEntry);

        /// <summary>Takes memory for the payload of an entry.</summary>
        public bool TryTake(StoredEntry entry)
        {
            Units.Add(entry.UnitId);
            var bytes = entry.Content.Bytes.Length;
            return (_bytesLeft -= bytes) >= 0 && TryTakeBytes(bytes);
        }

        private bool TryTakeBytes(long bytes)
        {
            IsBusy |= !memory.TryTake(bytes);
            return !IsBusy;
        }
    }
}
