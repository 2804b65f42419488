using System.Collections.Concurrent;
using System.Diagnostics;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>
/// Starts programs that are killed with the process of the tests, however that ends. The kernel ties them to the thread that started them, so
/// that is one which lives as long as the process.
/// </summary>
internal static class BoundProcess
{
    private static readonly BlockingCollection<Action> Starts = [];

    static BoundProcess()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = "test-servers" };
        thread.Start();
    }

    public static Task<Process> StartAsync(string program, params string[] arguments)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(new ProcessStartInfo("setpriv", ["--pdeathsig", "KILL", program, .. arguments]) { UseShellExecute = false })!);
            }
            catch (Exception error)
            {
                started.SetException(error);
            }
        });
        return started.Task;
    }

    private static void Run()
    {
        foreach (var start in Starts.GetConsumingEnumerable())
            start();
    }
}
