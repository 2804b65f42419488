using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Storage;

namespace OpenClaw.Gateway.Admin;

/// <summary>The key of the admin API: the configured one, or the one in the data directory, which whoever may read that folder has anyway.</summary>
internal sealed class AdminKey(IOptions<AdminOptions> options, DataDirectory directory)
{
    private readonly Lazy<string> _key = new(() => string.IsNullOrWhiteSpace(options.Value.ApiKey) ? ReadOrGenerate(Path.Combine(directory.Root, "admin.key")) : options.Value.ApiKey);

    /// <exception cref="StartupException">The generated file cannot be read or written.</exception>
    public string Value => _key.Value;

    /// <summary>Takes as long for a wrong key as for the right one.</summary>
    public bool Is(string presented) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(presented)), SHA256.HashData(Encoding.UTF8.GetBytes(Value)));

    private static string ReadOrGenerate(string file)
    {
        try
        {
            if (!File.Exists(file))
                Generate(file);
            var key = File.ReadAllText(file).Trim();
            return key.Length > 0 ? key : throw new StartupException($"{file} is empty: delete it to have a new key generated, or set Admin__ApiKey.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{file} cannot be read or written: give this account the right to, or set Admin__ApiKey.", error);
        }
    }

    /// <summary>Written aside and moved: two processes agree on the first one's, and nobody reads half a key.</summary>
    private static void Generate(string file)
    {
        var draft = $"{file}.{Path.GetRandomFileName()}";
        var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(draft, mode))
            stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) + "\n"));
        try
        {
            File.Move(draft, file);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(draft);
        }
    }
}
