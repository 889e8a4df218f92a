using System.Text;
using System.Text.Json;

namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>Where inputs begin: the golden files, samples beside them, and the conformance vectors where those are there.</summary>
/// <param name="vectors">The folder of the conformance vectors; null for none.</param>
public sealed class FuzzCorpus(string? vectors)
{
    private const int MaxVectors = 400;
    private const int MaxVectorBytes = 16 * 1024;

    /// <summary>A golden file of the ledger.</summary>
    public static byte[] Golden(string name) => Read("golden/" + name);

    public static byte[] Sample(string name) => Read("samples/" + name);

    /// <summary>A golden file of hexadecimal digits, as the bytes they stand for.</summary>
    public static byte[] GoldenHex(string name) =>
        Convert.FromHexString(string.Concat(Encoding.ASCII.GetString(Golden(name)).Where(char.IsAsciiHexDigit)));

    /// <summary>The lines of a golden file that are not empty.</summary>
    public static string[] GoldenLines(string name) =>
        Encoding.UTF8.GetString(Golden(name)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whole files below folders of the vectors, by ending.</summary>
    public IEnumerable<byte[]> Files(string folder, params string[] endings) => Paths(folder)
        .Where(path => endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)))
        .Where(path => new FileInfo(path).Length <= MaxVectorBytes)
        .Take(MaxVectors)
        .Select(File.ReadAllBytes);

    /// <summary>
    /// The texts in the JSON files below folders of the vectors, as they are and, where they are base64, what they stand for: whichever of
    /// them is an input of the target, the others are wrong ones.
    /// </summary>
    public IEnumerable<byte[]> Texts(params string[] folders)
    {
        var found = folders.SelectMany(Paths)
            .Where(path => path.EndsWith(".json", StringComparison.Ordinal) || path.EndsWith(".jsonl", StringComparison.Ordinal))
            .SelectMany(path => path.EndsWith(".jsonl", StringComparison.Ordinal) ? File.ReadLines(path) : [File.ReadAllText(path)])
            .Where(text => text.Length > 0)
            .SelectMany(TextsOf)
            .Distinct(StringComparer.Ordinal)
            .Where(text => text.Length <= MaxVectorBytes)
            .Take(MaxVectors);
        foreach (var text in found)
        {
            yield return Encoding.UTF8.GetBytes(text);
            if (text.Length >= 40 && TryFromBase64(text, out var bytes))
            {
                yield return bytes;
            }
        }
    }

    private static List<string> TextsOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        var texts = new List<string>();
        var open = new Stack<JsonElement>([document.RootElement]);
        while (open.TryPop(out var value))
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.String:
                    texts.Add(value.GetString()!);
                    break;
                case JsonValueKind.Array:
                    foreach (var item in value.EnumerateArray())
                    {
                        open.Push(item);
                    }

                    break;
                case JsonValueKind.Object:
                    foreach (var member in value.EnumerateObject())
                    {
                        open.Push(member.Value);
                    }

                    break;
                default:
                    break;
            }
        }

        return texts;
    }

    private static bool TryFromBase64(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        var isBase64 = Convert.TryFromBase64String(text, bytes, out var length);
        bytes = bytes[..length];
        return isBase64;
    }

    private IEnumerable<string> Paths(string folder)
    {
        var root = vectors is null ? "" : Path.Combine(vectors, folder);
        return Directory.Exists(root)
            ? Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            : [];
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(FuzzCorpus).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"No sample {name} in the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
