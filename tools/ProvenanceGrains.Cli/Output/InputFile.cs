namespace ProvenanceGrains.Cli.Output;

/// <summary>Reads files that somebody names: of any kind, so their length is what comes out of them.</summary>
internal static class InputFile
{
    /// <summary>Reads a file whole.</summary>
    /// <param name="file">Its path; - for standard input.</param>
    /// <param name="limit">The most bytes.</param>
    /// <exception cref="UnusableException">It is longer than that.</exception>
    public static byte[] Read(string file, int limit)
    {
        using var stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (stream.Read(buffer) is var count and > 0)
        {
            content.Write(buffer.AsSpan(0, count));
            if (content.Length > limit)
            {
                throw new UnusableException($"{file} has more than {limit} bytes.");
            }
        }

        return content.ToArray();
    }
}
