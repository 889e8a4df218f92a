using System.Globalization;
using System.Text;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.TestKit.Storage;

/// <summary>A matter as a line of text, so that a test can say what the indexes must hold of it.</summary>
/// <remarks>Fields are joined with <c>|</c>; an empty one is null. A text that begins with <c>#</c> is not indexed.</remarks>
public sealed class TextMatterProjector : IMatterProjector
{
    public static readonly TextMatterProjector Instance = new();

    private TextMatterProjector()
    {
    }

    public static byte[] Write(MatterProjection matter)
    {
        ArgumentNullException.ThrowIfNull(matter);
        return Encoding.UTF8.GetBytes(string.Join('|', matter.MatterId, matter.MatterType,
            matter.TimeMs.ToString(CultureInfo.InvariantCulture), matter.Action, matter.BizStep, matter.Disposition,
            matter.ReadPoint, matter.BizLocation));
    }

    public MatterProjection? Project(string entryType, ReadOnlyMemory<byte> matter)
    {
        var text = Encoding.UTF8.GetString(matter.Span);
        if (text.StartsWith('#'))
        {
            return null;
        }

        var fields = text.Split('|');
        return new MatterProjection(
            fields[0], fields[1], long.Parse(fields[2], CultureInfo.InvariantCulture),
            Optional(fields[3]), Optional(fields[4]), Optional(fields[5]), Optional(fields[6]), Optional(fields[7]));
    }

    private static string? Optional(string text) => text.Length == 0 ? null : text;
}
