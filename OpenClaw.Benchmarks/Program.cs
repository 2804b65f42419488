using BenchmarkDotNet.Running;
using OpenClaw.Benchmarks.Load;

switch (args)
{
    case ["load", .. var rest]:
        return await LoadCommand.RunAsync(rest);
    case ["micro", .. var rest]:
        BenchmarkSwitcher.FromAssembly(typeof(LoadCommand).Assembly).Run(rest);
        return 0;
    default:
        Console.Error.WriteLine(LoadOptions.Usage);
        return 2;
}
