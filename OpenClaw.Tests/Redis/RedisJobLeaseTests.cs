using System.Globalization;
using OpenClaw.Core.Queue;
using OpenClaw.Tests.Queue;

namespace OpenClaw.Tests.Redis;

public sealed class RedisJobLeaseTests : JobLeaseContract, IAsyncLifetime
{
    private RedisRig _rig = null!;
    private RedisProcess _process = null!;
    private RedisProcess _other = null!;

    protected override IJobLeases Leases => _process.Jobs;

    protected override IJobLeases Other => _other.Jobs;

    public async Task InitializeAsync()
    {
        _rig = await RedisRig.SharedAsync();
        _process = await _rig.NewProcessUpAsync();
        _other = await _rig.NewProcessUpAsync();
    }

    public async Task DisposeAsync()
    {
        if (_rig is not null)
            await _rig.DisposeAsync();
    }

    protected override void Pass(TimeSpan duration)
    {
        foreach (var key in _rig.Server.Keys(_process.Installation.Value + ":{p0}:job:"))
        {
            var left = (long)_rig.Server.Execute("PTTL", key)! - (long)duration.TotalMilliseconds;
            _rig.Server.Execute("PEXPIRE", key, left.ToString(CultureInfo.InvariantCulture));
        }
    }
}
