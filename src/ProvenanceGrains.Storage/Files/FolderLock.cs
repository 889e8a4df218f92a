using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ProvenanceGrains.Storage.Files;

/// <summary>Keeps a second process out of a folder: a lock on a file in it, which ends with the process.</summary>
/// <remarks>
/// <c>FileShare.None</c> alone does not: .NET's lock can be switched off by a setting of the environment, and is left out in
/// silence where the file system offers none. Two writers would fork the log, so here no lock means no access.
/// </remarks>
internal sealed partial class FolderLock : IDisposable
{
    private const int Exclusive = 2;
    private const int DoNotWait = 4;
    private const int Interrupted = 4;

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes a data folder's lock, its file <c>lock</c>.</summary>
    /// <exception cref="StoreUnavailableException">Another process holds it, or it cannot be had.</exception>
    public static FolderLock TakeOf(string dataFolder)
    {
        try
        {
            return Take(Path.Combine(dataFolder, "lock"));
        }
        catch (Exception held) when (held is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The data folder {dataFolder} is in use by another process, or cannot be locked: {held.Message}", held);
        }
    }

    /// <exception cref="IOException">Somebody else holds it, or it cannot be had.</exception>
    public static FolderLock Take(string path)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            // Windows enforces the share mode itself. Elsewhere .NET's lock, if it took one, is this same lock of this same file.
            while (!OperatingSystem.IsWindows() && Lock(file.SafeFileHandle, Exclusive | DoNotWait) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error != Interrupted)
                {
                    throw new IOException($"{path} cannot be locked: {new Win32Exception(error).Message}");
                }
            }

            return new FolderLock(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);
}
