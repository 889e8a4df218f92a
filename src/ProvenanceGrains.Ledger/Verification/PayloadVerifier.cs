using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Ledger.Verification;

/// <summary>Holds a payload, as far as it is disclosed, against the header that commits to it.</summary>
internal static class PayloadVerifier
{
    public const string Commitment = "payload commitment";
    public const string Entity = "payload entity";
    public const string Disclosure = "payload disclosure";

    /// <param name="header">The header.</param>
    /// <param name="groups">The four groups in the order of their numbers.</param>
    /// <param name="checkIndex">Says what is wrong with an entity's having an index; null if nothing is.</param>
    /// <returns>What is wrong: the name of the check and the reason. Empty if all is well.</returns>
    public static IEnumerable<(string Check, string Reason)> Verify(
        EntryHeader header, IReadOnlyList<DisclosedGroup> groups, Func<EntityId, EntityIndex, string?> checkIndex)
    {
        if (groups.Count != Payload.GroupCount)
        {
            yield return (Commitment, $"a payload has {Payload.GroupCount} groups, not {groups.Count}.");
            yield break;
        }

        var commitment = Payload.Commitment(
            groups[0].DigestAs(FieldGroup.Entity),
            groups[1].DigestAs(FieldGroup.Type),
            groups[2].DigestAs(FieldGroup.Author),
            groups[3].DigestAs(FieldGroup.Content));
        if (commitment != header.Commitment)
        {
            yield return (
                Commitment,
                $"bytes 81 to 112 of the header commit to {header.Commitment}, but the groups give {commitment}.");
            yield break;
        }

        // Committed to or not, a group must be what its number says.
        for (var i = 0; i < 3; i++)
        {
            if (groups[i].State == GroupState.Disclosed
                && !Payload.TryDecodePair(groups[i].Content.Span, out _, out _))
            {
                yield return (Commitment, $"the group {(FieldGroup)(i + 1)} is committed to, but is not two texts.");
            }
        }

        if (groups[0].State == GroupState.Disclosed && CheckEntity(header, groups[0], checkIndex) is { } error)
        {
            yield return (Entity, error);
        }
    }

    private static string? CheckEntity(
        EntryHeader header, DisclosedGroup group, Func<EntityId, EntityIndex, string?> checkIndex)
    {
        if (!Payload.TryDecodePair(group.Content.Span, out var kind, out var key)
            || !EntityId.TryCreate(kind, key, out var entity, out _))
        {
            return "the entity group names no entity.";
        }

        return checkIndex(entity, header.Index) is { } error
            ? $"the payload names {entity}, but bytes 1 to 32 of the header stand for another entity. {error}"
            : null;
    }
}
