using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

public sealed class SqliteProcessFactsTests() : ProcessFactsContract(new CoreFixture());

public sealed class SqliteSkillAuditStoreTests() : SkillAuditStoreContract(new CoreFixture());
