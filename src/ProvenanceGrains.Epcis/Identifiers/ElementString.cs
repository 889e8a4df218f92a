namespace ProvenanceGrains.Epcis.Identifiers;

/// <summary>One AI with its decoded data.</summary>
/// <param name="Ai">The code, such as <c>10</c>.</param>
/// <param name="Value">The data, not percent-encoded.</param>
public readonly record struct ElementString(string Ai, string Value);
