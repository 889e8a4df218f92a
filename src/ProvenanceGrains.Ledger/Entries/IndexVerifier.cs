using System.Diagnostics.CodeAnalysis;

namespace ProvenanceGrains.Ledger.Entries;

/// <summary>Checks that an index is an entity's.</summary>
public static class IndexVerifier
{
    /// <summary>
    /// Under <see cref="IndexRule.Hashed"/>, and for the log's own journal (kind <c>chain</c>) under every rule: the index is the hash and
    /// there is no proof. Else: the proof proves the VRF's output for the entity's base, from which the index follows.
    /// </summary>
    /// <param name="rule">The log's rule, from a block or a trusted key.</param>
    /// <param name="entity">The entity.</param>
    /// <param name="index">What is said to be its index.</param>
    /// <param name="proof">What came with it; null for nothing.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryVerify(
        IndexRule rule, EntityId entity, EntityIndex index, IndexProof? proof, [NotNullWhen(false)] out string? error)
    {
        if (!TryCompute(rule, entity, proof, out var computed, out error))
        {
            return false;
        }

        error = computed == index ? null : $"The index of {entity} is {computed}, not {index}.";
        return error is null;
    }

    /// <summary>The one index that an entity can have under a rule, as <see cref="TryVerify"/> compares it.</summary>
    /// <param name="rule">The log's rule, from a block or a trusted key.</param>
    /// <param name="entity">The entity.</param>
    /// <param name="proof">What came with it; null for nothing.</param>
    /// <param name="index">The index, when the answer is true.</param>
    /// <param name="error">What is wrong with the proof, when the answer is false.</param>
    public static bool TryCompute(
        IndexRule rule, EntityId entity, IndexProof? proof, out EntityIndex index, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(rule);
        index = default;
        if (rule is not IndexRule.Vrf vrf || IndexBase.IsOpen(entity))
        {
            error = proof is null ? null : $"The index of {entity} is a hash, which needs no proof, but one came with it.";
            index = error is null ? HashedEntityIndex.Instance.Compute(entity) : default;
            return error is null;
        }

        if (proof is null)
        {
            error = $"The index of {entity} comes without the VRF proof that this log's rule asks for.";
            return false;
        }

        var of = IndexBase.Of(entity, out var rest);
        if (!vrf.Key.TryVerify(of.ToAlpha(), proof.Vrf.Span, out var output, out error))
        {
            error = $"The index of {entity}: {error}";
            return false;
        }

        index = IndexBase.Derive(output, rest);
        return true;
    }
}
