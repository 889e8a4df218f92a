using System.CommandLine;
using System.Text;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Vrf;

namespace ProvenanceGrains.Cli.Keys;

/// <summary><c>--vrf-key KEY</c> or <c>--vrf-key @FILE</c>: the index rule where no block tells it.</summary>
internal static class VrfKeyOption
{
    private const int MaxFileBytes = 1024;

    public static Option<string?> Create(string description) => new("--vrf-key")
    {
        Description = description,
        HelpName = "KEY|@FILE",
    };

    /// <returns>The open rule for null.</returns>
    /// <exception cref="UnusableException">It is no VRF key, or the file cannot be read.</exception>
    public static IndexRule Parse(string? text)
    {
        if (text is null)
        {
            return IndexRule.Hash;
        }

        if (!text.StartsWith('@'))
        {
            return RuleOf(text, "--vrf-key");
        }

        var file = new FileInfo(text[1..]);
        return file.Exists && file.Length <= MaxFileBytes
            ? RuleOf(File.ReadAllText(file.FullName), "--vrf-key")
            : throw new UnusableException($"--vrf-key: {file.FullName} is not there or is no key file.");
    }

    /// <summary>
    /// The rule that is given, else what the log itself says beside its tiles. That is a hint: each block commits to the rule, so an audit
    /// refuses a wrong one.
    /// </summary>
    /// <param name="given">The option's value; null for none.</param>
    /// <param name="target">A URL, a log's folder or a data folder.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<IndexRule> ParseOrAskAsync(string? given, string target, CancellationToken cancellation)
    {
        if (given is not null)
        {
            return Parse(given);
        }

        if (LogSources.IsUrl(target))
        {
            using var web = await HttpLogSource.OpenAsync(target, cancellation);
            return Of(await web.ReadFileAsync("vrf", cancellation), web.Prefix + "vrf");
        }

        var within = Path.Combine(target, "log");
        var folder = Directory.Exists(within) ? within : target;
        return Of(await new FolderLogSource(folder, folder + "/").ReadFileAsync("vrf", cancellation), Path.Combine(folder, "vrf"));
    }

    /// <summary>The rule of a log whose file <c>vrf</c> has this content; the open one for null.</summary>
    public static IndexRule Of(byte[]? content, string name) =>
        content is null ? IndexRule.Hash : RuleOf(Encoding.UTF8.GetString(content), name);

    private static IndexRule.Vrf RuleOf(string text, string name) => VrfPublicKey.TryParseText(text, out var key, out var error)
        ? new IndexRule.Vrf(key)
        : throw new UnusableException($"{name}: {error}");
}
