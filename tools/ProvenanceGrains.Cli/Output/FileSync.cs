using System.ComponentModel;
using System.Runtime.InteropServices;
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

        while (Sync(stream.SafeFileHandle) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw new IOException($"{stream.Name} cannot be made durable: {new Win32Exception(error).Message}");
            }
        }
    }

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(SafeFileHandle file);
}
