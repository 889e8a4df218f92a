using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Storage.Files;

namespace ProvenanceGrains.Storage.Segments.Index;

/// <summary>The derived index's file: opened if it fits the log, made anew if not. Losing it loses nothing.</summary>
internal sealed partial class IndexDatabase : IDisposable
{
    private const int MaxIdleReaders = 16;

    private readonly string _folder;
    private readonly ILogger _logger;
    private readonly ConcurrentBag<IndexReader> _idle = [];
    private IndexWriter? _writer;

    public IndexDatabase(string folder, ILogger logger)
    {
        _folder = folder;
        _logger = logger;
    }

    public IndexState State { get; private set; } = new();

    public IndexWriter Writer => _writer ?? throw new InvalidOperationException("The index is not open.");

    public string DatabasePath => Path.Combine(_folder, "index.db");

    private string DamageMark => Path.Combine(_folder, "damaged");

    /// <summary>Opens what is there, if it is of this version and sound as far as can be told quickly.</summary>
    /// <param name="position">How far it has followed the log.</param>
    /// <param name="logId">Which log.</param>
    public bool TryOpen(out IndexPosition position, out Hash256 logId)
    {
        position = default;
        logId = default;
        if (!File.Exists(DatabasePath))
        {
            return false;
        }

        if (File.Exists(DamageMark))
        {
            LogRebuild("it was found to be damaged");
            return false;
        }

        try
        {
            var connection = new PreparedConnection(DatabasePath, create: false);
            try
            {
                IndexSchema.ConfigureWriter(connection.Database);
                CheckPages(connection);
                if (!TryReadMeta(connection, out position, out logId))
                {
                    LogRebuild("it is of another version");
                    connection.Dispose();
                    return false;
                }

                Load(connection);
                _writer = new IndexWriter(connection, State);
                _writer.FillFilters();
                return true;
            }
            catch (IndexException)
            {
                connection.Dispose();
                throw;
            }
        }
        catch (IndexException damage) when (damage.IsDamage)
        {
            LogRebuild(damage.Message);
            State = new IndexState();
            return false;
        }
    }

    /// <summary>Makes an empty index for a log.</summary>
    public void Create(Hash256 logId)
    {
        CloseWriter();
        State = new IndexState();
        if (Directory.Exists(_folder))
        {
            foreach (var file in Directory.GetFiles(_folder))
            {
                File.Delete(file);
            }
        }

        DurableFile.CreatePrivateFolder(_folder);
        var connection = new PreparedConnection(DatabasePath, create: true);
        IndexSchema.ConfigureWriter(connection.Database);
        IndexSchema.CreateTables(connection.Database);
        _writer = new IndexWriter(connection, State);
        _writer.PutMeta("log", RowCheck.Seal("log", 0, logId.ToArray()));
        _writer.PutPlace(default);
        _writer.PutMeta("version", IndexSchema.Version);
    }

    /// <summary>The next start rebuilds it.</summary>
    public void MarkDamaged()
    {
        try
        {
            File.WriteAllBytes(DamageMark, []);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogMarkFailed(failure.Message);
        }
    }

    /// <summary>Lends a connection to <paramref name="read"/>; what it returns must not refer to it.</summary>
    public T Read<T>(Func<IndexReader, T> read)
    {
        _idle.TryTake(out var reader);
        var sound = false;
        try
        {
            reader ??= OpenReader();
            reader.Begin();
            var result = read(reader);
            reader.End();
            sound = true;
            return result;
        }
        catch (IndexException failure) when (failure.IsDamage)
        {
            MarkDamaged();
            throw new StoreDamagedException(DatabasePath, 0, failure.Message);
        }
        catch (IndexException failure)
        {
            throw new StoreUnavailableException($"{DatabasePath}: {failure.Message}", failure);
        }
        finally
        {
            // After an exception a statement may still be under way; such a connection is not used again.
            if (sound && _idle.Count < MaxIdleReaders)
            {
                _idle.Add(reader!);
            }
            else
            {
                reader?.Dispose();
            }
        }
    }

    private IndexReader OpenReader()
    {
        var connection = new PreparedConnection(DatabasePath, create: false);
        try
        {
            return new IndexReader(connection, State);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var reader))
        {
            reader.Dispose();
        }

        CloseWriter();
    }

    private static bool TryReadMeta(PreparedConnection connection, out IndexPosition position, out Hash256 logId)
    {
        position = default;
        logId = default;
        var read = connection.Prepare("SELECT value FROM meta WHERE name=?1");
        if (Number(read, "version") != IndexSchema.Version)
        {
            return false;
        }

        var found = read.Bind(1, "log").Step();
        var id = found ? RowCheck.Open("log", 0, read.Blob(0)) : [];
        if (id.Length == Hash256.Size)
        {
            logId = new Hash256(id);
        }

        read.Reset();
        position = IndexPlace.Read(connection.Prepare(IndexPlace.Query)).Position;
        return !logId.IsZero;
    }

    private static long Number(SqliteStatement read, string name)
    {
        var value = read.Bind(1, name).Step() ? read.Int64(0) : 0;
        read.Reset();
        return value;
    }

    private void Load(PreparedConnection connection)
    {
        var zones = connection.Prepare("SELECT data FROM zone ORDER BY id");
        while (zones.Step())
        {
            State.Zones.Load(Zone.Parse(zones.Blob(0)));
        }

        zones.Reset();
        var strays = connection.Prepare(
            $"SELECT directory FROM run WHERE directory NOT IN ('{string.Join("','", HashDirectory.Names)}')");
        if (strays.Step())
        {
            throw IndexException.Contradicts("a run belongs to no directory");
        }
    }

    // Damage to the tree of pages makes rows vanish that are sound in themselves. It reads the whole file, as the filters read much of it.
    private static void CheckPages(PreparedConnection connection)
    {
        var check = connection.Prepare("PRAGMA quick_check(1)");
        var answer = check.Step() ? check.Text(0) : "no answer";
        check.Reset();
        if (answer != "ok")
        {
            throw IndexException.Contradicts(answer);
        }
    }

    private void CloseWriter()
    {
        _writer?.Dispose();
        _writer = null;
    }

    [LoggerMessage(2010, LogLevel.Warning, "The index is rebuilt from the segments: {Reason}")]
    private partial void LogRebuild(string reason);

    [LoggerMessage(2011, LogLevel.Error, "The index is damaged and could not be marked so: {Reason}. Delete its folder.")]
    private partial void LogMarkFailed(string reason);
}
