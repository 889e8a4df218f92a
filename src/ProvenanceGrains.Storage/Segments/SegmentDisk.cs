using Microsoft.Win32.SafeHandles;
using ProvenanceGrains.Storage.Files;

namespace ProvenanceGrains.Storage.Segments;

/// <summary>The file calls that the durability of the segments rests on; a test puts faults in between.</summary>
public interface ISegmentDisk
{
    /// <summary>Full paths of a folder's files; empty if there is no such folder.</summary>
    IReadOnlyList<string> List(string folder);

    /// <summary>Makes a folder, for its owner alone, unless it is there, and makes its name durable.</summary>
    void CreateFolder(string folder);

    /// <summary>Opens a file for reading and writing.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="create">Makes it if it is not there, and empties it if it is.</param>
    ISegmentFile Open(string path, bool create);

    /// <summary>Gives a file another name; durable after <see cref="SyncFolder"/>.</summary>
    void Rename(string from, string to);

    void Delete(string path);

    /// <summary>Makes the names in a folder durable.</summary>
    void SyncFolder(string folder);
}

/// <summary>An open file. Reads may overlap with each other and with one writer.</summary>
public interface ISegmentFile : IDisposable
{
    /// <summary>In bytes.</summary>
    long Length { get; }

    /// <summary>Reads until the destination is full or the file ends.</summary>
    /// <returns>How many bytes were read.</returns>
    int Read(Span<byte> destination, long offset);

    /// <summary>Writes all buffers one after the other. A failure may leave any part of them written.</summary>
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset);

    /// <summary>Makes content and length durable. After a failure nothing is known, and a retry would not tell.</summary>
    void Sync();

    void SetLength(long length);
}

/// <summary>The machine's own disk.</summary>
public sealed class LocalDisk : ISegmentDisk
{
    public static readonly LocalDisk Instance = new();

    private LocalDisk()
    {
    }

    public IReadOnlyList<string> List(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder) : [];

    public void CreateFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            DurableFile.CreatePrivateFolder(folder);
            if (Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) is { } parent)
            {
                SyncFolder(parent);
            }
        }
    }

    public ISegmentFile Open(string path, bool create) => new LocalFile(
        File.OpenHandle(path, create ? FileMode.Create : FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));

    public void Rename(string from, string to) => File.Move(from, to);

    public void Delete(string path) => File.Delete(path);

    public void SyncFolder(string folder) => DurableFile.SyncFolder(folder);

    private sealed class LocalFile(SafeFileHandle handle) : ISegmentFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(Span<byte> destination, long offset)
        {
            var total = 0;
            while (total < destination.Length)
            {
                var read = RandomAccess.Read(handle, destination[total..], offset + total);
                if (read == 0)
                {
                    break;
                }

                total += read;
            }

            return total;
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset) =>
            RandomAccess.Write(handle, buffers, offset);

        public void Sync() => DurableFile.Sync(handle);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Dispose() => handle.Dispose();
    }
}
