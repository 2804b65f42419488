using OpenClaw.Core.Configuration;

return await StartupFailure.RunAsync(() => throw new StartupException(
    "a Worker of its own needs split mode, which this version does not serve yet: run OpenClaw.Gateway, which hosts the worker."));
