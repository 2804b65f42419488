namespace OpenClaw.Tests.Split;

public sealed class PostgresFrozenWorkerTests : FrozenWorkerContract
{
    private protected override SplitStore NewStore() => new PostgresSplitStore(ownServer: false);
}

public sealed class PostgresLostProcessTests : LostProcessContract
{
    private protected override SplitStore NewStore() => new PostgresSplitStore(ownServer: true);
}

public sealed class PostgresRedisOutageTests : RedisOutageContract
{
    private protected override SplitStore NewStore() => new PostgresSplitStore(ownServer: false);
}

public sealed class PostgresLateRedisTests : LateRedisContract
{
    private protected override SplitStore NewStore() => new PostgresSplitStore(ownServer: false);
}
