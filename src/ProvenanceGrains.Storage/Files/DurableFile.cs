using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ProvenanceGrains.Storage.Files;

/// <summary>Whole files that are on the disk when the call returns.</summary>
public static partial class DurableFile
{
    private const int ReadOnly = 0;
    private const int Interrupted = 4;

    /// <summary>
    /// Replaces a file atomically: a temporary neighbour is written and synced, renamed over it, and the folder is synced.
    /// A crash leaves the old content or the new, and perhaps a <c>.tmp</c> that the next call overwrites.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its whole content.</param>
    /// <param name="mode">Permission bits on Unix; the default if null.</param>
    /// <exception cref="IOException">The disk refused; the old content stands.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        var temporary = path + ".tmp";
        WriteAndSync(temporary, content, mode);
        File.Move(temporary, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Writes a file that is not there yet, as <see cref="Replace"/> does.</summary>
    /// <exception cref="IOException">It is there already, or the disk refused.</exception>
    public static void Create(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        var temporary = path + ".tmp";
        WriteAndSync(temporary, content, mode);
        File.Move(temporary, path, overwrite: false);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes a folder that only its owner can enter: what is in it may hold salts and payloads.</summary>
    public static void CreatePrivateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Writes a file and syncs it; its folder is the caller's to sync.</summary>
    public static void WriteAndSync(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
        };
        if (mode is not null && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using var stream = new FileStream(path, options);
        stream.Write(content);
        Sync(stream.SafeFileHandle);
    }

    /// <summary>Makes the content and the length of an open file durable.</summary>
    /// <remarks>
    /// Not by .NET's own calls: <c>RandomAccess.FlushToDisk</c> and <c>FileStream.Flush(true)</c> return as if all were well when
    /// fsync fails on Unix, and what was not written would be acknowledged. Only an interrupted fsync is called again: after any
    /// other failure the kernel may have dropped the pages, and a second call would succeed without them.
    /// </remarks>
    /// <exception cref="IOException">The disk refused; what was written since the last sync may be lost.</exception>
    public static void Sync(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (OperatingSystem.IsWindows())
        {
#pragma warning disable RS0030 // Windows reports the failure.
            RandomAccess.FlushToDisk(file);
#pragma warning restore RS0030
            return;
        }

        while (Sync(file, out var error) != 0)
        {
            if (error != Interrupted)
            {
                throw new IOException($"Cannot sync a file: {new Win32Exception(error).Message} (errno {error}).");
            }
        }
    }

    /// <summary>Makes everything written so far to the file system that holds a folder durable, names and contents.</summary>
    /// <remarks>
    /// One call for a block's hundreds of small files, in place of an fsync and a folder sync for each. Where there is no
    /// <c>syncfs</c>, each file and folder is synced by itself.
    /// </remarks>
    public static void SyncAll(string folder, IEnumerable<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (OperatingSystem.IsLinux())
        {
            WithFolder(folder, SyncFileSystem);
            return;
        }

        var folders = new HashSet<string>(StringComparer.Ordinal) { folder };
        foreach (var file in files)
        {
            using (var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite))
            {
                Sync(handle);
            }

            for (var parent = Path.GetDirectoryName(file)!; folders.Add(parent);)
            {
                parent = Path.GetDirectoryName(parent)!;
            }
        }

        foreach (var parent in folders)
        {
            SyncFolder(parent);
        }
    }

    /// <summary>Makes created, renamed and removed names of a folder durable.</summary>
    /// <remarks>.NET has no call for it; Windows needs none. Elsewhere it is fsync on the folder.</remarks>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        WithFolder(folder, Sync);
    }

    private static int Sync(SafeFileHandle file, out int error)
    {
        var result = SyncHandle(file);
        error = result == 0 ? 0 : Marshal.GetLastPInvokeError();
        return result;
    }

    private static void WithFolder(string folder, Func<int, int> sync)
    {
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open folder {folder}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }

        try
        {
            while (sync(descriptor) != 0)
            {
                if (Marshal.GetLastPInvokeError() is var error && error != Interrupted)
                {
                    throw new IOException($"Cannot sync folder {folder}: {new Win32Exception(error).Message}");
                }
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncHandle(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFileSystem(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
