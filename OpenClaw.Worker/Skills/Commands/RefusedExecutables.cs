using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Skills.Commands;

/// <summary>
/// Programs that the allowlist does not take. A bounded command cannot be made of one that runs others, takes code, or changes the
/// machine: its arguments are the loophole. The list is a guard against a hasty setting, the allowlist is the rule.
/// </summary>
internal static partial class RefusedExecutables
{
    private const string Shell = "it is a shell and would run any command";
    private const string Interpreter = "it runs code given to it, so it would run any command";
    private const string Wrapper = "it starts other programs named in its arguments";
    private const string Runner = "it can start other programs through its options or its language";
    private const string Network = "it can send data out or fetch programs";
    private const string Packages = "it installs software and runs its scripts";
    private const string Changes = "it changes or deletes files, or writes where it is told to";
    private const string Machine = "it controls the machine, its services or its users";

    private static readonly FrozenDictionary<string, string> Reasons = Table(
        (Shell, "sh ash bash dash zsh ksh mksh fish csh tcsh rbash elvish nu pwsh powershell cmd command"),
        (Interpreter, "python pypy perl ruby irb node nodejs deno bun php lua luajit tclsh wish guile racket rscript r julia java jshell groovy kotlin "
            + "scala erl elixir iex swift ghci runghc ocaml dotnet mono csi fsi bc dc sqlite sqlite3 psql mysql gdb lldb osascript wscript cscript m4 expect qjs ts-node"),
        (Wrapper, "env xargs sudo su doas pkexec runuser nohup timeout nice ionice chrt taskset setsid chroot unshare nsenter stdbuf strace ltrace "
            + "time watch script scriptreplay flock parallel setarch linux32 linux64 i386 x86_64 run-parts start-stop-daemon systemd-run busybox toybox "
            + "coreutils capsh setpriv prlimit numactl cgexec catchsegv rlwrap unbuffer proot fakeroot dbus-run-session ld.so ld-linux bwrap firejail entr"),
        (Runner, "find fd locate awk gawk mawk nawk sed ed ex vi vim nvim view nano emacs pico less more most man pager info tar cpio zip unzip 7z "
            + "rsync git hg svn make cmake ninja gcc cc clang tcc ld as go cargo rustc javac msbuild gradle mvn ant screen tmux split sort rg pr"),
        (Network, "curl wget ssh scp sftp sshd nc ncat netcat socat telnet ftp tftp openssl rclone aria2c lynx links w3m nmap ping dig nslookup host sendmail mail"),
        (Packages, "apt apt-get aptitude dpkg rpm yum dnf apk pacman zypper snap flatpak brew pip pipx uv conda npm npx yarn pnpm corepack gem bundle "
            + "composer nuget cpan luarocks nix choco winget"),
        (Changes, "rm rmdir mv cp dd ln install tee touch truncate shred mkdir mkfifo mknod mktemp chmod chown chgrp chattr setfacl patch uniq unlink rename base64 xxd"),
        (Machine, "mount umount mkfs fdisk parted losetup kill pkill killall skill shutdown reboot halt poweroff init telinit systemctl service journalctl crontab "
            + "at batch useradd usermod userdel adduser passwd chpasswd visudo sysctl modprobe insmod rmmod ip ifconfig iptables nft docker podman nerdctl "
            + "kubectl helm virsh qemu lxc ctr hostname hostnamectl timedatectl loginctl dmesg"));

    /// <summary>Why <paramref name="name"/> is never allowed, or null. Versions (<c>python3.11</c>) and <c>.exe</c> do not hide it.</summary>
    public static string? ReasonFor(string name)
    {
        name = name.ToLowerInvariant();
        if (name.EndsWith(".exe", StringComparison.Ordinal))
            name = name[..^4];

        if (Reasons.TryGetValue(name, out var reason))
            return reason;
        if (VersionPattern().Match(name) is { Success: true } version && Reasons.TryGetValue(version.Groups["name"].Value, out reason))
            return reason;
        if (ScriptPattern().IsMatch(name))
            return Interpreter;
        return name.StartsWith("ld-linux", StringComparison.Ordinal) || name.StartsWith("ld-musl", StringComparison.Ordinal) ? Wrapper
            : name.StartsWith("mkfs.", StringComparison.Ordinal) ? Machine
            : null;
    }

    /// <summary>Whether <paramref name="name"/> is one program that acts as many, by the name it is called with (Alpine's BusyBox).</summary>
    public static bool IsMultiCall(string name) => name is "busybox" or "toybox" or "coreutils";

    private static FrozenDictionary<string, string> Table(params (string Reason, string Names)[] groups) => groups
        .SelectMany(group => group.Names.Split(' '), (group, name) => KeyValuePair.Create(name, group.Reason))
        .ToFrozenDictionary(StringComparer.Ordinal);

    [GeneratedRegex(@"\A(?<name>[a-z][a-z+-]*?)-?[0-9][0-9.]*\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"\.(?:sh|bash|py|pl|rb|js|php|lua|ps1|bat|cmd)\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex ScriptPattern();
}
