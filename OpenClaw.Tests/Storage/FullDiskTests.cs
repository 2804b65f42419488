using OpenClaw.Core.Storage;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

public sealed class FullDiskTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly SqliteDatabase _database;
    private readonly FullDisk _disk;
    private long? _room = long.MaxValue;

    public FullDiskTests()
    {
        _database = new SqliteDatabase("Data Source=" + _folder.File("test.db"));
        _database.WriteAsync(sql => sql.Execute("CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)"), CancellationToken.None).GetAwaiter().GetResult();
        _disk = new FullDisk(_database, () => _database.RefusedForSpace, () => _room);
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_disk_without_room_is_told_before_anything_is_refused()
    {
        _disk.IsShort.ShouldBeFalse();

        _room = FullDisk.LeastRoom - 1;
        _disk.IsShort.ShouldBeTrue();
        (await _disk.IsFullAsync(CancellationToken.None)).ShouldBeFalse("what is small still fits");

        _room = FullDisk.LeastRoom;
        _disk.IsShort.ShouldBeFalse("there is room again");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(long.MaxValue)]
    public async Task What_was_refused_is_believed_until_the_largest_message_would_fit(long? room)
    {
        _room = room;
        await LimitAsync(pages: 20);
        (await Should.ThrowAsync<StorageUnavailableException>(StoreAsync("large", 400_000))).Failure.ShouldBe(StorageFailure.DiskFull);
        (await IsFullAsync()).ShouldBeTrue();

        await StoreAsync("small", 10);
        (await IsFullAsync()).ShouldBeTrue("what is small says nothing");
        await LimitAsync(pages: 150);
        await StoreAsync("medium", 400_000);
        (await IsFullAsync()).ShouldBeTrue("nor does what is smaller than the largest");

        await LimitAsync(pages: 100_000);
        (await IsFullAsync()).ShouldBeFalse();
        _database.Read(sql => sql.Query("SELECT name FROM facts ORDER BY name", row => row.GetString(0))).ShouldBe(["medium", "small"]);

        var commits = _database.Commits;
        (await IsFullAsync()).ShouldBeFalse();
        _database.Commits.ShouldBe(commits, "nothing is written while nothing was refused");
    }

    [Fact]
    public async Task While_the_disk_is_seen_to_be_full_nothing_is_written_to_find_out()
    {
        await LimitAsync(pages: 20);
        await Should.ThrowAsync<StorageUnavailableException>(StoreAsync("large", 400_000));
        var refusals = _database.RefusedForSpace;
        _room = 0;

        (await IsFullAsync()).ShouldBeTrue();

        _database.RefusedForSpace.ShouldBe(refusals);
    }

    private Task<bool> IsFullAsync() => _disk.IsFullAsync(CancellationToken.None);

    private Task<int> StoreAsync(string name, int length) => _database.WriteAsync(
        sql => sql.Execute("INSERT INTO facts (name, value) VALUES (@name, @value)", ("@name", name), ("@value", new string('x', length))), CancellationToken.None);

    private Task LimitAsync(int pages) =>
        _database.WriteAsync(sql => sql.QueryFirst($"PRAGMA max_page_count = {pages}", row => row.GetInt64(0)), CancellationToken.None);
}
