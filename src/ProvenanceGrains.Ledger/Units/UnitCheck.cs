using System.Diagnostics.CodeAnalysis;
using System.Text;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Ledger.Units;

/// <summary>Is a unit well formed (the remarks of <see cref="CommitUnit"/>), and is it what its headers commit to?</summary>
public static class UnitCheck
{
    /// <summary>
    /// Checks the form: counts and lengths, entries of a matter together and in the order of the matters, entries of a
    /// journal numbered and chained within the unit, claims distinct. Looks at nothing outside of the unit.
    /// </summary>
    /// <param name="unit">What to check.</param>
    /// <param name="chains">What the check has worked out on its way; a store needs it too.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryCheck(
        CommitUnit unit,
        [NotNullWhen(true)] out UnitChains? chains,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(unit);
        chains = null;
        error = CheckSizes(unit) ?? CheckClaims(unit) ?? CheckOrder(unit);
        if (error is not null)
        {
            return false;
        }

        error = CheckChains(unit, out var found);
        chains = error is null ? found : null;
        return error is null;
    }

    /// <summary>
    /// Recomputes every entry's commitment from its four groups. The author's digest is computed once, a matter's once.
    /// </summary>
    /// <param name="unit">Well formed.</param>
    /// <param name="entry">Position in the unit of the first entry that commits to something else; -1 if none does.</param>
    /// <returns>True if every commitment is that of the groups.</returns>
    public static bool TryCheckCommitments(CommitUnit unit, out int entry)
    {
        ArgumentNullException.ThrowIfNull(unit);
        var author = Payload.GroupDigest(FieldGroup.Author, unit.Author.Salt, unit.Author.Bytes.Span);
        var matter = -1;
        Hash256 content = default;
        for (var i = 0; i < unit.Entries.Count; i++)
        {
            var e = unit.Entries[i];
            if (e.Matter != matter)
            {
                matter = e.Matter;
                content = Payload.GroupDigest(
                    FieldGroup.Content, unit.Matters[matter].Salt, unit.Matters[matter].Bytes.Span);
            }

            if (CommitmentOf(e, author, content) != e.Header.Commitment)
            {
                entry = i;
                return false;
            }
        }

        entry = -1;
        return true;
    }

    /// <summary>An entry's commitment, given the digests of the two groups that it shares with others.</summary>
    public static Hash256 CommitmentOf(in UnitEntry entry, Hash256 authorDigest, Hash256 contentDigest) =>
        Payload.Commitment(
            Payload.GroupDigest(FieldGroup.Entity, entry.EntitySalt, Payload.EncodeEntity(entry.Entity)),
            Payload.GroupDigest(FieldGroup.Type, entry.TypeSalt, Payload.EncodeType(entry.EntryType, entry.Role)),
            authorDigest,
            contentDigest);

    private static string? CheckSizes(CommitUnit unit)
    {
        if (unit.Entries.Count is 0 or > UnitLimits.MaxEntries)
        {
            return $"A unit has 1 to {UnitLimits.MaxEntries} entries, not {unit.Entries.Count}.";
        }

        if (unit.Matters.Count is 0 or > UnitLimits.MaxMatters)
        {
            return $"A unit has 1 to {UnitLimits.MaxMatters} matters, not {unit.Matters.Count}.";
        }

        if (unit.Claims.Count > UnitLimits.MaxClaims)
        {
            return $"A unit has at most {UnitLimits.MaxClaims} claims, not {unit.Claims.Count}.";
        }

        if (unit.TimeMs < 0)
        {
            return "The unit's time is negative.";
        }

        if (unit.Author.Bytes.Length > UnitLimits.MaxAuthorBytes)
        {
            return $"The author group is over {UnitLimits.MaxAuthorBytes} bytes.";
        }

        if (unit.Note.Length > UnitLimits.MaxNoteBytes)
        {
            return $"The note is over {UnitLimits.MaxNoteBytes} bytes.";
        }

        for (var i = 0; i < unit.Matters.Count; i++)
        {
            if (unit.Matters[i].Bytes.Length > UnitLimits.MaxMatterBytes)
            {
                return $"Matter {i} is over {UnitLimits.MaxMatterBytes} bytes.";
            }
        }

        return null;
    }

    private static string? CheckClaims(CommitUnit unit)
    {
        var seen = unit.Claims.Count > 1 ? new HashSet<Hash256>(unit.Claims.Count) : null;
        for (var i = 0; i < unit.Claims.Count; i++)
        {
            var claim = unit.Claims[i];
            if (claim.Matter < 0 || claim.Matter >= unit.Matters.Count)
            {
                return $"Claim {i} names matter {claim.Matter}, which is not there.";
            }

            if (seen is not null && !seen.Add(claim.Name))
            {
                return $"Claim {i} repeats a name.";
            }
        }

        return null;
    }

    private static string? CheckOrder(CommitUnit unit)
    {
        var matter = -1;
        for (var i = 0; i < unit.Entries.Count; i++)
        {
            var entry = unit.Entries[i];
            if (entry.Matter != matter && entry.Matter != matter + 1)
            {
                return $"Entry {i} is about matter {entry.Matter}, but stands after matter {matter}.";
            }

            matter = entry.Matter;
            if (entry.Entity.Kind.Length == 0)
            {
                return $"Entry {i} names no entity.";
            }

            if (CheckText(entry.EntryType, "type", i) is { } typeError)
            {
                return typeError;
            }

            if (CheckText(entry.Role, "role", i) is { } roleError)
            {
                return roleError;
            }

            if (entry.EntryType.Length == 0)
            {
                return $"Entry {i} has no type.";
            }
        }

        return matter == unit.Matters.Count - 1 ? null : $"Matter {matter + 1} has no entry.";
    }

    private static string? CheckText(string? text, string what, int entry)
    {
        if (text is null)
        {
            return $"Entry {entry} has no {what}.";
        }

        if (Ascii.IsValid(text))
        {
            return text.Length > Payload.MaxTypeBytes ? $"Entry {entry} has a {what} that is too long." : null;
        }

        // A lone surrogate has no UTF-8 form: what is read back would not be what was committed to.
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return $"Entry {entry} has a {what} that is not well-formed Unicode.";
            }
        }

        return Encoding.UTF8.GetByteCount(text) > Payload.MaxTypeBytes
            ? $"Entry {entry} has a {what} that is too long."
            : null;
    }

    private static string? CheckChains(CommitUnit unit, out UnitChains chains)
    {
        var count = unit.Entries.Count;
        var hashes = new Hash256[count];
        var journals = new List<JournalPart>(count);
        var known = new Dictionary<EntityIndex, int>(count);
        chains = new UnitChains(hashes, journals);
        for (var i = 0; i < count; i++)
        {
            var entry = unit.Entries[i];
            var header = entry.Header;
            if (header.Sequence < 0 || header.TimeMs < 0 || (header.Sequence == 0) != header.Previous.IsZero)
            {
                return $"The header of entry {i} is not one that can be read back.";
            }

            hashes[i] = header.LeafHash();
            if (known.TryAdd(header.Index, journals.Count))
            {
                journals.Add(new JournalPart(i, i));
                continue;
            }

            var journal = known[header.Index];
            var before = journals[journal].Last;
            var previous = unit.Entries[before];
            if (previous.Entity != entry.Entity)
            {
                return $"Entries {before} and {i} are of two entities with one index.";
            }

            if (header.Sequence != previous.Header.Sequence + 1 || header.Previous != hashes[before])
            {
                return $"Entry {i} does not continue its journal from entry {before}.";
            }

            journals[journal] = journals[journal] with { Last = i };
        }

        return null;
    }
}

/// <summary>The leaf hashes of a unit's entries, and where each journal begins and ends in it.</summary>
/// <param name="LeafHashes">One an entry.</param>
/// <param name="Journals">One a journal, in the order of their first entries.</param>
public sealed record UnitChains(IReadOnlyList<Hash256> LeafHashes, IReadOnlyList<JournalPart> Journals);

/// <summary>The part of a journal that a unit brings.</summary>
/// <param name="First">Position in the unit of the journal's first entry there.</param>
/// <param name="Last">Position of its last.</param>
public readonly record struct JournalPart(int First, int Last);
