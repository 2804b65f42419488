using System.Diagnostics.Metrics;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Admin;

/// <summary>The gauge that an alert looks at.</summary>
public sealed class DeadLetterMetricsTests
{
    [Fact]
    public async Task Dead_letters_are_counted_by_kind_when_somebody_asks()
    {
        await using var app = await OpenClawApp.StartAsync(("Turns__MaxAttempts", "1"));
        app.Model.OnRequest = _ => ScriptedReply.Status(500);
        await app.SendAsync(WahaWebhook.Text("oi"));
        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();
        var seen = new List<(long Count, object? Kind)>();
        using var listener = new MeterListener();
        // Other tests of this process have gauges of the same name: a meter of this host's factory carries it as its scope.
        var factory = app.Service<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            if (instrument.Name == "openclaw.dead_letters")
                seen.Add((count, tags[0].Value));
        });
        listener.Start();

        listener.RecordObservableInstruments();

        seen.ShouldBe([(1, "turn"), (0, "bubble"), (0, "job")], ignoreOrder: true);
    }
}
