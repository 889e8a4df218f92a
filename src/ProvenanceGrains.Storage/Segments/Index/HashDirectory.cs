namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>Finds numbers by 64 bits of a hash. The answers are candidates: whoever asks compares the whole.</summary>
internal sealed class HashDirectory
{
    public const string Entities = "entity_hash";
    public const string Claims = "claim_hash";
    public const string Units = "unit_hash";

    private readonly SqliteStatement _find;
    private readonly SqliteStatement? _add;

    public HashDirectory(PreparedConnection db, string name, bool writable)
    {
        _find = db.Prepare($"SELECT value FROM {name} WHERE hash=?1 ORDER BY value");
        _add = writable ? db.Prepare($"INSERT INTO {name}(hash, value) VALUES(?1, ?2)") : null;
    }

    public static IReadOnlyList<string> Names { get; } = [Entities, Claims, Units];

    public static string TableOf(string name) =>
        $"CREATE TABLE {name}(hash INTEGER NOT NULL, value INTEGER NOT NULL, PRIMARY KEY(hash, value)) WITHOUT ROWID";

    public void Add(long hash, long value) => _add!.Bind(1, hash).Bind(2, value).Run();

    /// <summary>Adds the candidates to <paramref name="found"/>, smallest first.</summary>
    public void Find(long hash, List<long> found)
    {
        found.Clear();
        _find.Bind(1, hash);
        while (_find.Step())
        {
            found.Add(_find.Int64(0));
        }

        _find.Reset();
    }
}
