using FsCheck;
using FsCheck.Fluent;
using ProvenanceGrains.Ledger.StructuredFields;

namespace ProvenanceGrains.Ledger.Tests.StructuredFields;

public sealed class StructuredFieldTests
{
    [Theory]
    [InlineData("a=1", "a=1")]
    [InlineData("  a=1 ,\t b;x=\"y\\\"z\";q=?0 , c=(1 2.50 tok);p  ", "a=1, b;x=\"y\\\"z\";q=?0, c=(1 2.5 tok);p")]
    [InlineData("a=1, b=2, a=3", "a=3, b=2")]
    [InlineData("a=?1", "a")]
    [InlineData("a=-0.5, b=:AQI=:, c=@1659578233, d=*x/y:z", "a=-0.5, b=:AQI=:, c=@1659578233, d=*x/y:z")]
    [InlineData("", "")]
    public void A_dictionary_is_written_in_its_one_form(string text, string canonical)
    {
        Assert.True(StructuredField.TryParseDictionary(text, out var members, out var error), error);
        Assert.Equal(canonical, StructuredField.Write(members));
    }

    [Theory]
    [InlineData("a=1,")]
    [InlineData("a=1 b=2")]
    [InlineData("A=1")]
    [InlineData("a=1234567890123456")]
    [InlineData("a=1.2345")]
    [InlineData("a=1.")]
    [InlineData("a=-")]
    [InlineData("a=\"x")]
    [InlineData("a=\"\\x\"")]
    [InlineData("a=\"\u00e9\"")]
    [InlineData("a=:AQI:")]
    [InlineData("a=(1")]
    [InlineData("a=(1\t2)")]
    [InlineData("a=((1))")]
    [InlineData("a=?2")]
    [InlineData("a=@1.5")]
    [InlineData("a=1;")]
    [InlineData("=1")]
    public void What_the_grammar_does_not_have_is_refused_with_a_reason(string text)
    {
        Assert.False(StructuredField.TryParseDictionary(text, out var members, out var error));
        Assert.Null(members);
        Assert.NotEmpty(error);
    }

    [Fact]
    public void Sizes_have_limits()
    {
        Assert.False(StructuredField.TryParseDictionary(new string('a', StructuredField.MaxLength + 1), out _, out _));
        Assert.False(StructuredField.TryParseDictionary(string.Join(',', Enumerable.Range(0, 300).Select(i => $"a{i}")), out _, out _));
        Assert.False(StructuredField.TryParseDictionary("a=(" + string.Join(' ', Enumerable.Range(0, 300)) + ")", out _, out _));
        Assert.False(StructuredField.TryParseDictionary("a" + string.Concat(Enumerable.Range(0, 100).Select(i => $";p{i}")), out _, out _));
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_what_is_read_has_one_form()
    {
        // Free text rarely fits the grammar; text made of its own characters often nearly does.
        var near = Gen.Elements("ab=();, \"\\:?@1.-_*A/+".ToCharArray()).ArrayOf().Select(characters => new string(characters));
        var free = ArbMap.Default.GeneratorFor<string?>().Select(text => text ?? "");
        Prop.ForAll(Gen.OneOf(near, free).ToArbitrary(), IsReadOrRefused).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    private static void IsReadOrRefused(string text)
    {
        if (!StructuredField.TryParseDictionary(text, out var members, out var error))
        {
            Assert.NotEmpty(error);
            return;
        }

        var canonical = StructuredField.Write(members);
        Assert.True(StructuredField.TryParseDictionary(canonical, out var again, out error), $"{canonical}: {error}");
        Assert.Equal(canonical, StructuredField.Write(again));
    }
}
