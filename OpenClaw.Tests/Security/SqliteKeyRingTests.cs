using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Security;

public sealed class SqliteKeyRingTests() : KeyRingContract(new CoreFixture());
