using OpenClaw.AppHost.Levels;

namespace OpenClaw.AppHost;

/// <param name="Main">The main database; null = a SQLite file in the data directory.</param>
/// <param name="Keys">That of the data keys; null as above.</param>
internal sealed record Database(IResourceBuilder<IResourceWithConnectionString>? Main, IResourceBuilder<IResourceWithConnectionString>? Keys);

/// <summary>Where Gateway and Workers keep everything.</summary>
internal static class Databases
{
    // Beside the data of a Gateway that is started alone, which has a master key of its own.
    private const string DeveloperDirectory = "data/apphost";

    // Our images run as a user that may write nowhere else; with PostgreSQL only people's files are in it.
    private const string ContainerDirectory = "/tmp/openclaw";

    // While it runs Aspire makes the databases. Elsewhere the server does when it is empty: one by its environment, the other by this.
    private const string CreateKeys =
        $"echo 'CREATE DATABASE \"{ResourceNames.KeysDatabase}\";' > /docker-entrypoint-initdb.d/{ResourceNames.KeysDatabase}.sql && exec docker-entrypoint.sh postgres";

    public static Database AddDatabase(this IDistributedApplicationBuilder builder, SystemPlan plan)
    {
        if (plan.Store == Store.Sqlite)
            return new(Main: null, Keys: null);
        if (plan.Store == Store.External)
            return new(builder.AddConnectionString(ResourceNames.Database), builder.AddConnectionString(ResourceNames.KeysDatabase));

        var server = builder.AddPostgres(ResourceNames.Postgres).WithImageTag(Images.PostgresTag).WithDataVolume("openclaw-postgres");
        if (builder.ExecutionContext.IsPublishMode)
        {
            // A volume of a cluster is not empty: its file system has a folder of its own, and the server wants none beside its data.
            server.WithEnvironment("PGDATA", "/var/lib/postgresql/data/pgdata").WithEnvironment("POSTGRES_DB", ResourceNames.Database)
                .WithEntrypoint("/bin/sh").WithArgs("-c", CreateKeys);
        }

        return new(server.AddDatabase(ResourceNames.Database), server.AddDatabase(ResourceNames.KeysDatabase));
    }

    public static IResourceBuilder<ProjectResource> WithDatabase(this IResourceBuilder<ProjectResource> project, Database database)
    {
        foreach (var connection in new[] { database.Main, database.Keys }.OfType<IResourceBuilder<IResourceWithConnectionString>>())
        {
            project.WithReference(connection);
            if (connection.Resource is PostgresDatabaseResource)
                project.WaitFor(connection);
        }

        return project.WithEnvironment("Storage__DataDirectory", project.ApplicationBuilder.ExecutionContext.IsRunMode ? DeveloperDirectory : ContainerDirectory);
    }
}
