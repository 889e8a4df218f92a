using System.Diagnostics.CodeAnalysis;
using System.Text;
using ProvenanceGrains.Ledger.StructuredFields;

namespace ProvenanceGrains.Ledger.HttpSignatures;

/// <summary>The bytes that a signature is over (RFC 9421 section 2.5).</summary>
public static class SignatureBase
{
    /// <summary>Makes the signature base of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="covered">The covered components with the signature's parameters, as in <c>Signature-Input</c>.</param>
    /// <param name="signatureBase">ASCII, lines joined by a line feed, none at the end.</param>
    /// <param name="error">Which component has no value, or is covered twice.</param>
    public static bool TryCreate(
        HttpMessageParts message,
        InnerList covered,
        [NotNullWhen(true)] out byte[]? signatureBase,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(covered);
        signatureBase = null;
        var text = new StringBuilder();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var component in covered.Items)
        {
            if (!seen.Add(IdentityOf(component)))
            {
                error = $"{StructuredField.Write(component)} is covered twice";
                return false;
            }

            if (!ComponentValue.TryDerive(message, component, out var value, out error))
            {
                error ??= "a component has no value";
                return false;
            }

            // A line break within a value could pass for another component (section 7.5.6).
            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~') && value.Any(c => c is not ('\t' or (>= ' ' and <= '~'))))
            {
                error = $"the value of {StructuredField.Write(component)} is not ASCII text";
                return false;
            }

            text.Append(StructuredField.Write(component)).Append(": ").Append(value).Append('\n');
        }

        text.Append("\"@signature-params\": ").Append(StructuredField.Write(covered));
        signatureBase = Encoding.ASCII.GetBytes(text.ToString());
        error = null;
        return true;
    }

    /// <summary>Two components are the same whatever the order of their parameters (section 2).</summary>
    private static string IdentityOf(StructuredItem component) => StructuredField.Write(component with
    {
        Parameters = Parameters.Of(component.Parameters.All.OrderBy(one => one.Key, StringComparer.Ordinal)),
    });
}
