using SQLitePCL;

namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>Numbers for the strings that recur: kinds, roles, types, business steps, places.</summary>
internal sealed class WordTable
{
    private const int MaxCached = 50_000;

    private readonly Dictionary<string, long> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<long, string> _texts = [];
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _read;
    private readonly SqliteStatement? _add;
    private readonly PreparedConnection _db;

    public WordTable(PreparedConnection db, bool writable)
    {
        _db = db;
        _find = db.Prepare("SELECT id FROM word WHERE text=?1");
        _read = db.Prepare("SELECT text FROM word WHERE id=?1");
        _add = writable ? db.Prepare("INSERT INTO word(text) VALUES(?1)") : null;
    }

    /// <summary>The number of a word; null if it never occurred.</summary>
    public long? Find(string text)
    {
        if (_ids.TryGetValue(text, out var id))
        {
            return id;
        }

        var found = _find.Bind(1, text).Step();
        id = found ? _find.Int64(0) : 0;
        _find.Reset();
        if (found)
        {
            Keep(text, id);
        }

        return found ? id : null;
    }

    /// <summary>The number of a word, given to it if it has none.</summary>
    public long Intern(string text)
    {
        if (Find(text) is { } known)
        {
            return known;
        }

        _add!.Bind(1, text).Run();
        var id = raw.sqlite3_last_insert_rowid(_db.Database);
        Keep(text, id);
        return id;
    }

    public string Read(long id)
    {
        if (_texts.TryGetValue(id, out var text))
        {
            return text;
        }

        var found = _read.Bind(1, id).Step();
        text = found ? _read.Text(0) : "";
        _read.Reset();
        if (!found)
        {
            throw IndexException.Contradicts($"word {id} is not there");
        }

        Keep(text, id);
        return text;
    }

    private void Keep(string text, long id)
    {
        if (_ids.Count >= MaxCached)
        {
            _ids.Clear();
            _texts.Clear();
        }

        _ids[text] = id;
        _texts[id] = text;
    }
}
