using OpenClaw.Core.Storage;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

public sealed class FullDiskTests
{
    private readonly ManualTimeProvider _time = new();
    private long? _room = long.MaxValue;

    [Fact]
    public void A_disk_without_room_is_told_before_a_message_is_refused()
    {
        var disk = new FullDisk(() => _room, _time);
        disk.IsShort.ShouldBeFalse();

        _room = FullDisk.LeastRoom - 1;
        disk.IsShort.ShouldBeTrue();
        disk.IsFull.ShouldBeFalse("what is small still fits");

        _room = FullDisk.LeastRoom;
        disk.IsShort.ShouldBeFalse("there is room again");
    }

    [Fact]
    public void A_refused_message_tells_it_where_the_room_is_not_known()
    {
        _room = null;
        var disk = new FullDisk(() => _room, _time);
        (disk.IsFull, disk.IsShort).ShouldBe((false, false));

        disk.Refused(StorageFailure.DiskFull);
        disk.IsFull.ShouldBeTrue();

        disk.Stored();
        disk.IsFull.ShouldBeFalse();
    }
}
