using System.Globalization;
using OpenClaw.Core.People;

namespace OpenClaw.Worker.Skills.Files;

/// <summary>Where each person's files lie.</summary>
internal interface IPersonFiles
{
    /// <summary>Absolute path of the person's folder, which exists when this returns.</summary>
    string RootFor(PersonScope person);
}

/// <summary>One folder per person below <paramref name="filesDirectory"/>, named by the person's row, readable by this process's user only.</summary>
internal sealed class PersonFiles(string filesDirectory, IStartingFiles? startingFiles = null) : IPersonFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _directory = Path.GetFullPath(filesDirectory);

    /// <inheritdoc />
    public string RootFor(PersonScope person)
    {
        var root = Path.Combine(_directory, person.Person.Value.ToString(CultureInfo.InvariantCulture));
        if (Directory.Exists(root))
            return root;

        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(root);
        else
            Directory.CreateDirectory(root, OwnerOnly);
        startingFiles?.Furnish(person, root);
        return root;
    }
}
