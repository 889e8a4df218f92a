using System.Globalization;
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
            Assert.Equal(expected, CanonicalJson.Canonicalize(File.ReadAllBytes(file)));
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
            Assert.Equal(line[(comma + 1)..], CanonicalJson.FormatNumber(BitConverter.UInt64BitsToDouble(bits)));
        }
    }
}
