using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Ledger.Verification;

/// <summary>How much of a field group is shown.</summary>
public enum GroupState
{
    /// <summary>Salt and content.</summary>
    Disclosed,

    /// <summary>Its digest alone: the holder keeps the rest to itself.</summary>
    Withheld,

    /// <summary>Its digest alone: nobody has the rest any more.</summary>
    Erased,
}

/// <summary>A field group as it is shown to a verifier: content, or its digest in place of it.</summary>
public sealed record DisclosedGroup
{
    private DisclosedGroup(GroupState state, Salt salt, ReadOnlyMemory<byte> content, Hash256 digest)
    {
        State = state;
        Salt = salt;
        Content = content;
        Digest = digest;
    }

    public GroupState State { get; }

    /// <summary>Meaningful when disclosed.</summary>
    public Salt Salt { get; }

    /// <summary>Meaningful when disclosed.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>Meaningful when withheld or erased. It is a claim: only together with the commitment is it worth anything.</summary>
    public Hash256 Digest { get; }

    public static DisclosedGroup Disclosed(Salt salt, ReadOnlyMemory<byte> content) =>
        new(GroupState.Disclosed, salt, content, default);

    public static DisclosedGroup Withheld(Hash256 digest) => new(GroupState.Withheld, default, default, digest);

    public static DisclosedGroup Erased(Hash256 digest) => new(GroupState.Erased, default, default, digest);

    /// <summary>The digest that the commitment is made of.</summary>
    public Hash256 DigestAs(FieldGroup group) =>
        State == GroupState.Disclosed ? Payload.GroupDigest(group, Salt, Content.Span) : Digest;
}
