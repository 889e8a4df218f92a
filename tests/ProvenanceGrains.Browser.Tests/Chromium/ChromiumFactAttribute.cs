namespace ProvenanceGrains.Browser.Tests.Chromium;

/// <summary>Where the browser is. A laptop without one skips these tests; the build server must not.</summary>
internal static class ChromiumBinary
{
    private static readonly string[] Candidates =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];

    /// <summary>The executable that the environment variable CHROMIUM_PATH names, else the first of the usual ones; or null.</summary>
    public static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("CHROMIUM_PATH");
        return string.IsNullOrEmpty(named) ? Candidates.FirstOrDefault(File.Exists) : named;
    }

    public static string? SkipReason() =>
        Find() is not null || Environment.GetEnvironmentVariable("CI") == "true"
            ? null
            : "No Chromium here: install it, or name it in CHROMIUM_PATH.";
}

/// <summary>A fact that needs Chromium.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = ChromiumBinary.SkipReason();
}

/// <summary>A theory that needs Chromium.</summary>
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute() => Skip = ChromiumBinary.SkipReason();
}
