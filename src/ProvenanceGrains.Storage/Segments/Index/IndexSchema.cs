using SQLitePCL;

namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>The tables of the derived index, and how connections to it are set up.</summary>
/// <remarks>
/// Entities and words get dense numbers in the order of their appearance, so that rows are short and those of neighbours in
/// time share pages. A 32-byte hash is never a key: 64 bits of it are, and the log decides between two that share them.
/// </remarks>
internal static class IndexSchema
{
    /// <summary>Another number in the file means: rebuild.</summary>
    public const long Version = 2;

    private const string Tables = """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE word(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
        CREATE TABLE entity(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, key TEXT NOT NULL, sum INTEGER NOT NULL);
        CREATE TABLE part(
            entity INTEGER NOT NULL, ordinal INTEGER NOT NULL, matter INTEGER NOT NULL, role INTEGER NOT NULL,
            seq INTEGER NOT NULL, leaf INTEGER NOT NULL, PRIMARY KEY(entity, ordinal)) WITHOUT ROWID;
        CREATE TABLE unit(
            first INTEGER PRIMARY KEY, count INTEGER NOT NULL, high INTEGER NOT NULL, low INTEGER NOT NULL,
            time INTEGER NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL);
        CREATE TABLE matter(
            ordinal INTEGER PRIMARY KEY, count INTEGER NOT NULL, unit INTEGER NOT NULL, recorded INTEGER NOT NULL,
            segment INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL, digest INTEGER NOT NULL,
            type INTEGER, time INTEGER, action INTEGER, step INTEGER, disposition INTEGER, point INTEGER, location INTEGER,
            parts BLOB NOT NULL);
        CREATE TABLE zone(id INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE run(
            directory TEXT NOT NULL, number INTEGER NOT NULL, level INTEGER NOT NULL, bits INTEGER NOT NULL,
            count INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY(directory, number)) WITHOUT ROWID;
        """;

    /// <summary>The check of an entity's row; its kind's word is in it.</summary>
    public static long CheckOf(long id, Ledger.Entries.EntityId entity) =>
        RowCheck.Of("entity", id, System.Text.Encoding.UTF8.GetBytes($"{entity.Kind}\n{entity.Key}"));

    // A backup or a person with a SQLite shell may hold the database for a moment.
    private const string BusyTimeout = "PRAGMA busy_timeout=10000";

    /// <summary>Write-ahead log; a crash loses the last transactions at most, and the segments bring them again.</summary>
    public static void ConfigureWriter(sqlite3 db)
    {
        Execute(db, BusyTimeout);
        Execute(db, "PRAGMA page_size=4096");
        Execute(db, "PRAGMA journal_mode=WAL");
        Execute(db, "PRAGMA synchronous=NORMAL");
        Execute(db, "PRAGMA wal_autocheckpoint=8192");
        Execute(db, "PRAGMA journal_size_limit=67108864");
        Execute(db, "PRAGMA cache_size=-65536");
        Execute(db, "PRAGMA temp_store=MEMORY");
    }

    public static void ConfigureReader(sqlite3 db)
    {
        Execute(db, BusyTimeout);
        Execute(db, "PRAGMA query_only=1");
        Execute(db, "PRAGMA cache_size=-8192");
        Execute(db, "PRAGMA temp_store=MEMORY");
    }

    public static void CreateTables(sqlite3 db)
    {
        Execute(db, "BEGIN");
        Execute(db, Tables);
        foreach (var name in HashDirectory.Names)
        {
            Execute(db, HashDirectory.TableOf(name));
        }

        Execute(db, "COMMIT");
    }

    public static void Execute(sqlite3 db, string sql)
    {
        var code = raw.sqlite3_exec(db, sql);
        if (code != raw.SQLITE_OK)
        {
            throw IndexException.From(db, code);
        }
    }
}
