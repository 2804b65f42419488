using OpenClaw.Core.People;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.People;

public abstract class PeopleDirectoryContract(CoreFixture fixture) : IDisposable
{
    private const string Phone = "5511999990000";
    private const string Lid = "112233445566778";

    private CoreProcess Core => fixture.Core;

    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Nobody_is_known_before_the_first_message()
    {
        (await Core.People.FindAsync(new SenderIdentity(Phone, null), CancellationToken.None)).ShouldBeNull();
        (await Core.People.FindAsync(new SenderIdentity(null, Lid), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_number_and_its_hidden_id_are_one_person()
    {
        var both = await Core.PersonAsync(Phone, Lid);

        (await Core.PersonAsync(Phone)).Person.ShouldBe(both.Person);
        (await Core.PersonAsync(null, Lid)).Person.ShouldBe(both.Person);
        both.HasPhone.ShouldBeTrue();
        both.Blinds.ShouldBe([Convert.ToHexString(Core.People.PhoneBlind(Phone)), Convert.ToHexString(Core.People.LidBlind(Lid))], ignoreOrder: true);
    }

    [Fact]
    public async Task Two_people_with_a_number_each_are_never_made_one()
    {
        var before = await Core.PersonAsync(Phone, Lid);
        var other = await Core.PersonAsync("5511988880000");

        var moved = await Core.PersonAsync("5511988880000", Lid);

        moved.Person.ShouldBe(other.Person);
        (await Core.PersonAsync(null, Lid)).Person.ShouldBe(other.Person);
        var stayed = await Core.PersonAsync(Phone);
        stayed.Person.ShouldBe(before.Person);
        stayed.Blinds.ShouldBe([Convert.ToHexString(Core.People.PhoneBlind(Phone))]);
    }

    [Fact]
    public async Task A_hidden_id_without_a_number_is_a_person_of_its_own_until_it_is_linked()
    {
        var hidden = await Core.PersonAsync(null, Lid);
        hidden.HasPhone.ShouldBeFalse();

        var linked = await Core.PersonAsync(Phone, Lid);

        linked.Person.ShouldBe(hidden.Person);
        linked.HasPhone.ShouldBeTrue();
        (await Core.People.FindAsync(new SenderIdentity(null, Lid), CancellationToken.None))!.HasPhone.ShouldBeTrue();
        Core.Number("SELECT COUNT(*) FROM people").ShouldBe(1);
    }

    [Fact]
    public async Task A_link_that_another_process_made_is_seen()
    {
        using var other = fixture.Start();
        (await other.PersonAsync(null, Lid)).HasPhone.ShouldBeFalse();

        await Core.PersonAsync(Phone, Lid);

        (await other.People.FindAsync(new SenderIdentity(null, Lid), CancellationToken.None))!.HasPhone.ShouldBeTrue();
        (await other.PersonAsync(null, Lid)).HasPhone.ShouldBeTrue();
    }

    [Fact]
    public async Task A_number_and_a_hidden_id_of_the_same_digits_are_two_people()
    {
        (await Core.PersonAsync("112233445566778")).Person.ShouldNotBe((await Core.PersonAsync(null, "112233445566778")).Person);
    }

    [Fact]
    public async Task A_look_up_prefers_the_record_with_the_number_and_merges_nothing()
    {
        var hidden = await Core.PersonAsync(null, Lid);
        var phone = await Core.PersonAsync(Phone);

        (await Core.People.FindAsync(new SenderIdentity(Phone, Lid), CancellationToken.None))!.Person.ShouldBe(phone.Person);

        (await Core.People.FindAsync(new SenderIdentity(null, Lid), CancellationToken.None))!.Person.ShouldBe(hidden.Person);
        Core.Number("SELECT COUNT(*) FROM people WHERE merged_into IS NULL").ShouldBe(2);
    }

    [Fact]
    public async Task A_person_keeps_the_locale_and_time_zone_of_the_first_message()
    {
        await Core.PersonAsync(Phone);

        var again = await Core.People.EnsureAsync(new SenderIdentity(Phone, Lid), "en", "Europe/Lisbon", CancellationToken.None);

        (again.Locale, again.TimeZone).ShouldBe(("pt-BR", "America/Sao_Paulo"));
    }

    [Fact]
    public async Task A_person_is_found_by_its_row()
    {
        var maria = await Core.PersonAsync(Phone, Lid);
        Core.People.Forget();

        foreach (var found in new[] { Core.People.Get(maria.Person), Core.People.Get(maria.Person) })
        {
            found.Scope.ShouldBe(maria.Scope);
            found.HasPhone.ShouldBeTrue();
            found.Blinds.ShouldBe(maria.Blinds, ignoreOrder: true);
        }

        Should.Throw<InvalidOperationException>(() => Core.People.Get(new PersonId(4711)));
    }

    [Fact]
    public async Task Known_people_cost_no_commit()
    {
        await Core.PersonAsync(Phone, Lid);
        var commits = Core.Commits;

        for (var i = 0; i < 10; i++)
            await Core.PersonAsync(Phone, Lid);
        await Core.PersonAsync(Phone);
        await Core.PersonAsync(null, Lid);

        Core.Commits.ShouldBe(commits);
    }
}
