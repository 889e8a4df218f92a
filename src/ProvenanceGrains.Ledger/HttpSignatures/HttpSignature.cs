using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.StructuredFields;

namespace ProvenanceGrains.Ledger.HttpSignatures;

/// <summary>One signature of a message, as its <c>Signature-Input</c> and <c>Signature</c> fields have it (RFC 9421 section 4).</summary>
/// <param name="Label">Ties the two fields together; says nothing else.</param>
/// <param name="Covered">The covered components, with the signature's parameters.</param>
/// <param name="Value">The signature's bytes.</param>
public sealed record HttpSignature(string Label, InnerList Covered, ReadOnlyMemory<byte> Value)
{
    /// <summary>The most signatures of one message.</summary>
    public const int MaxSignatures = 16;

    /// <summary>When it was made, in seconds since the epoch (section 2.3); null if it does not say.</summary>
    public long? CreatedSeconds => (Covered.Parameters.Find("created") as BareItem.IntegerItem)?.Value;

    /// <summary>When it ends, in seconds since the epoch; null if it does not say.</summary>
    public long? ExpiresSeconds => (Covered.Parameters.Find("expires") as BareItem.IntegerItem)?.Value;

    /// <summary>The signer's own unrepeatable text.</summary>
    public string? Nonce => (Covered.Parameters.Find("nonce") as BareItem.StringItem)?.Value;

    /// <summary>Names the key.</summary>
    public string? KeyId => (Covered.Parameters.Find("keyid") as BareItem.StringItem)?.Value;

    /// <summary>Names the algorithm; the key decides, this may only agree.</summary>
    public string? Algorithm => (Covered.Parameters.Find("alg") as BareItem.StringItem)?.Value;

    /// <summary>What the signature is for, in the words of the application.</summary>
    public string? Tag => (Covered.Parameters.Find("tag") as BareItem.StringItem)?.Value;

    /// <summary>Whether a component is covered, without parameters.</summary>
    public bool Covers(string component) => Covered.Items.Any(item =>
        item.Value is BareItem.StringItem { Value: var name } && name == component && item.Parameters.All.Count == 0);

    /// <summary>Reads all signatures of a message. Strict: a label, a parameter or a component that comes twice is refused.</summary>
    /// <param name="signatureInput">The lines of <c>Signature-Input</c>, joined by commas.</param>
    /// <param name="signature">The lines of <c>Signature</c>, joined by commas.</param>
    /// <param name="signatures">In the order of <c>Signature-Input</c>; at least one.</param>
    /// <param name="error">What is wrong, naming the field.</param>
    public static bool TryParse(
        string signatureInput,
        string signature,
        [NotNullWhen(true)] out IReadOnlyList<HttpSignature>? signatures,
        [NotNullWhen(false)] out string? error)
    {
        signatures = null;
        if (!StructuredField.TryParseDictionary(signatureInput, refuseRepeats: true, out var inputs, out error))
        {
            error = $"Signature-Input: {error}.";
            return false;
        }

        if (!StructuredField.TryParseDictionary(signature, refuseRepeats: true, out var values, out error))
        {
            error = $"Signature: {error}.";
            return false;
        }

        if (inputs.Count is 0 or > MaxSignatures || values.Count != inputs.Count)
        {
            error = $"Signature-Input has {inputs.Count} and Signature {values.Count} members: as many, and 1 to {MaxSignatures}, are needed.";
            return false;
        }

        var read = new List<HttpSignature>();
        foreach (var (label, member) in inputs)
        {
            var value = values.FirstOrDefault(one => one.Key == label).Value;
            if (value is not StructuredItem { Value: BareItem.BytesItem { Value: var bytes }, Parameters.All.Count: 0 })
            {
                error = $"Signature: '{label}' is not there or is not bytes.";
                return false;
            }

            if (member is not InnerList covered || CheckTypes(covered.Parameters) is { } wrong && (error = wrong) is not null)
            {
                error ??= $"Signature-Input: '{label}' is no inner list.";
                return false;
            }

            read.Add(new HttpSignature(label, covered, bytes));
        }

        signatures = read;
        return true;
    }

    /// <summary>A parameter of the wrong type must not pass for an absent one.</summary>
    private static string? CheckTypes(Parameters parameters)
    {
        foreach (var (name, value) in parameters.All)
        {
            var fits = name switch
            {
                "created" or "expires" => value is BareItem.IntegerItem { Value: >= 0 },
                "nonce" or "alg" or "keyid" or "tag" => value is BareItem.StringItem,
                _ => true,
            };
            if (!fits)
            {
                return $"Signature-Input: the parameter '{name}' is of the wrong type.";
            }
        }

        return null;
    }
}
