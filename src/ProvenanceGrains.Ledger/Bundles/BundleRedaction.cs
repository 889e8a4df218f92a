using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Bundles;

/// <summary>Leaves field groups out of a bundle. Each is replaced by its digest, so every proof still holds.</summary>
public static class BundleRedaction
{
    /// <param name="bundle">Stays as it is.</param>
    /// <param name="groups">Which groups go.</param>
    /// <param name="state">What is said of them: withheld or erased. What was erased before stays erased.</param>
    /// <param name="where">Which entries lose them, of all journals; one whose header cannot be read loses them as well.</param>
    /// <exception cref="ArgumentException">The state is disclosed: what is gone cannot be brought back.</exception>
    public static Bundle Redact(
        Bundle bundle, IReadOnlyCollection<FieldGroup> groups, GroupState state, Func<EntryHeader, bool> where)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(where);
        if (state == GroupState.Disclosed)
        {
            throw new ArgumentException("A redaction withholds or erases.", nameof(state));
        }

        return bundle with
        {
            Journals = [.. bundle.Journals.Select(journal => journal with { Entries = [.. journal.Entries.Select(Redacted)] })],
        };

        BundleEntry Redacted(BundleEntry entry) => EntryHeader.TryParse(entry.Header.Span, out var header, out _) && !where(header)
            ? entry
            : entry with { Groups = [.. entry.Groups.Select((group, i) => groups.Contains((FieldGroup)(i + 1)) ? Without(group, (FieldGroup)(i + 1)) : group)] };

        DisclosedGroup Without(DisclosedGroup group, FieldGroup number) => group.State == GroupState.Erased ? group
            : state == GroupState.Erased ? DisclosedGroup.Erased(group.DigestAs(number))
            : DisclosedGroup.Withheld(group.DigestAs(number));
    }
}
