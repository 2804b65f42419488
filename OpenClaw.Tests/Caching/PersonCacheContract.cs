using System.Text;
using OpenClaw.Core.Caching;
using OpenClaw.Core.People;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Caching;

/// <summary>What a cache of personal data does, wherever it lies.</summary>
public abstract class PersonCacheContract
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    protected abstract CoreFixture Fixture { get; }

    private protected abstract IPersonCache Cache { get; }

    /// <summary>The cache of another process, or the same where there is none.</summary>
    private protected abstract IPersonCache Other { get; }

    /// <summary>Everything that the store holds, names and values.</summary>
    private protected abstract string Dump();

    [SkippableFact]
    public async Task What_was_kept_is_found_by_name_and_person()
    {
        var (maria, ana) = (await PersonAsync("5511999990000"), await PersonAsync("5511900000001"));

        await SetAsync(maria, "weather", "sunny");
        await SetAsync(ana, "weather", "rainy");

        (await GetAsync(maria, "weather")).ShouldBe("sunny");
        (await GetAsync(ana, "weather", Other)).ShouldBe("rainy");
        (await GetAsync(maria, "news")).ShouldBeNull();
    }

    [SkippableFact]
    public async Task Later_value_replaces_the_earlier()
    {
        var maria = await PersonAsync("5511999990000");

        await SetAsync(maria, "weather", "sunny");
        await SetAsync(maria, "weather", "");

        (await GetAsync(maria, "weather")).ShouldBe("");
    }

    [SkippableFact]
    public async Task Forgetting_a_person_forgets_nobody_else()
    {
        var (maria, ana) = (await PersonAsync("5511999990000"), await PersonAsync("5511900000001"));
        await SetAsync(maria, "weather", "sunny");
        await SetAsync(maria, "news", "none");
        await SetAsync(ana, "weather", "rainy");

        (await Other.ForgetAsync(maria.Person, CancellationToken.None)).ShouldBeTrue();
        (await Cache.ForgetAsync(maria.Person, CancellationToken.None)).ShouldBeTrue();

        (await GetAsync(maria, "weather")).ShouldBeNull();
        (await GetAsync(maria, "news")).ShouldBeNull();
        (await GetAsync(ana, "weather")).ShouldBe("rainy");
    }

    [SkippableFact]
    public async Task Store_sees_neither_names_nor_values()
    {
        var maria = await PersonAsync("5511999990000");

        await SetAsync(maria, "what-maria-asked", "what-she-was-told");

        var dump = Dump();
        dump.ShouldNotBeEmpty();
        dump.ShouldNotContain("what-maria-asked");
        dump.ShouldNotContain("what-she-was-told");
        dump.ShouldNotContain("5511999990000");
    }

    [SkippableFact]
    public async Task Entry_whose_key_was_destroyed_is_a_miss()
    {
        var maria = await PersonAsync("5511999990000");
        await SetAsync(maria, "weather", "sunny");

        // Another key, as after an erasure; the old one is still cached by this process only.
        var other = maria with { Key = (await PersonAsync("5511900000001")).Key };

        (await GetAsync(other, "weather")).ShouldBeNull();
        (await GetAsync(maria with { Key = new(4711) }, "weather")).ShouldBeNull();
    }

    [SkippableFact]
    public async Task Too_large_values_are_not_kept()
    {
        var maria = await PersonAsync("5511999990000");
        await SetAsync(maria, "largest", new string('x', 64 * 1024));
        await SetAsync(maria, "larger", new string('x', (64 * 1024) + 1));
        await Cache.SetAsync(maria, "over", Encoding.UTF8.GetBytes("over"), TimeSpan.Zero, CancellationToken.None);

        (await GetAsync(maria, "largest"))!.Length.ShouldBe(64 * 1024);
        (await GetAsync(maria, "larger")).ShouldBeNull();
        (await GetAsync(maria, "over")).ShouldBeNull();
    }

    [SkippableFact]
    public async Task Person_has_no_more_than_64_and_the_one_that_ends_first_makes_room()
    {
        var maria = await PersonAsync("5511999990000");
        for (var i = 0; i < 64; i++)
            await Cache.SetAsync(maria, $"entry {i}", Encoding.UTF8.GetBytes("kept"), i == 40 ? Hour : 2 * Hour, CancellationToken.None);
        await SetAsync(maria, "entry 3", "replaced");
        (await GetAsync(maria, "entry 40")).ShouldBe("kept");

        await Cache.SetAsync(maria, "one more", Encoding.UTF8.GetBytes("kept"), 3 * Hour, CancellationToken.None);

        (await GetAsync(maria, "one more")).ShouldBe("kept");
        var names = Enumerable.Range(0, 64).Select(i => $"entry {i}").ToList();
        var found = await Task.WhenAll(names.Select(name => GetAsync(maria, name)));
        found.Count(value => value is not null).ShouldBe(63);
    }

    private protected async Task<PersonScope> PersonAsync(string phone) => (await Fixture.Core.PersonAsync(phone)).Scope;

    private protected Task SetAsync(PersonScope person, string name, string value) =>
        Cache.SetAsync(person, name, Encoding.UTF8.GetBytes(value), Hour, CancellationToken.None);

    private protected async Task<string?> GetAsync(PersonScope person, string name, IPersonCache? cache = null) =>
        await (cache ?? Cache).GetAsync(person, name, CancellationToken.None) is { } value ? Encoding.UTF8.GetString(value) : null;
}
