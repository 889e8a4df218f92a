namespace ProvenanceGrains.Query.Events;

/// <summary>Why a request's parameter is refused.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Message">For a person.</param>
public sealed record ParameterError(string Name, string Message);
