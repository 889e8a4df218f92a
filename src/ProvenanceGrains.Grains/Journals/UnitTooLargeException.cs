namespace ProvenanceGrains.Grains.Journals;

/// <summary>A draft does not fit one unit of the log's format. Nothing was written.</summary>
public sealed class UnitTooLargeException(string message) : Exception(message);
