using ProvenanceGrains.Ledger.Authorship;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>What the log says of parties and their keys: few entries, all kept, for every signature is judged by what came before it.</summary>
internal sealed class PartyJournals
{
    private readonly Dictionary<string, List<PartyLogEntry>> _journals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    /// <summary>Adds an entry. One that was added before, as when a segment is read again, is passed over.</summary>
    /// <param name="party">The party's id.</param>
    /// <param name="entry">Its entry; the ordinal stands for the leaf.</param>
    public void Add(string party, PartyLogEntry entry)
    {
        if (!_journals.TryGetValue(party, out var journal))
        {
            _journals[party] = journal = [];
        }

        if (journal.Count == 0 || journal[^1].LeafIndex < entry.LeafIndex)
        {
            journal.Add(entry);
            if (PartyEntry.TryParse(entry.EntryType, entry.Content, out var read, out _) && read is PartyEntry.KeyAdded added)
            {
                _keys.Add(added.Key.Id);
            }
        }
    }

    /// <summary>Whether some party has, or had, that signing key.</summary>
    public bool HasKey(string keyId) => _keys.Contains(keyId);

    /// <summary>A party's entries in order.</summary>
    public IReadOnlyList<PartyLogEntry> Of(string party) => _journals.GetValueOrDefault(party) ?? [];

    /// <summary>Every entry below an ordinal.</summary>
    public IEnumerable<(string Party, PartyLogEntry Entry)> Before(long ordinal) =>
        from journal in _journals
        from entry in journal.Value
        where entry.LeafIndex < ordinal
        select (journal.Key, entry);
}
