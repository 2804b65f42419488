using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Security;

/// <summary>Reads the master key from its configured source, or makes one in the data directory at the first start.</summary>
internal sealed class MasterKeySource(IOptions<SecurityOptions> options, DataDirectory directory)
{
    /// <summary>How long the command may take to print the key.</summary>
    public TimeSpan CommandPatience { get; init; } = TimeSpan.FromSeconds(15);

    private string GeneratedFile => Path.Combine(directory.Root, "master.key");

    /// <exception cref="StartupException">The source cannot be read or holds no key.</exception>
    public MasterKey Load()
    {
        var settings = options.Value;
        if (!string.IsNullOrWhiteSpace(settings.MasterKey))
            return Parse(settings.MasterKey, "Security__MasterKey");
        if (!string.IsNullOrWhiteSpace(settings.MasterKeyFile))
            return Parse(ReadFile(settings.MasterKeyFile, "Security__MasterKeyFile"), "Security__MasterKeyFile");
        if (!string.IsNullOrWhiteSpace(settings.MasterKeyCommand))
            return Parse(RunCommand(settings.MasterKeyCommand), "Security__MasterKeyCommand");
        return Parse(ReadOrGenerate(), "the generated file master.key");
    }

    private string ReadOrGenerate()
    {
        if (File.Exists(GeneratedFile))
            return ReadFile(GeneratedFile, "the generated file master.key");
        // Two processes that start together on an empty folder must agree on one key, and a move alone does not tell who was first.
        using var alone = FileLock.Wait(
            Path.Combine(directory.Root, "generating.lock"), CommandPatience,
            $"Another process has been making the master key in {directory.Root} for too long: end it and start again.");
        if (File.Exists(GeneratedFile))
            return ReadFile(GeneratedFile, "the generated file master.key");
        if (File.Exists(directory.KeysFile))
        {
            throw new StartupException(
                $"{GeneratedFile} is missing but {directory.KeysFile} exists: put the master key back (file, Security__MasterKey or Security__MasterKeyFile), without it nothing stored can be read.");
        }

        // Written aside and moved: a crash in the middle leaves no half key behind.
        var text = Convert.ToBase64String(MasterKey.Generate());
        var draft = GeneratedFile + ".new";
        File.Delete(draft);
        var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(draft, mode))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(text + "\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, GeneratedFile);
        return text;
    }

    private static string ReadFile(string path, string key)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != UnixFileMode.None)
                throw new StartupException($"{path} ({key}) can be read by others: run `chmod 600 {path}`.");
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{key}: the file {path} cannot be read; check the path and its permissions.", error);
        }
    }

    private string RunCommand(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        try
        {
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEndAsync();
            // A child of the command may keep the output open after the command has ended.
            if (!process.WaitForExit(CommandPatience) || !output.Wait(CommandPatience))
            {
                process.Kill(entireProcessTree: true);
                throw new StartupException($"Security__MasterKeyCommand did not end within {CommandPatience.TotalSeconds:0} s.");
            }

            return process.ExitCode == 0
                ? output.GetAwaiter().GetResult()
                : throw new StartupException($"Security__MasterKeyCommand ended with exit code {process.ExitCode}; it must print the key in base64 and exit 0.");
        }
        catch (Win32Exception error)
        {
            throw new StartupException($"Security__MasterKeyCommand: '{words[0]}' cannot be started; write the full path of an executable and its arguments.", error);
        }
    }

    private static MasterKey Parse(string text, string source) => MasterKey.TryParse(text) is { } key
        ? new MasterKey(key)
        : throw new StartupException($"{source} must hold 32 bytes in base64; `openssl rand -base64 32` makes such a key.");
}
