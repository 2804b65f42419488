using System.Globalization;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>PostgreSQL's programs on this machine and the account that may run them.</summary>
/// <param name="Programs">The folder of <c>initdb</c>, <c>postgres</c> and <c>psql</c>.</param>
/// <param name="Account">User and group id to run as; null = as ourselves.</param>
internal sealed record PostgresInstallation(string Programs, (string User, string Group)? Account)
{
    // Debian's; others have them in the path.
    private const string Versions = "/usr/lib/postgresql";

    /// <summary>Null, or why it cannot be started on this machine.</summary>
    public static string? Missing => Folder() is null ? $"PostgreSQL's initdb and postgres are missing in {Versions} and in the path: install postgresql." : null;

    /// <summary>Whether queries can be counted.</summary>
    public bool HasStatements => File.Exists(Path.Combine(Programs, "..", "lib", "pg_stat_statements.so"));

    /// <exception cref="InvalidOperationException">It is not installed.</exception>
    public static PostgresInstallation Find() => new(
        Folder() ?? throw new InvalidOperationException(Missing),
        Environment.IsPrivilegedProcess ? AccountOf("postgres") ?? AccountOf("nobody") : null);

    public string PathOf(string program) => Path.Combine(Programs, program);

    /// <summary>A program's command under the account.</summary>
    public IReadOnlyList<string> Command(string program) => Account is { } account
        ? ["setpriv", $"--reuid={account.User}", $"--regid={account.Group}", "--clear-groups", PathOf(program)]
        : [PathOf(program)];

    /// <summary>Makes a folder that belongs to the account; every folder above it must let that account through.</summary>
    public Task MakeFolderAsync(string folder, CancellationToken cancellationToken) => CommandRun.OutputAsync(
        ["install", "-d", "-m", "700", .. Account is { } account ? (string[])["-o", account.User, "-g", account.Group] : [], folder],
        cancellationToken);

    private static string? Folder()
    {
        var installed = Directory.Exists(Versions) ? Directory.GetDirectories(Versions) : [];
        return installed
            .OrderByDescending(d => double.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(d => Path.Combine(d, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
            .FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "postgres")) && File.Exists(Path.Combine(d, "psql")));
    }

    // name:password:user id:group id:...
    private static (string User, string Group)? AccountOf(string name) =>
        File.ReadLines("/etc/passwd").Select(l => l.Split(':')).FirstOrDefault(f => f[0] == name) is { Length: > 3 } fields ? (fields[2], fields[3]) : null;
}
