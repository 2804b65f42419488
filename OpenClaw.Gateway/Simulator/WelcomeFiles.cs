using System.Globalization;
using OpenClaw.Core.People;
using OpenClaw.Gateway.Simulator.Waha;
using OpenClaw.Worker.Skills.Files;

namespace OpenClaw.Gateway.Simulator;

/// <summary>A first file for the people of the simulator, so that "lista os arquivos" has something to show. Nobody else gets one.</summary>
internal sealed partial class WelcomeFiles(PeopleDirectory people, SimulatedWaha waha, ILogger<WelcomeFiles> logger) : IStartingFiles
{
    public void Furnish(PersonScope person, string root)
    {
        var blinds = people.Get(person.Person).Blinds;
        if (waha.People.FirstOrDefault(known => blinds.Contains(Convert.ToHexString(people.PhoneBlind(known.Phone)))) is not { } simulated)
            return;

        var (name, text) = simulated.Locale == "pt-BR" ? ("bem-vindo.txt", Portuguese(simulated.Name, person.Person)) : ("welcome.txt", English(simulated.Name, person.Person));
        try
        {
            File.WriteAllText(Path.Combine(root, name), text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(logger, error);
        }
    }

    private static string Portuguese(string name, PersonId person) => string.Create(CultureInfo.InvariantCulture, $"""
        Oi, {name}! Boas-vindas ao OpenClaw.

        Esta é a sua pasta de arquivos. Eu leio o que estiver aqui, e só para você.
        Experimente escrever:

        - lista os arquivos
        - leia bem-vindo.txt
        - procura pasta nos arquivos

        Para trazer outros arquivos, copie-os para files/{person} no diretório de dados.

        """);

    private static string English(string name, PersonId person) => string.Create(CultureInfo.InvariantCulture, $"""
        Hi {name}, welcome to OpenClaw!

        This is your folder. I read what is in it, and only for you.
        Try writing:

        - list files
        - read welcome.txt
        - search folder in files

        To bring files of your own, copy them to files/{person} in the data directory.

        """);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The welcome file of the simulator could not be written")]
        public static partial void NotWritten(ILogger logger, Exception error);
    }
}
