using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

public sealed class PostgresTurnFormationTests() : TurnFormationContract(new CoreFixture(Store.Postgres));

public sealed class PostgresTurnResumeTests() : TurnResumeContract(new CoreFixture(Store.Postgres));

public sealed class PostgresTurnFailureTests() : TurnFailureContract(new CoreFixture(Store.Postgres));

public sealed class PostgresFenceTests() : FenceContract(new CoreFixture(Store.Postgres));

public sealed class PostgresOutboxTests() : OutboxContract(new CoreFixture(Store.Postgres));

public sealed class PostgresInboundStoreTests() : InboundStoreContract(new CoreFixture(Store.Postgres));

public sealed class PostgresRateLimitTests() : SqlRateLimitContract(new CoreFixture(Store.Postgres));

public sealed class PostgresQueueRaceTests() : QueueRaceContract(new CoreFixture(Store.Postgres));

public sealed class PostgresHistoryTests() : HistoryContract(new CoreFixture(Store.Postgres));

public sealed class PostgresChatEventStoreTests() : ChatEventStoreContract(new CoreFixture(Store.Postgres));

public sealed class PostgresConversationStoreTests() : ConversationStoreContract(new CoreFixture(Store.Postgres));

public sealed class PostgresReconcilerTests() : ReconcilerContract(new CoreFixture(Store.Postgres));

public sealed class PostgresLaneSchedulerTests() : SqlLaneSchedulerContract(new CoreFixture(Store.Postgres));

public sealed class PostgresTakeoverTests() : TakeoverContract(new CoreFixture(Store.Postgres));
