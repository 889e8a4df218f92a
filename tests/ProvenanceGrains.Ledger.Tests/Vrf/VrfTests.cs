using System.Text;
using ProvenanceGrains.Ledger.Vrf;

namespace ProvenanceGrains.Ledger.Tests.Vrf;

public sealed class VrfTests
{
    /// <summary>RFC 9381 appendix B.1, examples 10, 11 and 12: key, public key, input, point, nonce, U, V, proof, output.</summary>
    public static TheoryData<string, string, string, string, string, string, string, string, string> Examples => new()
    {
        {
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
            "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
            "sample",
            "0272a877532e9ac193aff4401234266f59900a4a9e3fc3cfc6a4b7e467a15d06d4",
            "0d90591273453d2dc67312d39914e3a93e194ab47a58cd598886897076986f77",
            "02bb6a034f67643c6183c10f8b41dc4babf88bff154b674e377d90bde009c21672",
            "02893ebee7af9a0faa6da810da8a91f9d50e1dc071240c9706726820ff919e8394",
            "035b5c726e8c0e2c488a107c600578ee75cb702343c153cb1eb8dec77f4b5071b4a53f0a46f018bc2c56e58d383f2305e0"
            + "975972c26feea0eb122fe7893c15af376b33edf7de17c6ea056d4d82de6bc02f",
            "a3ad7b0ef73d8fc6655053ea22f9bede8c743f08bbed3d38821f0e16474b505e"
        },
        {
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
            "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
            "test",
            "02173119b4fff5e6f8afed4868a29fe8920f1b54c2cf89cc7b301d0d473de6b974",
            "5852353a868bdce26938cde1826723e58bf8cb06dd2fed475213ea6f3b12e961",
            "022779a2cafcb65414c4a04a4b4d2adf4c50395f57995e89e6de823250d91bc48e",
            "033b4a14731672e82339f03b45ff6b5b13dee7ada38c9bf1d6f8f61e2ce5921119",
            "034dac60aba508ba0c01aa9be80377ebd7562c4a52d74722e0abae7dc3080ddb56c19e067b15a8a8174905b13617804534"
            + "214f935b94c2287f797e393eb0816969d864f37625b443f30f1a5a33f2b3c854",
            "a284f94ceec2ff4b3794629da7cbafa49121972671b466cab4ce170aa365f26d"
        },
        {
            "2ca1411a41b17b24cc8c3b089cfd033f1920202a6c0de8abb97df1498d50d2c8",
            "03596375e6ce57e0f20294fc46bdfcfd19a39f8161b58695b3ec5b3d16427c274d",
            "Example using ECDSA key from Appendix L.4.2 of ANSI.X9-62-2005",
            "0258055c26c4b01d01c00fb57567955f7d39cd6f6e85fd37c58f696cc6b7aa761d",
            "5689e2e08e1110b4dda293ac21667eac6db5de4a46a519c73d533f69be2f4da3",
            "020f465cd0ec74d2e23af0abde4c07e866ae4e5138bded5dd1196b8843f380db84",
            "036cb6f811428fc4904370b86c488f60c280fa5b496d2f34ff8772f60ed24b2d1d",
            "03d03398bf53aa23831d7d1b2937e005fb0062cbefa06796579f2a1fc7e7b8c667d091c00b0f5c3619d10ecea44363b5a5"
            + "99cadc5b2957e223fec62e81f7b4825fc799a771a3d7334b9186bdbee87316b1",
            "90871e06da5caa39a3c61578ebb844de8635e27ac0b13e829997d0d95dd98c19"
        },
    };

    private static VrfPrivateKey Key { get; } = KeyOf(Convert.FromHexString("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"));

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_standards_examples_come_out_at_every_step(
        string secret, string publicKey, string alpha, string point, string nonce, string u, string v, string proof, string output)
    {
        var key = KeyOf(Convert.FromHexString(secret));
        var input = Encoding.UTF8.GetBytes(alpha);
        Assert.Equal(publicKey, Convert.ToHexStringLower(key.Public.Bytes));

        var hash = VrfSteps.HashToPoint(key.Public.Bytes, input);
        Assert.Equal(point, Convert.ToHexStringLower(P256.Encode(hash)));
        var k = VrfSteps.Nonce(P256.ToNumber(Convert.FromHexString(secret)), P256.Encode(hash));
        Assert.Equal(P256.ToNumber(Convert.FromHexString(nonce)), k);
        Assert.Equal(u, Convert.ToHexStringLower(P256.Encode(P256.MultiplyBase(k))));
        Assert.Equal(v, Convert.ToHexStringLower(P256.Encode(P256.Multiply(hash, k))));

        Assert.Equal(proof, Convert.ToHexStringLower(key.Prove(input, out var proven)));
        Assert.Equal(output, proven.ToHex());
        Assert.Equal(output, key.Evaluate(input).ToHex());
        Assert.True(VrfPublicKey.TryParse(Convert.FromHexString(publicKey), out var stranger, out var error), error);
        Assert.True(stranger.TryVerify(input, Convert.FromHexString(proof), out var verified, out error), error);
        Assert.Equal(output, verified.ToHex());
    }

