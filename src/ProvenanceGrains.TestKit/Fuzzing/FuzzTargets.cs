namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>Every parser of the engine that takes bytes from outside. Those of the tools and of the web layer are with their tests.</summary>
public static class FuzzTargets
{
    /// <param name="vectors">The folder of the conformance vectors, which widen the corpora; null for none.</param>
    public static IReadOnlyList<FuzzTarget> All(string? vectors)
    {
        var corpus = new FuzzCorpus(vectors);
        return
        [
            .. NoteTargets.All(corpus), .. BundleTargets.All(), .. AuthorshipTargets.All(corpus), .. UnitTargets.All(),
            .. EpcisTargets.All(corpus),
        ];
    }
}
