using System.Globalization;
using System.Text;
using System.Text.Json;
using ProvenanceGrains.Epcis.Hashing;
using ProvenanceGrains.Epcis.Tests.Identifiers;

namespace ProvenanceGrains.Epcis.Tests.Hashing;

public sealed class CanonicalJsonTests
{
    private static string Folder => Path.Combine(IdentifierVectors.Root, "tlog", "jcs");

    [IdentifierVectorFact]
    public void Documents_come_out_as_RFC_8785_has_them()
    {
        var files = Directory.GetFiles(Path.Combine(Folder, "input"), "*.json");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var expected = File.ReadAllBytes(Path.Combine(Folder, "output", Path.GetFileName(file)));
            var output = CanonicalJson.Canonicalize(File.ReadAllBytes(file));
            Assert.Equal(expected, output);
            Assert.Equal(output, CanonicalJson.Canonicalize(output));

            var octets = File.ReadAllText(Path.Combine(Folder, "outhex", Path.GetFileNameWithoutExtension(file) + ".txt"))
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(Convert.FromHexString(string.Concat(octets)), output);
        }
    }

    [IdentifierVectorFact]
    public void Numbers_come_out_as_ECMAScript_has_them()
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, "es6numbers-first1000.txt"));
        Assert.NotEmpty(lines);
        foreach (var line in lines)
        {
            var comma = line.IndexOf(',', StringComparison.Ordinal);
            var bits = ulong.Parse(line[..comma], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var number = BitConverter.UInt64BitsToDouble(bits);
            Assert.Equal(line[(comma + 1)..], CanonicalJson.FormatNumber(number));

            // However it was written: with all its digits, a document comes to the same.
            var written = number.ToString("E17", CultureInfo.InvariantCulture);
            Assert.Equal(line[(comma + 1)..], Encoding.UTF8.GetString(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(written))));
        }
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("[-1e999]")]
    [InlineData("{\"a\":1,\"\\u0061\":2}")]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\udc00\":1}")]
    [InlineData("NaN")]
    [InlineData("[1,]")]
    [InlineData("")]
    public void What_is_not_I_JSON_has_no_canonical_text(string text) =>
        Assert.ThrowsAny<JsonException>(() => CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(text)));
}
