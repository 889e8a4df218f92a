using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.StructuredFields;

namespace ProvenanceGrains.Ledger.HttpSignatures;

/// <summary>Makes the two fields of a signature (RFC 9421 section 3.1).</summary>
public static class HttpMessageSigner
{
    /// <summary>Signs a message.</summary>
    /// <param name="message">With every field that is covered.</param>
    /// <param name="label">Of the signature.</param>
    /// <param name="covered">What to cover, with the signature's parameters.</param>
    /// <param name="sign">Makes the signature's bytes over the signature base; it alone knows the private key.</param>
    /// <param name="fields">Values of <c>Signature-Input</c> and <c>Signature</c>.</param>
    /// <param name="error">Which component has no value.</param>
    public static bool TrySign(
        HttpMessageParts message,
        string label,
        InnerList covered,
        Func<byte[], byte[]> sign,
        out (string SignatureInput, string Signature) fields,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(sign);
        fields = default;
        if (!SignatureBase.TryCreate(message, covered, out var signatureBase, out error))
        {
            return false;
        }

        var value = new StructuredItem(new BareItem.BytesItem(sign(signatureBase)), Parameters.None);
        fields = ($"{label}={StructuredField.Write(covered)}", $"{label}={StructuredField.Write(value)}");
        return true;
    }
}
