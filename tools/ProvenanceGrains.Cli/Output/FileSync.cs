using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ProvenanceGrains.Cli.Output;

/// <summary>fsync whose failure is reported: .NET's own flushing calls ignore it on Unix.</summary>
internal static class FileSync
{
    private const int Interrupted = 4;

    /// <summary>Makes what was written durable.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void Run(FileStream stream)
    {
        stream.Flush();
        if (OperatingSystem.IsWindows())
        {
#pragma warning disable RS0030 // Windows reports the failure.
            RandomAccess.FlushToDisk(stream.SafeFileHandle);
#pragma warning restore RS0030
            return;
        }

        Run(stream.SafeFileHandle, stream.Name);
    }

    /// <summary>Makes created, renamed and removed names of a folder durable. Windows needs no call for it.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void Folder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var handle = Open(Encoding.UTF8.GetBytes(folder + "\0"), 0);
        if (handle.IsInvalid)
        {
            throw new IOException($"Cannot open folder {folder}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }

        Run(handle, folder);
    }

    private static void Run(SafeFileHandle file, string name)
    {
        while (Sync(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw new IOException($"{name} cannot be made durable: {new Win32Exception(error).Message}");
            }
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern SafeFileHandle Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(SafeFileHandle file);
}
