using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Redis;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Redis;

/// <summary>Connection strings as an AppHost writes them: host and port, a password, encryption or not.</summary>
public sealed class RedisAddressTests
{
    [Theory]
    [InlineData("localhost:6379,password=abc", "abc", false)]
    [InlineData("localhost:6379,password=a=b==;\"'&%$+/ü#@!,ssl=true", "a=b==;\"'&%$+/ü#@!", true)]
    [InlineData("redis:6379,password=x,ssl=True,abortConnect=false", "x", true)]
    [InlineData("redis:6379,password=x,ssl=False", "x", false)]
    [InlineData("redis:6379", null, false)]
    public void Password_and_encryption_are_taken_as_they_are_written(string text, string? password, bool ssl)
    {
        var options = RedisAddress.Parse(text);

        (options.EndPoints.Count, options.Password, options.Ssl).ShouldBe((1, password, ssl));
    }

    [Theory]
    [InlineData("redis:6379,password=pla,nted,ssl=true")]
    [InlineData("redis:6379,password=pla,nted")]
    public void The_rest_of_a_password_with_a_comma_is_not_taken_for_another_address(string text)
    {
        var refused = Should.Throw<StartupException>(() => RedisAddress.Parse(text));

        refused.Message.ShouldContain("without a comma");
        refused.Message.ShouldNotContain("nted");
    }

    [Fact]
    public async Task An_encrypted_connection_works_and_is_made_to_a_trusted_server_only()
    {
        using var folder = new TemporaryFolder();
        using var certificate = Certificate(folder.Path);
        var (process, port) = await StartAsync(folder.Path);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            await Eventually.TrueAsync(() => process.HasExited || Listens(port), patience.Token);
            var text = string.Create(CultureInfo.InvariantCulture, $"localhost:{port},password=s3cr=t;,ssl=true");

            var trusting = RedisAddress.Parse(text);
            trusting.CertificateValidation += (_, shown, _, _) => shown?.GetCertHashString() == certificate.Thumbprint;
            await using var connection = new RedisConnection(trusting, NullLogger<RedisConnection>.Instance);
            await Eventually.TrueAsync(() => connection.IsUp, patience.Token);

            await using var careful = new RedisConnection(RedisAddress.Parse(text), NullLogger<RedisConnection>.Instance);
            await careful.Tried.WaitAsync(patience.Token);
            careful.IsUp.ShouldBeFalse();
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(patience.Token);
            process.Dispose();
        }
    }

    private static async Task<(System.Diagnostics.Process Process, int Port)> StartAsync(string folder)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var process = await BoundProcess.StartAsync(
            RealServers.Find("redis-server", "redis-server"), "--port", "0", "--tls-port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "::1", "--save", "",
            "--tls-cert-file", Path.Combine(folder, "redis.crt"), "--tls-key-file", Path.Combine(folder, "redis.key"), "--tls-ca-cert-file", Path.Combine(folder, "redis.crt"),
            "--tls-auth-clients", "no", "--requirepass", "s3cr=t;", "--logfile", "/dev/null", "--dir", folder);
        return (process, port);
    }

    private static X509Certificate2 Certificate(string folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(folder, "redis.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "redis.key"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    private static bool Listens(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
