using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.People;

public sealed class PostgresPeopleDirectoryTests() : PeopleDirectoryContract(new CoreFixture(Store.Postgres));

public sealed class PostgresMergeTests() : MergeContract(new CoreFixture(Store.Postgres));
