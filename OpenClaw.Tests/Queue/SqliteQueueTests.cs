using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

public sealed class SqliteTurnFormationTests() : TurnFormationContract(new CoreFixture());

public sealed class SqliteTurnResumeTests() : TurnResumeContract(new CoreFixture());

public sealed class SqliteTurnFailureTests() : TurnFailureContract(new CoreFixture());

public sealed class SqliteFenceTests() : FenceContract(new CoreFixture());

public sealed class SqliteOutboxTests() : OutboxContract(new CoreFixture());

public sealed class SqliteInboundStoreTests() : InboundStoreContract(new CoreFixture());

public sealed class SqliteRateLimitTests() : SqlRateLimitContract(new CoreFixture());

public sealed class SqliteQueueRaceTests() : QueueRaceContract(new CoreFixture());

public sealed class SqliteHistoryTests() : HistoryContract(new CoreFixture());

public sealed class SqliteChatEventStoreTests() : ChatEventStoreContract(new CoreFixture());

public sealed class SqliteConversationStoreTests() : ConversationStoreContract(new CoreFixture());

public sealed class SqliteReconcilerTests() : ReconcilerContract(new CoreFixture());

public sealed class SqliteLaneSchedulerTests() : SqlLaneSchedulerContract(new CoreFixture());

public sealed class SqliteTakeoverTests() : TakeoverContract(new CoreFixture());
