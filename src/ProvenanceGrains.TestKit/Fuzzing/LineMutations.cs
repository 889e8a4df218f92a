namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>Changes to whole lines.</summary>
internal static class LineMutations
{
    public static byte[] Change(byte[] input, byte[] other, FuzzRandom random)
    {
        var lines = Split(input);
        var at = random.Below(lines.Count);
        switch (random.Below(9))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(at, random.Pick(lines));
                break;
            case 2:
                lines.Insert(at, random.Pick(Split(other)));
                break;
            case 3:
                lines[at] = random.Pick(Split(other));
                break;
            case 4:
                (lines[at], lines[^1]) = (lines[^1], lines[at]);
                break;
            case 5:
                lines.Insert(at, random.OneIn(2) ? [] : TextMutations.Oddity(random));
                break;
            case 6:
                lines[at] = [.. lines[at], (byte)(random.OneIn(2) ? '\r' : ' ')];
                break;
            case 7:
                lines.InsertRange(at, Enumerable.Repeat(lines[at], 1 + random.Below(random.OneIn(4) ? 300 : 10)));
                break;
            default:
                lines[at] = TextMutations.ChangeBase64(lines[at], random);
                break;
        }

        return Join(lines);
    }

    private static List<byte[]> Split(byte[] input)
    {
        var lines = new List<byte[]>();
        var start = 0;
        for (var end = Array.IndexOf(input, (byte)'\n'); end >= 0; end = Array.IndexOf(input, (byte)'\n', start))
        {
            lines.Add(input[start..end]);
            start = end + 1;
        }

        lines.Add(input[start..]);
        return lines;
    }

    private static byte[] Join(List<byte[]> lines)
    {
        using var joined = new MemoryStream();
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0)
            {
                joined.WriteByte((byte)'\n');
            }

            joined.Write(lines[i]);
        }

        return joined.ToArray();
    }
}
