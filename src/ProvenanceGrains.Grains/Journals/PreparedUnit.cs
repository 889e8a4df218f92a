using System.Runtime.InteropServices;
using ProvenanceGrains.Grains.Contracts.Journals;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Grains.Journals;

/// <summary>A draft with its salts drawn and its commitments computed, and its entries grouped by journal.</summary>
/// <remarks>Everything that costs hashing and needs no order is done here, outside of the committer's gate.</remarks>
internal sealed class PreparedUnit
{
    private readonly UnitDraft _draft;
    private readonly SaltedBytes _author;
    private readonly SaltedBytes[] _matters;
    private readonly UnitEntry[] _entries;
    private readonly List<Journal> _journals = [];

    private PreparedUnit(UnitDraft draft, ISaltSource salts)
    {
        _draft = draft;
        _matters = new SaltedBytes[draft.Matters.Count];
        var entryCount = draft.Matters.Sum(matter => matter.Participants.Count);
        _entries = new UnitEntry[entryCount];
        var random = new byte[(1 + _matters.Length + (2 * entryCount)) * Salt.Size];
        salts.Fill(random);
        var drawn = new SaltQueue(random);

        _author = new SaltedBytes(drawn.Next(), draft.Author);
        var authorDigest = Payload.GroupDigest(FieldGroup.Author, _author.Salt, _author.Bytes.Span);
        var byEntity = new Dictionary<EntityId, int>();
        var claims = new List<Claim>();
        var entry = 0;
        for (var m = 0; m < _matters.Length; m++)
        {
            var matter = draft.Matters[m];
            _matters[m] = new SaltedBytes(drawn.Next(), matter.Content);
            var contentDigest = Payload.GroupDigest(FieldGroup.Content, _matters[m].Salt, matter.Content.Span);
            if (matter.Claim is { } name)
            {
                claims.Add(new Claim(name, m));
            }

            foreach (var (entity, role) in matter.Participants)
            {
                var entitySalt = drawn.Next();
                var typeSalt = drawn.Next();
                var commitment = Payload.Commitment(
                    Payload.GroupDigest(FieldGroup.Entity, entitySalt, Payload.EncodeEntity(entity)),
                    Payload.GroupDigest(FieldGroup.Type, typeSalt, Payload.EncodeType(matter.EntryType, role)),
                    authorDigest,
                    contentDigest);
                ref var journal = ref CollectionsMarshal.GetValueRefOrAddDefault(byEntity, entity, out var known);
                if (!known)
                {
                    journal = _journals.Count;
                    _journals.Add(new Journal(entity));
                }

                _journals[journal].Add(entry, commitment);
                _entries[entry++] = new UnitEntry(entity, default, entitySalt, typeSalt, matter.EntryType, role, m);
            }
        }

        Claims = claims;
        Projections = draft.Matters.Select(matter => matter.Projection).ToArray();
    }

    /// <summary>The journals that the unit touches, each once.</summary>
    public IReadOnlyList<Journal> Journals => _journals;

    public IReadOnlyList<MatterProjection?> Projections { get; }

    private IReadOnlyList<Claim> Claims { get; }

    /// <exception cref="UnitTooLargeException">It is over a limit of the log's format. Nothing was chained.</exception>
    public static PreparedUnit From(UnitDraft draft, ISaltSource salts)
    {
        var entries = draft.Matters.Sum(matter => (long)matter.Participants.Count);
        if (entries > UnitLimits.MaxEntries)
        {
            throw new UnitTooLargeException($"it has {entries} entries, at most {UnitLimits.MaxEntries} are possible.");
        }

        if (draft.Note.Length > UnitLimits.MaxNoteBytes)
        {
            throw new UnitTooLargeException($"its note has {draft.Note.Length} bytes, at most {UnitLimits.MaxNoteBytes} are possible.");
        }

        var matter = draft.Matters.FirstOrDefault(matter => matter.Content.Length > UnitLimits.MaxMatterBytes);
        if (matter is not null)
        {
            throw new UnitTooLargeException(
                $"one event has {matter.Content.Length} bytes with its context, at most {UnitLimits.MaxMatterBytes} are possible.");
        }

        var prepared = new PreparedUnit(draft, salts);
        return UnitCodec.TryMeasure(prepared.ToUnit(prepared._entries), out _, out var error)
            ? prepared
            : throw new UnitTooLargeException(error);
    }

    public ChainRequest RequestFor(int journal) => new(_draft.TimeMs, _journals[journal].Commitments());

    /// <summary>Puts the headers in. A unit that was refused is completed anew: the array is not shared with the last try's.</summary>
    public CommitUnit Complete(ChainedEntries[] chained)
    {
        var entries = (UnitEntry[])_entries.Clone();
        for (var j = 0; j < chained.Length; j++)
        {
            var positions = _journals[j].Positions;
            for (var i = 0; i < positions.Count; i++)
            {
                var bytes = chained[j].Headers.AsSpan(i * EntryHeader.Size, EntryHeader.Size);
                if (!EntryHeader.TryParse(bytes, out var header, out var error))
                {
                    throw new InvalidOperationException($"The grain of {_journals[j].Entity} made no header: {error}");
                }

                entries[positions[i]] = entries[positions[i]] with { Header = header };
            }
        }

        return ToUnit(entries);
    }

    private CommitUnit ToUnit(UnitEntry[] entries) => new()
    {
        Id = _draft.Id,
        TimeMs = _draft.TimeMs,
        Author = _author,
        Matters = _matters,
        Entries = entries,
        Claims = Claims,
        Note = _draft.Note,
    };

    /// <summary>The entries of one journal within the unit.</summary>
    internal sealed class Journal(EntityId entity)
    {
        private readonly List<Hash256> _commitments = [];
        private readonly List<int> _positions = [];

        public EntityId Entity { get; } = entity;

        /// <summary>Where the entries stand in the unit, in order.</summary>
        public IReadOnlyList<int> Positions => _positions;

        public void Add(int position, Hash256 commitment)
        {
            _positions.Add(position);
            _commitments.Add(commitment);
        }

        public byte[] Commitments() => MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_commitments)).ToArray();
    }

    private ref struct SaltQueue(ReadOnlySpan<byte> random)
    {
        private ReadOnlySpan<byte> _rest = random;

        public Salt Next()
        {
            var salt = Salt.FromBytes(_rest[..Salt.Size]);
            _rest = _rest[Salt.Size..];
            return salt;
        }
    }
}
