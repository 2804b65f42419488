using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>
/// A real PostgreSQL server on a free port of this machine, in a folder of its own, run by another account when we are root (it refuses to run as
/// root). It ends with this process, however that ends. Where it is not installed the test is skipped, except in CI on Linux, where it fails.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    /// <summary>A role that has to give a password.</summary>
    public const string Guarded = "guarded";

    /// <summary>Runs a server and waits for it; when this process ends first, ends it and clears its folder away.</summary>
    private const string Keeper =
        """
        "$@" & server=$!
        trap 'ending=yes; kill -QUIT $server' TERM
        while kill -0 $server 2>/dev/null; do wait $server; done
        [ -z "$ending" ] || rm -rf "$folder"
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly Lazy<PostgresServer> One = new(static () => new PostgresServer(isShared: true));
    private readonly string _programs;
    private readonly PosixAccount? _account;
    private readonly string _folder;
    private Task? _ended;

    /// <summary>Makes a cluster and starts its server.</summary>
    public PostgresServer()
        : this(isShared: false)
    {
    }

    // The shared one keeps a copy of its cluster from before the first start: copying that is quicker than making another.
    private PostgresServer(bool isShared)
    {
        _programs = Programs() ?? throw Missing();
        _account = Environment.IsPrivilegedProcess ? PosixAccount.Find("postgres") ?? PosixAccount.Find("nobody") : null;
        _folder = Directory.CreateTempSubdirectory("openclaw-postgres-").FullName;
        if (_account is not null)
            Run("chown", _account.Name, _folder);
        if (isShared)
        {
            MakeCluster();
            Run("cp", "-a", Data, Untouched);
        }
        else
        {
            Run("cp", "-a", Shared.Untouched, Data);
        }

        Port = FreePort();
        Start();
        Execute("postgres", $"CREATE ROLE {Guarded} LOGIN PASSWORD 'right horse'");
    }

    /// <summary>The one that most tests share.</summary>
    public static PostgresServer Shared
    {
        get
        {
            if (Programs() is null)
                throw Missing();
            return One.Value;
        }
    }

    public int Port { get; }

    private string Data => Path.Combine(_folder, "data");

    private string Untouched => Path.Combine(_folder, "untouched");

    /// <summary>Waits until it answers.</summary>
    public void Start()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // The kernel ends the server when the thread that started it ends: it waits for the server, and so lives as long as the process.
        new Thread(() =>
        {
            using var process = Process.Start(new ProcessStartInfo("setpriv", ServerArguments())
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                WorkingDirectory = "/",
                Environment = { ["folder"] = _folder },
            })!;
            process.ErrorDataReceived += (_, line) =>
            {
                if (line.Data?.Contains("database system is ready to accept connections", StringComparison.Ordinal) == true)
                    ready.TrySetResult();
            };
            process.BeginErrorReadLine();
            process.WaitForExit();
            ended.SetResult();
        })
        { IsBackground = true, Name = "postgres" }.Start();
        _ended = ended.Task;
        Task.WaitAny([ready.Task, ended.Task], Patience).ShouldBe(0, "PostgreSQL did not start.");
    }

    /// <summary>Ends it and waits until it has ended: <c>INT</c> as an administrator does, <c>KILL</c> as a power failure does.</summary>
    public void Stop(string signal = "INT")
    {
        if (_ended is not { } ended)
            return;
        _ended = null;
        Run("kill", $"-{signal}", File.ReadLines(Path.Combine(Data, "postmaster.pid")).First());
        ended.Wait(Patience).ShouldBeTrue();
    }

    public string ConnectionString(string database) => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username=openclaw;Database={database}");

    /// <summary>Runs statements on a connection of its own.</summary>
    public void Execute(string database, string sql)
    {
        using var connection = Connect(database);
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    public NpgsqlConnection Connect(string database)
    {
        var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=false;Timeout=60;Command Timeout=60");
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Stop("QUIT");
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private void MakeCluster()
    {
        RunAsServer("initdb", "-D", Data, "-U", "openclaw", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C");
        var rules = Path.Combine(Data, "pg_hba.conf");
        File.WriteAllText(rules, $"host all {Guarded} 127.0.0.1/32 scram-sha-256\n" + File.ReadAllText(rules));
    }

    private static Exception Missing() => RealServers.MustBeHere
        ? new InvalidOperationException("CI has to have PostgreSQL: install the postgresql package.")
        : new SkipException("PostgreSQL is not installed.");

    private static string? Programs()
    {
        var debian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")) : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return debian.Concat(path).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // Commits reach the operating system and not the disk: that survives a killed server, which is what the tests do to it.
    private IEnumerable<string> ServerArguments() =>
    [
        "--pdeathsig=TERM", .. AsServer(), "sh", "-c", Keeper, "keeper", Path.Combine(_programs, "postgres"), "-D", Data,
        .. new[]
        {
            string.Create(CultureInfo.InvariantCulture, $"port={Port}"), "listen_addresses=127.0.0.1", $"unix_socket_directories={_folder}", "fsync=off", "full_page_writes=off",
            "max_connections=300", "shared_buffers=64MB", "wal_level=minimal", "max_wal_senders=0", "deadlock_timeout=100ms", "autovacuum=off", "jit=off",
        }.SelectMany(setting => new[] { "-c", setting }),
    ];

    private string[] AsServer() => _account is null
        ? []
        : [$"--reuid={_account.User}", $"--regid={_account.Group}", "--clear-groups"];

    private void RunAsServer(string program, params string[] arguments) => Run("setpriv", ["--pdeathsig=KILL", .. AsServer(), Path.Combine(_programs, program), .. arguments]);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program}: {errors}{output.Result}");
    }

    private sealed record PosixAccount(string Name, string User, string Group)
    {
        public static PosixAccount? Find(string name) => File.ReadLines("/etc/passwd").Select(line => line.Split(':'))
            .Where(fields => fields is [var found, _, _, _, ..] && found == name).Select(fields => new PosixAccount(fields[0], fields[2], fields[3])).FirstOrDefault();
    }
}
