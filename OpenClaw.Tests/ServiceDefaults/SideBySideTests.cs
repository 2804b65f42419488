using OpenClaw.ServiceDefaults.Background;

namespace OpenClaw.Tests.ServiceDefaults;

public sealed class SideBySideTests
{
    [Fact]
    public async Task The_first_loop_that_fails_ends_the_others_and_is_heard_of_at_once()
    {
        var ended = false;
        var running = SideBySide.RunAsync([Forever, _ => throw new InvalidOperationException("one")], CancellationToken.None);

        (await Should.ThrowAsync<InvalidOperationException>(() => running.WaitAsync(TimeSpan.FromMinutes(1)))).Message.ShouldBe("one");
        ended.ShouldBeTrue();

        async Task Forever(CancellationToken token)
        {
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                ended = true;
            }
        }
    }

    [Fact]
    public async Task Loops_that_have_done_their_work_end_nobody()
    {
        var release = new TaskCompletionSource();
        var running = SideBySide.RunAsync([_ => Task.CompletedTask, token => release.Task.WaitAsync(token)], CancellationToken.None);

        release.SetResult();

        await running.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task The_end_of_the_process_ends_all_of_them()
    {
        using var stop = new CancellationTokenSource();
        var running = SideBySide.RunAsync([token => Task.Delay(Timeout.Infinite, token), token => Task.Delay(Timeout.Infinite, token)], stop.Token);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromMinutes(1)));
    }
}
