using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

public sealed class SqliteTurnFormationTests() : TurnFormationContract(new CoreFixture());

public sealed class SqliteTurnResumeTests() : TurnResumeContract(new CoreFixture());

public sealed class SqliteTurnFailureTests() : TurnFailureContract(new CoreFixture());

public sealed class SqliteFenceTests() : FenceContract(new CoreFixture());

public sealed class SqliteOutboxTests() : OutboxContract(new CoreFixture());
