using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ProvenanceGrains.EmbeddedOrleans.Reminders;

/// <summary>fsync whose failure is reported: .NET's own flushing calls ignore it on Unix.</summary>
internal static class FileSync
{
    private const int Interrupted = 4;

    /// <exception cref="IOException">The disk refused.</exception>
    public static void File(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
        {
#pragma warning disable RS0030 // Windows reports the failure.
            RandomAccess.FlushToDisk(file);
#pragma warning restore RS0030
            return;
        }

        Sync(file);
    }

    /// <summary>Makes the names in a folder durable; Windows does so by itself.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void Folder(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            using var handle = new SafeFileHandle(Open([.. System.Text.Encoding.UTF8.GetBytes(folder), 0], 0), ownsHandle: true);
            Sync(handle);
        }
    }

    private static void Sync(SafeFileHandle file)
    {
        while (file.IsInvalid || FSync(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted || file.IsInvalid)
            {
                throw new IOException($"The reminders cannot be made durable: {new Win32Exception(error).Message}");
            }
        }
    }

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FSync(SafeFileHandle file);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open(byte[] path, int flags);
}
