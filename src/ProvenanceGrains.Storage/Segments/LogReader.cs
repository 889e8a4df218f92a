using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage.Segments.Index;

namespace ProvenanceGrains.Storage.Segments;

/// <summary>Answers from the index where to look, and from the segments what is there. Any thread.</summary>
/// <remarks>
/// What is not indexed yet is found in memory: heads and claims in <see cref="HeadTable"/>, places in <see cref="Indexer"/>. The order is
/// always memory first, then index: the indexer removes from memory only after its transaction.
/// </remarks>
internal sealed class LogReader(
    SegmentFiles files,
    IndexDatabase index,
    Indexer indexer,
    HeadTable heads,
    HeaderRing ring,
    IEntityIndexFunction indexFunction) : ICommittedHeads
{
    public JournalHead FindHead(EntityIndex entityIndex, EntityId entity)
    {
        if (heads.TryGetHead(entityIndex, out var head, out var stamp))
        {
            return head;
        }

        if (!index.State.Entities.MayContain(IndexHash.Of(entityIndex.Value)))
        {
            return JournalHead.Empty;
        }

        head = index.Read(reader => ReadHead(reader, entityIndex, entity));
        if (head.Length > 0)
        {
            heads.Remember(entityIndex, head, stamp);
        }

        return head;
    }

    public bool TryFindClaim(Hash256 name, out long ordinal)
    {
        if (heads.TryGetClaim(name, out ordinal))
        {
            return true;
        }

        if (!index.State.Claims.MayContain(IndexHash.Of(name)))
        {
            return false;
        }

        var found = index.Read(reader => FindClaim(reader, name));
        ordinal = found ?? 0;
        return found is not null;
    }

    public IReadOnlyList<EntryHeader> ReadHeaders(long first, long end, CancellationToken cancellation)
    {
        if (first >= end)
        {
            return [];
        }

        if (ring.TryRead(first, end) is { } recent)
        {
            return recent;
        }

        var headers = new List<EntryHeader>((int)(end - first));
        while (first < end)
        {
            cancellation.ThrowIfCancellationRequested();
            var (row, block) = ReadBlockOf(first);
            for (; first < end && first < row.Ordinal + row.Count; first++)
            {
                headers.Add(block.Entries[(int)(first - row.Ordinal)].Header);
            }
        }

        return headers;
    }

    public StoredEntry ReadEntry(long ordinal)
    {
        var (row, block) = ReadBlockOf(ordinal);
        return EntryOf(row, block, (int)(ordinal - row.Ordinal), ReadHeadOf(ordinal, row));
    }

    public IReadOnlyList<StoredEntry> ReadEntries(long first, long end, CancellationToken cancellation)
    {
        var entries = new List<StoredEntry>((int)(end - first));
        (long First, UnitHead Head)? unit = null;
        while (first < end)
        {
            cancellation.ThrowIfCancellationRequested();
            var (row, block) = ReadBlockOf(first);
            if (unit?.First != row.Unit)
            {
                unit = (row.Unit, ReadHeadOf(first, row));
            }

            for (; first < end && first < row.Ordinal + row.Count; first++)
            {
                entries.Add(EntryOf(row, block, (int)(first - row.Ordinal), unit.Value.Head));
            }
        }

        return entries;
    }

    public IReadOnlyList<StoredEntry> ReadJournal(
        EntityId entity, long fromSequence, int max, CancellationToken cancellation) => index.Read(reader =>
    {
        var entries = new List<StoredEntry>();
        if (reader.FindEntity(indexFunction.Compute(entity), entity) is not { } number)
        {
            return entries;
        }

        MatterRow row = default;
        MatterBlock? block = null;
        (long First, UnitHead Head)? unit = null;
        foreach (var part in reader.PartsFrom(number, fromSequence, max))
        {
            cancellation.ThrowIfCancellationRequested();
            if (block is null || row.Ordinal != part.Matter)
            {
                row = reader.MatterAt(part.Matter);
                block = Parse(row.Block);
            }

            if (unit?.First != row.Unit)
            {
                var (segment, offset) = PlaceOf(reader.UnitOf(row.Unit));
                unit = (row.Unit, files.ReadHead(segment, offset).Head);
            }

            var entry = EntryOf(row, block, (int)(part.Ordinal - row.Ordinal), unit.Value.Head);
            entries.Add(entry.Entity == entity && entry.Header.Sequence == part.Sequence
                ? entry
                : throw IndexException.Contradicts($"entry {part.Ordinal} is not entry {part.Sequence} of {entity}"));
        }

        return entries;
    });

    public StoredUnit? FindUnit(UInt128 id) => index.Read(reader =>
    {
        if (reader.FindUnit(id) is not { } row)
        {
            return null;
        }

        var (frame, head) = files.ReadHead(row.Segment, row.Offset);
        return frame.FirstOrdinal == row.First && head.Id == id
            ? new StoredUnit(id, head.TimeMs, head.Note, frame.FirstOrdinal, frame.EntryCount)
            : throw IndexException.Contradicts($"unit {id:x32} is not at ordinal {row.First}");
    });

    /// <summary>A matter by its first ordinal.</summary>
    public StoredMatter ReadMatter(long ordinal)
    {
        if (indexer.FindWaiting(ordinal) is { } waiting)
        {
            var row = RowOf(waiting, ordinal);
            return MatterOf(row, waiting.Head.Id);
        }

        return index.Read(reader =>
        {
            var row = reader.MatterAt(ordinal);
            return MatterOf(row, reader.UnitOf(row.Unit).Id);
        });
    }

    public IReadOnlyList<StoredMatter> Query(MatterQuery query, CancellationToken cancellation) => index.Read(reader =>
    {
        var rows = reader.Search.Query(query, indexFunction, cancellation);
        var matters = new List<StoredMatter>(rows.Count);
        UnitRow unit = default;
        foreach (var row in rows)
        {
            if (unit.Count == 0 || unit.First != row.Unit)
            {
                unit = reader.UnitOf(row.Unit);
            }

            matters.Add(MatterOf(row, unit.Id));
        }

        return matters;
    });

    public IReadOnlyList<Participation> FindRelated(
        IReadOnlyCollection<EntityId> entities,
        IReadOnlyCollection<string> ownRoles,
        IReadOnlyCollection<string> otherRoles,
        int limit,
        CancellationToken cancellation)
    {
        var known = entities.Select(e => (indexFunction.Compute(e), e)).ToList();
        return index.Read(reader => reader.Search.Related(known, ownRoles, otherRoles, limit, cancellation));
    }

    // The index says where the journal's last entry stands and the log what it is; a head taken from a damaged index would
    // break the journal's chain for ever.
    private JournalHead ReadHead(IndexReader reader, EntityIndex entityIndex, EntityId entity)
    {
        if (reader.FindEntity(entityIndex, entity) is not { } number)
        {
            return JournalHead.Empty;
        }

        var part = reader.LastPart(number) ?? throw IndexException.Contradicts($"{entity} has no entry");
        var row = reader.MatterAt(part.Matter);
        Span<byte> bytes = stackalloc byte[EntryHeader.Size];
        files.Read(
            row.Block.Segment, row.Block.Offset + MatterBlock.HeaderOffset((int)(part.Ordinal - row.Ordinal)), bytes);
        if (!EntryHeader.TryParse(bytes, out var header, out var error))
        {
            throw new StoreDamagedException(files.PathOf(row.Block.Segment), row.Block.Offset, error);
        }

        var leaf = header.LeafHash();
        return header.Index == entityIndex && header.Sequence == part.Sequence && IndexHash.Of(leaf) == part.Leaf
            ? new JournalHead(header.Sequence + 1, leaf, header.TimeMs)
            : throw new StoreDamagedException(
                files.PathOf(row.Block.Segment), row.Block.Offset,
                $"entry {part.Ordinal} is not the one that was indexed for {entity}");
    }

    private long? FindClaim(IndexReader reader, Hash256 name)
    {
        foreach (var row in reader.ClaimCandidates(name))
        {
            var (segment, offset) = PlaceOf(reader.UnitOf(row.Unit));
            var (frame, head) = files.ReadHead(segment, offset);
            var claims = head.Claims
                .Where(claim => frame.FirstOrdinal + head.Blocks[claim.Matter].FirstEntry == row.Ordinal)
                .Where(claim => IndexHash.Of(claim.Name) == IndexHash.Of(name)).ToList();
            if (claims.Exists(claim => claim.Name == name))
            {
                return row.Ordinal;
            }

            // Another name that shares 64 bits is no contradiction; no such name at all is.
            if (claims.Count == 0)
            {
                throw IndexException.Contradicts($"the matter at {row.Ordinal} bears no such claim");
            }
        }

        return null;
    }

    private (MatterRow Row, MatterBlock Block) ReadBlockOf(long ordinal)
    {
        var row = indexer.FindWaiting(ordinal) is { } waiting
            ? RowOf(waiting, ordinal)
            : index.Read(reader => reader.MatterAt(ordinal));
        return (row, Parse(row.Block));
    }

    private UnitHead ReadHeadOf(long ordinal, in MatterRow row)
    {
        var first = row.Unit;
        var (segment, offset) = indexer.FindWaiting(ordinal) is { } waiting
            ? (waiting.Segment, waiting.Offset)
            : index.Read(reader => PlaceOf(reader.UnitOf(first)));
        return files.ReadHead(segment, offset).Head;
    }

    private static MatterRow RowOf(CommittedUnit unit, long ordinal)
    {
        var position = (int)(ordinal - unit.FirstOrdinal);
        var matter = unit.Admitted.Unit.Entries[position].Matter;
        return new MatterRow(
            unit.OrdinalOfMatter(matter), unit.Head.Blocks[matter].EntryCount, unit.FirstOrdinal,
            unit.Head.TimeMs, unit.LocationOfMatter(matter));
    }

    private static (long Segment, long Offset) PlaceOf(UnitRow unit) => (unit.Segment, unit.Offset);

    private MatterBlock Parse(in BlockLocation location) =>
        MatterBlock.TryParse(files.ReadBlock(location), 0, out var block, out var error)
            ? block
            : throw new StoreDamagedException(files.PathOf(location.Segment), location.Offset, error);

    private StoredMatter MatterOf(in MatterRow row, UInt128 unitId) =>
        MatterBlock.TryParseContent(files.ReadBlock(row.Block), out var content)
            ? new StoredMatter(row.Ordinal, row.Count, row.RecordedMs, unitId, content.Bytes)
            : throw new StoreDamagedException(
                files.PathOf(row.Block.Segment), row.Block.Offset, "the matter cannot be read");

    private static StoredEntry EntryOf(in MatterRow row, MatterBlock block, int position, UnitHead unit)
    {
        var entry = block.Entries[position];
        return new StoredEntry(
            row.Ordinal + position, entry.Header, entry.Entity, entry.EntitySalt, entry.EntryType, entry.Role,
            entry.TypeSalt, unit.Author, block.Content, unit.Id);
    }
}
