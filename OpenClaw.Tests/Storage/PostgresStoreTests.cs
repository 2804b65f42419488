using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

public sealed class PostgresProcessFactsTests() : ProcessFactsContract(new CoreFixture(Store.Postgres));

public sealed class PostgresSkillAuditStoreTests() : SkillAuditStoreContract(new CoreFixture(Store.Postgres));
