namespace ProvenanceGrains.Cli.Output;

/// <summary>Files that are there whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>Replaces a file: a temporary neighbour is written and made durable, then renamed over it.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            stream.Write(content);
            FileSync.Run(stream);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The same for content that is written piece by piece.</summary>
    public static void Replace(string path, Action<Stream> write)
    {
        var temporary = path + ".tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            write(stream);
            FileSync.Run(stream);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
