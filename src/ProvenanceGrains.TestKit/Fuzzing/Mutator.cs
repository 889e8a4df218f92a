namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>Changes well-formed inputs: a few changes each, those that suit the shape more often than plain ones.</summary>
internal static class Mutator
{
    private const int UsualChanges = 4;
    private const int ManyChanges = 24;

    public static byte[] Make(FuzzTarget target, FuzzRandom random)
    {
        var input = random.Pick(target.Corpus);
        var changes = random.OneIn(20) ? 1 + random.Below(ManyChanges) : random.Below(UsualChanges + 1);
        for (var i = 0; i < changes; i++)
        {
            input = Change(target, input, random);
            if (input.Length > target.MaxBytes)
            {
                input = input[..target.MaxBytes];
            }
        }

        return input;
    }

    private static byte[] Change(FuzzTarget target, byte[] input, FuzzRandom random)
    {
        var other = random.Pick(target.Corpus);
        return (target.Shape, random.Below(4)) switch
        {
            (FuzzShape.Json, < 3) => JsonMutations.Change(input, other, random),
            (FuzzShape.Lines, < 2) => LineMutations.Change(input, other, random),
            (FuzzShape.Text or FuzzShape.Lines, 2) => TextMutations.Change(input, random),
            (FuzzShape.Text, < 2) => TextMutations.Change(input, random),
            _ => ByteMutations.Change(input, other, random),
        };
    }
}
