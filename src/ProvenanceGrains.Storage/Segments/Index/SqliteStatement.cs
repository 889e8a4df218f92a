using System.Text;
using SQLitePCL;

namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>A prepared statement without the per-call cost of ADO.NET: no boxed parameters, no reader objects.</summary>
/// <remarks>The indexer runs some 18 of them an event. One thread at a time, as its connection.</remarks>
internal sealed class SqliteStatement
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(sqlite3 db, string sql)
    {
        _db = db;
        var code = raw.sqlite3_prepare_v3(db, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement);
        if (code != raw.SQLITE_OK)
        {
            throw IndexException.From(db, code);
        }
    }

    public SqliteStatement Bind(int at, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, at, value));
        return this;
    }

    public SqliteStatement Bind(int at, long? value)
    {
        Check(value is { } number
            ? raw.sqlite3_bind_int64(_statement, at, number)
            : raw.sqlite3_bind_null(_statement, at));
        return this;
    }

    public SqliteStatement Bind(int at, ReadOnlySpan<byte> blob)
    {
        Check(raw.sqlite3_bind_blob(_statement, at, blob));
        return this;
    }

    public SqliteStatement Bind(int at, string text)
    {
        Span<byte> buffer = stackalloc byte[256];
        var utf8 = Encoding.UTF8.TryGetBytes(text, buffer, out var length)
            ? buffer[..length]
            : Encoding.UTF8.GetBytes(text);
        Check(raw.sqlite3_bind_text(_statement, at, utf8));
        return this;
    }

    /// <returns>True if there is a row.</returns>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code == raw.SQLITE_DONE)
        {
            return false;
        }

        _ = raw.sqlite3_reset(_statement);
        throw IndexException.From(_db, code);
    }

    /// <summary>Runs a statement that answers nothing, and readies it for its next use.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    public void Reset() => Check(raw.sqlite3_reset(_statement));

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    /// <summary>By the <see cref="PreparedConnection"/> that made it.</summary>
    public void Release() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw IndexException.From(_db, code);
        }
    }
}

/// <summary>A connection and the statements prepared on it, which end with it.</summary>
internal sealed class PreparedConnection : IDisposable
{
    private readonly List<SqliteStatement> _statements = [];

    static PreparedConnection() => Batteries_V2.Init();

    /// <param name="path">The database file.</param>
    /// <param name="create">Makes it if it is not there.</param>
    /// <exception cref="IndexException">It cannot be opened.</exception>
    public PreparedConnection(string path, bool create)
    {
        // No mutex: a connection is used by one thread at a time, and the locks of every call were a tenth of the writer's time.
        var flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX | (create ? raw.SQLITE_OPEN_CREATE : 0);
        var code = raw.sqlite3_open_v2(path, out var db, flags, null);
        Database = db;
        if (code != raw.SQLITE_OK)
        {
            var failure = IndexException.From(db, code);
            db.Dispose();
            throw failure;
        }

        _ = raw.sqlite3_busy_timeout(db, BusyTimeoutMs);
    }

    /// <summary>Readers never block the writer; only the checkpoint at a close asks for a moment alone.</summary>
    private const int BusyTimeoutMs = 30_000;

    public sqlite3 Database { get; }

    public SqliteStatement Prepare(string sql)
    {
        var statement = new SqliteStatement(Database, sql);
        _statements.Add(statement);
        return statement;
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Release();
        }

        Database.Dispose();
    }
}

/// <summary>The derived index failed or is damaged. Deleting it is always safe: it is rebuilt from the segments.</summary>
/// <param name="code">SQLite's primary result code; 0 if the index contradicts the log.</param>
/// <param name="message">What happened.</param>
internal sealed class IndexException(int code, string message) : IOException(message)
{
    /// <summary>Whether a rebuild would help, unlike with a full disk.</summary>
    public bool IsDamage => code is 0 or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT;

    public static IndexException From(sqlite3 db, int code) =>
        new(code & 0xFF, $"The index failed: {raw.sqlite3_errmsg(db).utf8_to_string()} (SQLite result {code}).");

    public static IndexException Contradicts(string what) =>
        new(0, $"The index contradicts the log: {what}. Delete the index folder and start again.");
}
