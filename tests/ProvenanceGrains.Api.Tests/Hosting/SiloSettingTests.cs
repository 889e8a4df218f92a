using System.CommandLine;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using ProvenanceGrains.Silo.Hosting;

namespace ProvenanceGrains.Api.Tests.Hosting;

/// <summary>The command line, its help text and the settings say the same.</summary>
public sealed class SiloSettingTests
{
    private static readonly string[] Properties =
        [.. typeof(SiloOptions).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_setting_has_one_option() =>
        Assert.Equal(Properties, SiloSetting.All().Select(setting => setting.Property).OfType<string>().Order(StringComparer.Ordinal));

    [Fact]
    public async Task The_help_text_names_every_setting_and_every_option()
    {
        var help = new StringWriter();
        var code = await SiloCommand.Create((_, _) => Task.FromResult(1)).Parse("--help")
            .InvokeAsync(new InvocationConfiguration { Output = help });
        Assert.Equal(0, code);
        var text = Regex.Replace(help.ToString(), @"\s+", " ");
        var listed = Regex.Match(text, @"section Provenance: ([^;]*);").Groups[1].Value.Split(", ");
        Assert.Equal(Properties, listed.Order(StringComparer.Ordinal));
        Assert.All(SiloSetting.All(), setting => Assert.Contains($" {setting.Option.Name} ", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_option_reaches_its_setting_and_no_other()
    {
        foreach (var setting in SiloSetting.All())
        {
            string[] args = setting.Option is Option<bool> ? [setting.Option.Name] : [setting.Option.Name, "77"];
            List<KeyValuePair<string, string?>> given = [];
            Assert.Equal(3, await SiloCommand.Create((settings, _) =>
            {
                given.AddRange(settings);
                return Task.FromResult(3);
            }).Parse(args).InvokeAsync());

            Assert.Equal(setting.Key, Assert.Single(given).Key);
            if (setting.Property is { } name)
            {
                var bound = new ConfigurationBuilder().AddInMemoryCollection(given).Build().GetSection(SiloOptions.Section).Get<SiloOptions>();
                var property = typeof(SiloOptions).GetProperty(name)!;
                Assert.Equal(setting.Option is Option<bool> ? "True" : "77", property.GetValue(bound)!.ToString());
            }
        }
    }
}
