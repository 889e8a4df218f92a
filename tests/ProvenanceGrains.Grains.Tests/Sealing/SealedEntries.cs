using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Memory;

namespace ProvenanceGrains.Grains.Tests.Sealing;

/// <summary>A journal store that is filled with entries of thirteen lots, for a sealer to seal.</summary>
internal sealed class SealedEntries
{
    private readonly Dictionary<EntityId, JournalHead> _heads = [];

    public MemoryStore Store { get; } = new(new NoProjector());

    public SteppedTime Time { get; } = new();

    /// <summary>Everything that was written, in order.</summary>
    public List<EntryHeader> Written { get; } = [];

    public async Task WriteAsync(int count)
    {
        while (count > 0)
        {
            var size = Math.Min(count, 1_000);
            await WriteUnitAsync(size);
            count -= size;
        }
    }

    private async Task WriteUnitAsync(int count)
    {
        var entity = EntityId.Create("lot", $"01/{Written.Count % 13}");
        var nowMs = Time.GetUtcNow().ToUnixTimeMilliseconds();
        var author = new SaltedBytes(default, Payload.EncodeAuthor("k", "r"));
        var matter = new SaltedBytes(default, "{}"u8.ToArray());
        var commitment = Payload.Commitment(
            Payload.GroupDigest(FieldGroup.Entity, default, Payload.EncodeEntity(entity)),
            Payload.GroupDigest(FieldGroup.Type, default, Payload.EncodeType("test", "")),
            Payload.GroupDigest(FieldGroup.Author, default, author.Bytes.Span),
            Payload.GroupDigest(FieldGroup.Content, default, matter.Bytes.Span));
        var entries = new List<UnitEntry>();
        for (var i = 0; i < count; i++)
        {
            var head = _heads.GetValueOrDefault(entity);
            var time = Math.Max(head.LastTimeMs, nowMs);
            var header = new EntryHeader(
                HashedEntityIndex.Instance.Compute(entity), head.Length, head.LastLeafHash, time, commitment);
            _heads[entity] = new JournalHead(head.Length + 1, header.LeafHash(), time);
            Written.Add(header);
            entries.Add(new UnitEntry(entity, header, default, default, "test", "", 0));
        }

        var outcome = await Store.AppendAsync(
            new CommitUnit
            {
                Id = (UInt128)Written.Count,
                TimeMs = nowMs,
                Author = author,
                Matters = [matter],
                Entries = entries,
                Claims = [],
                Note = default,
            },
            null,
            default);
        Assert.IsType<AppendOutcome.Committed>(outcome);
    }

    private sealed class NoProjector : IMatterProjector
    {
        public MatterProjection? Project(string entryType, ReadOnlyMemory<byte> matter) => null;
    }

    /// <summary>A clock that moves one second at each look, and wherever a test sets it.</summary>
    public sealed class SteppedTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now += TimeSpan.FromSeconds(1);
    }
}