    [Fact]
    public void Proofs_of_other_inputs_and_under_other_keys_are_refused()
    {
        var proof = Key.Prove("a"u8, out _);
        Assert.True(Key.Public.TryVerify("a"u8, proof, out _, out _));
        Assert.False(Key.Public.TryVerify("b"u8, proof, out _, out _));
        Assert.False(Key.Public.TryVerify(""u8, proof, out _, out _));
        Assert.False(KeyOf([.. new byte[31], 9]).Public.TryVerify("a"u8, proof, out _, out _));
    }

    [Fact]
    public void Every_changed_bit_of_a_proof_is_refused_with_a_reason()
    {
        var proof = Key.Prove("a"u8, out _);
        Assert.Equal(VrfPublicKey.ProofSize, proof.Length);
        for (var bit = 0; bit < proof.Length * 8; bit += 5)
        {
            var changed = proof.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Key.Public.TryVerify("a"u8, changed, out _, out var error), $"bit {bit}");
            Assert.NotEmpty(error);
        }
    }

    /// <summary>s and s + q satisfy the same equation: without the bound an output would have two proofs (RFC 9381 section 5.4.4).</summary>
    [Fact]
    public void A_proof_whose_s_is_not_below_the_order_is_refused()
    {
        var proof = Key.Prove("a"u8, out _);
        foreach (var excess in (string[])["0", "1", "4319055258"])
        {
            // s is all but never small enough for s + q to fit into 32 bytes, so the bound is shown on its own.
            P256.Write(P256.Order.Add(new Org.BouncyCastle.Math.BigInteger(excess)), proof.AsSpan(49));
            Assert.False(Key.Public.TryVerify("a"u8, proof, out _, out var error));
            Assert.Contains("below the group's order", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Proofs_of_other_lengths_are_refused()
    {
        var proof = Key.Prove("a"u8, out _);
        Assert.False(Key.Public.TryVerify("a"u8, proof.AsSpan(1), out _, out _));
        Assert.False(Key.Public.TryVerify("a"u8, [.. proof, 0], out _, out _));
        Assert.False(Key.Public.TryVerify("a"u8, [], out _, out _));
    }

    /// <summary>ECVRF_validate_key (RFC 9381 section 5.4.5) and SEC 1 section 2.3.4, compressed points only.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("040360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29f")]
    [InlineData("0160fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6")]
    [InlineData("0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb600")]
    [InlineData("02ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")]
    [InlineData("02ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("020000000000000000000000000000000000000000000000000000000000000001")]
    public void Anything_but_a_compressed_point_is_no_public_key(string hex)
    {
        Assert.False(VrfPublicKey.TryParse(Convert.FromHexString(hex), out _, out var error));
        Assert.NotEmpty(error);
    }

    /// <summary>x = 5 has a point on P-256; x = 5 + p would name the same one.</summary>
    [Fact]
    public void A_coordinate_has_one_encoding()
    {
        Assert.True(VrfPublicKey.TryParse(Convert.FromHexString("02" + new string('0', 63) + "5"), out _, out var error), error);
        Assert.False(VrfPublicKey.TryParse(
            Convert.FromHexString("02ffffffff00000001000000000000000000000001000000000000000000000004"), out _, out _));
    }

    [Fact]
    public void Private_keys_are_from_one_to_the_order_less_one()
    {
        Assert.False(VrfPrivateKey.TryCreate(new byte[32], out _, out var error));
        Assert.NotEmpty(error);
        Assert.False(VrfPrivateKey.TryCreate(new byte[31], out _, out _));
        Assert.False(VrfPrivateKey.TryCreate(
            Convert.FromHexString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"), out _, out _));
        Assert.True(VrfPrivateKey.TryCreate(
            Convert.FromHexString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"), out _, out error), error);
    }

    [Fact]
    public void Keys_are_written_as_text_and_read_back()
    {
        Assert.True(VrfPrivateKey.TryParseText(Key.ExportText(), out var again, out var error), error);
        Assert.Equal(Key.Public, again.Public);
        Assert.True(VrfPublicKey.TryParseText(Key.Public + "\n", out var stranger, out error), error);
        Assert.Equal(Key.Public, stranger);
        Assert.NotEqual(Key.Public, KeyOf([.. new byte[31], 9]).Public);
        Assert.False(VrfPublicKey.TryParseText(Key.Public + " ", out _, out _));
        Assert.False(VrfPrivateKey.TryParseText(Key.ExportText() + "\n", out _, out _));
        Assert.False(VrfPrivateKey.TryParseText(Key.Public.ToString(), out _, out _));
        Assert.DoesNotContain(Key.ExportText()[30..], Key.ToString()!, StringComparison.Ordinal);
    }

    internal static VrfPrivateKey KeyOf(byte[] bytes) =>
        VrfPrivateKey.TryCreate(bytes, out var key, out var error) ? key : throw new ArgumentException(error);
}
