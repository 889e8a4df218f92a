using System.Text;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.TestKit.Storage;

/// <summary>An entity's part in a drafted matter.</summary>
public readonly record struct Part(EntityId Entity, string Role);

/// <summary>A matter before it becomes entries.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Parts">Whose journals it goes to.</param>
/// <param name="Claims">The names that it claims.</param>
public sealed record MatterDraft(byte[] Content, IReadOnlyList<Part> Parts, IReadOnlyList<Hash256> Claims);

/// <summary>Numbers and chains entries as grains do: each journal from its head on.</summary>
public sealed class JournalBook
{
    private readonly Dictionary<EntityId, JournalHead> _heads = [];

    public JournalBook()
    {
    }

    private JournalBook(Dictionary<EntityId, JournalHead> heads) => _heads = heads;

    public JournalHead HeadOf(EntityId entity) => _heads.GetValueOrDefault(entity);

    public void SetHead(EntityId entity, JournalHead head) => _heads[entity] = head;

    /// <summary>What a second activation of the same grains would know.</summary>
    public JournalBook Copy() => new(new Dictionary<EntityId, JournalHead>(_heads));

    /// <summary>Makes a unit that continues the journals, and moves the heads on.</summary>
    public CommitUnit Write(UInt128 id, long timeMs, params IReadOnlyList<MatterDraft> drafts)
    {
        ArgumentNullException.ThrowIfNull(drafts);
        var author = new SaltedBytes(SaltOf(id, 0), Payload.EncodeAuthor("key-1", id.ToString("x32", null)));
        var authorDigest = Payload.GroupDigest(FieldGroup.Author, author.Salt, author.Bytes.Span);
        var entries = new List<UnitEntry>();
        var matters = new List<SaltedBytes>();
        var claims = new List<Claim>();
        for (var i = 0; i < drafts.Count; i++)
        {
            var content = new SaltedBytes(SaltOf(id, 1000 + i), drafts[i].Content);
            var contentDigest = Payload.GroupDigest(FieldGroup.Content, content.Salt, content.Bytes.Span);
            matters.Add(content);
            claims.AddRange(drafts[i].Claims.Select(name => new Claim(name, i)));
            foreach (var part in drafts[i].Parts)
            {
                entries.Add(WriteEntry(
                    part, i, timeMs, SaltOf(id, 2_000_000 + entries.Count), authorDigest, contentDigest));
            }
        }

        return new CommitUnit
        {
            Id = id,
            TimeMs = timeMs,
            Author = author,
            Matters = matters,
            Entries = entries,
            Claims = claims,
            Note = Encoding.UTF8.GetBytes($"note of {id}"),
        };
    }

    private UnitEntry WriteEntry(
        Part part, int matter, long timeMs, Salt salt, Hash256 authorDigest, Hash256 contentDigest)
    {
        var head = HeadOf(part.Entity);

        // A journal's time never goes back.
        timeMs = Math.Max(timeMs, head.LastTimeMs);
        var draft = new UnitEntry(part.Entity, default, salt, salt, "test.event", part.Role, matter);
        var header = new EntryHeader(
            HashedEntityIndex.Instance.Compute(part.Entity), head.Length, head.LastLeafHash, timeMs,
            UnitCheck.CommitmentOf(draft, authorDigest, contentDigest));
        _heads[part.Entity] = new JournalHead(head.Length + 1, header.LeafHash(), timeMs);
        return draft with { Header = header };
    }

    private static Salt SaltOf(UInt128 id, int number) => new(unchecked((id * 31) + (UInt128)number));
}
