using System.Globalization;
using ProvenanceGrains.Storage.Files;

namespace ProvenanceGrains.Storage.Incarnations;

/// <summary>
/// The files of a data folder while a log that was set back gives way to a new one. Holds the folder's lock: no store may be open.
/// </summary>
/// <remarks>
/// The steps, and what a crash after each leaves behind. The next start, whatever it was asked, does them again from the first that is not
/// done, because the note of step 1 is there:
/// <list type="number">
/// <item><see cref="Begin"/> writes <c>incarnation.next</c>, the signed note: the commit point. Before it nothing has changed.</item>
/// <item><see cref="KeepOld"/> moves <c>chain/</c>, <c>log/</c> and <c>sealed</c> into <c>incarnations/N/</c>. What is there already is not moved
/// again; for what never was, an empty folder stands, so that the new log is not taken for it.</item>
/// <item>The caller gives the key its new name.</item>
/// <item><see cref="PublishNote"/> writes <c>log/incarnation</c> of the new log.</item>
/// <item><see cref="End"/> removes <c>incarnation.next</c>: done. Sealing then begins at the first entry, as for a new folder.</item>
/// </list>
/// </remarks>
public sealed class IncarnationFolder : IDisposable
{
    private readonly string _folder;
    private readonly FolderLock _lock;

    private IncarnationFolder(string folder, FolderLock held) => (_folder, _lock) = (folder, held);

    private string PendingPath => Path.Combine(_folder, "incarnation.next");

    private string NotePath => Path.Combine(_folder, "log", "incarnation");

    /// <exception cref="StoreUnavailableException">Another process has the folder open, or it cannot be locked.</exception>
    public static IncarnationFolder Open(string dataFolder) => new(dataFolder, FolderLock.TakeOf(dataFolder));

    public void Dispose() => _lock.Dispose();

    /// <summary>The note of an incarnation that was begun and not ended; null for none.</summary>
    public byte[]? ReadPending() => Read(PendingPath);

    /// <summary>The note of the log's own incarnation; null for the first.</summary>
    public byte[]? ReadNote() => Read(NotePath);

    /// <summary>Before step 1: keeps the newest checkpoint that is known of the old log as <c>incarnations/N/head</c>.</summary>
    public void KeepHead(int number, ReadOnlySpan<byte> checkpoint)
    {
        DurableFile.CreatePrivateFolder(KeptFolder(number));
        DurableFile.Replace(Path.Combine(KeptFolder(number), "head"), checkpoint);
    }

    /// <summary>Step 1: from here on there is no way back.</summary>
    public void Begin(ReadOnlySpan<byte> note) => DurableFile.Replace(PendingPath, note);

    /// <summary>Step 2.</summary>
    /// <param name="number">Of the incarnation that is kept.</param>
    public void KeepOld(int number)
    {
        var kept = KeptFolder(number);
        DurableFile.CreatePrivateFolder(kept);
        foreach (var name in (string[])["chain", "log"])
        {
            Keep(Path.Combine(_folder, name), Path.Combine(kept, name));
        }

        var mark = Path.Combine(_folder, "sealed");
        if (File.Exists(mark))
        {
            File.Move(mark, Path.Combine(kept, "sealed"), overwrite: true);
        }

        DurableFile.SyncFolder(kept);
        DurableFile.SyncFolder(Path.Combine(_folder, "incarnations"));
        DurableFile.SyncFolder(_folder);
    }

    /// <summary>Step 4. The index rule is for life: what <c>log/</c> says of it goes along.</summary>
    /// <param name="number">Of the incarnation that is kept.</param>
    /// <param name="note">The signed link.</param>
    public void PublishNote(int number, ReadOnlySpan<byte> note)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(NotePath)!);
        var rule = Path.Combine(KeptFolder(number), "log", "vrf");
        if (File.Exists(rule))
        {
            DurableFile.Replace(Path.Combine(_folder, "log", "vrf"), File.ReadAllBytes(rule));
        }

        DurableFile.Replace(NotePath, note);
        DurableFile.SyncFolder(_folder);
    }

    /// <summary>Step 5.</summary>
    public void End()
    {
        File.Delete(PendingPath);
        DurableFile.SyncFolder(_folder);
    }

    private string KeptFolder(int number) => Path.Combine(_folder, "incarnations", number.ToString(CultureInfo.InvariantCulture));

    private static void Keep(string source, string target)
    {
        if (Directory.Exists(target))
        {
            return;
        }

        if (Directory.Exists(source))
        {
            Directory.Move(source, target);
        }
        else
        {
            Directory.CreateDirectory(target);
        }
    }

    private static byte[]? Read(string path) => File.Exists(path) ? File.ReadAllBytes(path) : null;
}
