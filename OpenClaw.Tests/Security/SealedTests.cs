using System.Security.Cryptography;
using System.Text;
using OpenClaw.Core.Security;

namespace OpenClaw.Tests.Security;

public sealed class SealedTests
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(Sealed.KeyBytes);

    [Theory]
    [InlineData("")]
    [InlineData("olá, tudo bem? 🌎")]
    public void What_was_sealed_opens_again(string text)
    {
        var box = Sealed.Seal(Key, Encoding.UTF8.GetBytes(text), "inbound.content");

        Encoding.UTF8.GetString(Sealed.Open(Key, box, "inbound.content")).ShouldBe(text);
    }

    [Fact]
    public void The_same_text_never_looks_the_same()
    {
        var boxes = Enumerable.Range(0, 50).Select(_ => Convert.ToHexString(Sealed.Seal(Key, "hello"u8, "inbound.content"))).ToList();

        boxes.Distinct().Count().ShouldBe(50);
        boxes.ShouldAllBe(box => box.StartsWith("01", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_key_or_purpose_does_not_open_it()
    {
        var box = Sealed.Seal(Key, "hello"u8, "inbound.content");

        Should.Throw<CryptographicException>(() => Sealed.Open(RandomNumberGenerator.GetBytes(Sealed.KeyBytes), box, "inbound.content"));
        Should.Throw<CryptographicException>(() => Sealed.Open(Key, box, "outbox.content"));
    }

    [Fact]
    public void No_bit_can_be_changed_and_no_byte_cut_off()
    {
        var box = Sealed.Seal(Key, "hello"u8, "inbound.content");
        for (var i = 0; i < box.Length; i++)
        {
            var (changed, length) = (box.ToArray(), i);
            changed[i] ^= 1;
            Should.Throw<CryptographicException>(() => Sealed.Open(Key, changed, "inbound.content"));
            Should.Throw<CryptographicException>(() => Sealed.Open(Key, box.AsSpan(0, length), "inbound.content"));
        }
    }
}
