namespace OpenClaw.Tests.Split;

public sealed class SqliteFrozenWorkerTests : FrozenWorkerContract
{
    private protected override SplitStore NewStore() => new SqliteSplitStore();
}

public sealed class SqliteLostProcessTests : LostProcessContract
{
    private protected override SplitStore NewStore() => new SqliteSplitStore();
}

public sealed class SqliteRedisOutageTests : RedisOutageContract
{
    private protected override SplitStore NewStore() => new SqliteSplitStore();
}

public sealed class SqliteLateRedisTests : LateRedisContract
{
    private protected override SplitStore NewStore() => new SqliteSplitStore();
}
