using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Tests.WhatsApp;

public sealed class IdTests
{
    [Theory]
    [InlineData("5511987654321@c.us", ChatKind.Person, "5511987654321@c.us")]
    [InlineData("5511987654321@s.whatsapp.net", ChatKind.Person, "5511987654321@c.us")]
    [InlineData("19990001111:7@s.whatsapp.net", ChatKind.Person, "19990001111@c.us")]
    [InlineData("19990001111_1:7@s.whatsapp.net", ChatKind.Person, "19990001111@c.us")]
    [InlineData("5511987654321@C.US", ChatKind.Person, "5511987654321@c.us")]
    [InlineData("5511987654321", ChatKind.Person, "5511987654321@c.us")]
    [InlineData("123456789012345@lid", ChatKind.Lid, "123456789012345@lid")]
    [InlineData("123456789012345:12@lid", ChatKind.Lid, "123456789012345@lid")]
    [InlineData("120363000000000001@g.us", ChatKind.Group, "120363000000000001@g.us")]
    [InlineData("5511987654321-1420000000@g.us", ChatKind.Group, "5511987654321-1420000000@g.us")]
    [InlineData("120363000000000002@newsletter", ChatKind.Newsletter, "120363000000000002@newsletter")]
    [InlineData("status@broadcast", ChatKind.Status, "status@broadcast")]
    [InlineData("1420000000@broadcast", ChatKind.Broadcast, "1420000000@broadcast")]
    [InlineData("867051314767696@bot", ChatKind.Other, "867051314767696@bot")]
    public void Ids_have_one_normal_form(string text, ChatKind kind, string normal)
    {
        ChatId.TryParse(text, out var id).ShouldBeTrue();
        id.Kind.ShouldBe(kind);
        id.ToString().ShouldBe(normal);
        ChatId.Parse(normal).ShouldBe(id);
        id.IsPerson.ShouldBe(kind is ChatKind.Person or ChatKind.Lid);
        id.Phone.ShouldBe(kind == ChatKind.Person ? id.User : null);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@c.us")]
    [InlineData("1555@")]
    [InlineData(":7@c.us")]
    [InlineData("alice@c.us")]
    [InlineData("12a4@lid")]
    [InlineData("alice")]
    [InlineData("1555 @c.us")]
    [InlineData("1555@c.us/../x")]
    [InlineData("1@2@c.us")]
    public void What_is_no_id_is_refused(string? text)
    {
        ChatId.TryParse(text, out _).ShouldBeFalse();
        ChatId.Parse(text).ShouldBeNull();
    }

    [Fact]
    public void Endless_ids_are_refused() => ChatId.Parse(new string('1', 200) + "@c.us").ShouldBeNull();

    [Theory]
    [InlineData("false_15551234567@c.us_3EB0602220A98428CD8162", false, "15551234567@c.us", "3EB0602220A98428CD8162", null)]
    [InlineData("true_123456789012345@lid_3EB0252779F5B6AE3211DC", true, "123456789012345@lid", "3EB0252779F5B6AE3211DC", null)]
    [InlineData("false_120363000000000001@g.us_3EB079545122DD8BCAF510_15551234567@c.us", false, "120363000000000001@g.us", "3EB079545122DD8BCAF510", "15551234567@c.us")]
    [InlineData("false_status@broadcast_3EB0CD_15551234567@c.us", false, "status@broadcast", "3EB0CD", "15551234567@c.us")]
    [InlineData("true_15551234567@c.us_AAAA", true, "15551234567@c.us", "AAAA", null)]
    [InlineData("true_15551234567@c.us_AAAA_out", true, "15551234567@c.us", "AAAA", null)]
    [InlineData("false_15551234567@c.us_AAAA_in", false, "15551234567@c.us", "AAAA", null)]
    [InlineData("true_1555_1:7@s.whatsapp.net_AB", true, "1555@c.us", "AB", null)]
    [InlineData("3EB0602220A98428CD8162", null, null, "3EB0602220A98428CD8162", null)]
    [InlineData("true_3EB06022", true, null, "3EB06022", null)]
    [InlineData("true_nobody@c.us_3EB0", true, null, "3EB0", null)]
    [InlineData("false_15551234567@c.us_odd@raw", false, "15551234567@c.us", "odd@raw", null)]
    public void Message_ids_are_taken_apart(string text, bool? fromMe, string? chat, string rawId, string? participant)
    {
        MessageKey.TryParse(text, out var key).ShouldBeTrue();
        key.FromMe.ShouldBe(fromMe);
        key.Chat?.ToString().ShouldBe(chat);
        key.RawId.ShouldBe(rawId);
        key.Participant?.ToString().ShouldBe(participant);
        MessageKey.RawIdOf(text).ShouldBe(rawId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("true_")]
    [InlineData("false_1555@c.us_")]
    public void Message_ids_without_a_raw_part_are_refused(string? text) => MessageKey.RawIdOf(text).ShouldBeNull();

    [Theory]
    [InlineData("false_15551234567@c.us_3EB06022")]
    [InlineData("true_120363000000000001@g.us_3EB07954_15551234567@c.us")]
    [InlineData("3EB06022")]
    public void Message_ids_are_written_as_they_were_read(string text)
    {
        MessageKey.TryParse(text, out var key).ShouldBeTrue();
        key.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("+55 (11) 98765-4321", "5511987654321")]
    [InlineData("0055 11 98765 4321", "5511987654321")]
    [InlineData("5511987654321", "5511987654321")]
    [InlineData("+55 (0)11 98765.4321", "5511987654321")]
    [InlineData("+1\u00a0555\u2011123\u20114567", "15551234567")]
    [InlineData("5511987654321@c.us", "5511987654321")]
    [InlineData(" 19990001111:7@s.whatsapp.net ", "19990001111")]
    public void Phone_numbers_are_reduced_to_digits(string text, string expected)
    {
        PhoneNumbers.TryNormalise(text, out var digits).ShouldBeTrue();
        digits.ShouldBe(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("+55 11 CALL-ME")]
    [InlineData("011 98765-4321")]
    [InlineData("12345")]
    [InlineData("1234567890123456")]
    [InlineData("55+11987654321")]
    [InlineData("123456789012345@lid")]
    [InlineData("1111111111111111111111111111111111111111111111111111111111111111111111")]
    public void What_is_no_international_number_is_refused(string? text)
    {
        PhoneNumbers.TryNormalise(text, out var digits).ShouldBeFalse();
        digits.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("5511987654321", new[] { "5511987654321", "551187654321" })]
    [InlineData("551187654321", new[] { "551187654321", "5511987654321" })]
    [InlineData("551132654321", new[] { "551132654321" })]
    [InlineData("5511932654321", new[] { "5511932654321" })]
    [InlineData("5501987654321", new[] { "5501987654321" })]
    [InlineData("15551234567", new[] { "15551234567" })]
    [InlineData("351912345678", new[] { "351912345678" })]
    public void Brazilian_mobiles_have_two_forms_and_land_lines_one(string digits, string[] variants) =>
        PhoneNumbers.Variants(digits).ShouldBe(variants);
}
