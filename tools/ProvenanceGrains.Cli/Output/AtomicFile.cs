namespace ProvenanceGrains.Cli.Output;

/// <summary>Files that are there whole or not at all.</summary>
internal static class AtomicFile
{
    private const int BufferSize = 1 << 16;

    /// <summary>
    /// Replaces a file: a temporary neighbour is written and made durable, then renamed over it, and the folder is made durable: without
    /// that the rename could be lost after others were told of it. A crash leaves the old content or the new, and perhaps a <c>.tmp</c>
    /// that the next call overwrites.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its whole content.</param>
    /// <param name="mode">Permission bits on Unix; the default if null.</param>
    /// <exception cref="IOException">The disk refused; the old content stands.</exception>
    public static void Replace(string path, Action<Stream> write, UnixFileMode? mode = null)
    {
        var temporary = path + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = BufferSize };
        if (mode is not null && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (var stream = new FileStream(temporary, options))
        {
            write(stream);
            FileSync.Run(stream);
        }

        File.Move(temporary, path, overwrite: true);
        FileSync.Folder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
