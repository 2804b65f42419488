using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.People;

public sealed class SqlitePeopleDirectoryTests() : PeopleDirectoryContract(new CoreFixture());

public sealed class SqliteMergeTests() : MergeContract(new CoreFixture());
