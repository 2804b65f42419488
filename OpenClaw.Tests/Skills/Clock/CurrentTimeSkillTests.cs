using OpenClaw.Worker.Skills;
using OpenClaw.Worker.Skills.Clock;

namespace OpenClaw.Tests.Skills.Clock;

public sealed class CurrentTimeSkillTests
{
    [Fact]
    public async Task Without_a_zone_the_persons_own_is_told()
    {
        using var bench = Bench();

        (await bench.RunAsync("get_current_time")).ShouldBe(
            new SkillResult(SkillStatus.Succeeded, "2026-11-22T10:51:03-03:00\nSunday\nAmerica/Sao_Paulo"));
        (await bench.RunAsync("get_current_time", ("timezone", " "))).Text.ShouldEndWith("America/Sao_Paulo");
    }

    [Theory]
    [InlineData("America/Sao_Paulo", "America/Sao_Paulo")]
    [InlineData("america/sao_paulo", "America/Sao_Paulo")]
    [InlineData("São Paulo", "America/Sao_Paulo")]
    [InlineData("SAO PAULO", "America/Sao_Paulo")]
    [InlineData("horário de Brasília", "America/Sao_Paulo")]
    [InlineData("Lisboa", "Europe/Lisbon")]
    [InlineData("Lisbon, Portugal", "Europe/Lisbon")]
    [InlineData("New York", "America/New_York")]
    [InlineData("Nova Iorque", "America/New_York")]
    [InlineData("new_york", "America/New_York")]
    [InlineData("Tóquio", "Asia/Tokyo")]
    [InlineData("Japão", "Asia/Tokyo")]
    [InlineData("Londres", "Europe/London")]
    [InlineData("Reykjavik", "Atlantic/Reykjavik")]
    [InlineData("port of spain", "America/Port_of_Spain")]
    [InlineData("Dar es Salaam", "Africa/Dar_es_Salaam")]
    [InlineData("E. South America Standard Time", "America/Sao_Paulo")]
    [InlineData("Tokyo Standard Time", "Asia/Tokyo")]
    [InlineData("UTC", "Etc/UTC")]
    [InlineData("z", "Etc/UTC")]
    [InlineData("UTC-3", "Etc/GMT+3")]
    [InlineData("GMT +05:00", "Etc/GMT-5")]
    [InlineData("utc+0", "Etc/UTC")]
    public async Task A_zone_is_found_by_any_of_its_names(string name, string id)
    {
        using var bench = Bench();

        var result = await bench.RunAsync("get_current_time", ("timezone", name));

        result.Status.ShouldBe(SkillStatus.Succeeded);
        result.Text.Split('\n')[2].ShouldBe(id);
    }

    [Fact]
    public async Task The_weekday_is_the_one_of_that_place()
    {
        using var bench = Bench();

        (await bench.RunAsync("get_current_time", ("timezone", "Auckland"))).Text.ShouldBe("2026-11-23T02:51:03+13:00\nMonday\nPacific/Auckland");
    }

    [Theory]
    [InlineData("Sao Pualo", "America/Sao_Paulo")]
    [InlineData("Europe/Lisbona", "Europe/Lisbon")]
    [InlineData("Tokio", "Asia/Tokyo")]
    [InlineData("Mars", "Europe/Lisbon")]
    public async Task An_unknown_zone_is_refused_with_near_ones(string name, string near)
    {
        using var bench = Bench();

        var result = await bench.RunAsync("get_current_time", ("timezone", name));

        result.Status.ShouldBe(SkillStatus.Refused);
        result.Text.ShouldContain(near);
        result.Text.ShouldContain(name);
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("/etc/localtime")]
    [InlineData("Europe/../Europe/Lisbon")]
    [InlineData("right/Europe/Lisbon")]
    [InlineData("Europe/Lis\0bon")]
    [InlineData("zone.tab")]
    [InlineData("America")]
    public void Nothing_but_an_id_reaches_the_zone_folder(string name) => TimeZoneFinder.Find(name).ShouldBeNull();

    [Fact]
    public void A_name_of_any_length_is_harmless()
    {
        TimeZoneFinder.Find(new string('a', 100_000)).ShouldBeNull();
        TimeZoneFinder.Suggest(new string('a', 100_000)).ShouldNotBeEmpty();
    }

    [Fact]
    public void Every_zone_of_the_table_exists() =>
        Places.Known.Select(place => place.Zone).Distinct().Where(id => !TimeZoneInfo.TryFindSystemTimeZoneById(id, out _)).ShouldBeEmpty();

    private static SkillBench Bench() => new(new HandTime(), bench => new CurrentTimeSkill(bench.Time));
}
