using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Security;

public sealed class PostgresKeyRingTests() : KeyRingContract(new CoreFixture(Store.Postgres));
