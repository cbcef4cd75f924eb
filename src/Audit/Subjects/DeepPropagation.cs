namespace Wellbehaved.Audit;

/// <summary>A deep experiment made of single propagations, for subjects that can only propagate.</summary>
internal static class DeepPropagation
{
    /// <summary>Runs all simulations, each on its own batch.</summary>
    /// <param name="subject">The subject that propagates.</param>
    /// <param name="options">The experiment.</param>
    /// <param name="depthReached">Called after each layer or residual unit.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Moments by depth, as the subject reports them; simulations whose signal died are left out.</returns>
    public static MomentTable Run(ISubject subject, ExperimentOptions options, Action? depthReached, CancellationToken cancellation)
    {
        var table = new DeepMoments(options, subject.Description);
        for (var simulation = 0; simulation < options.NumSims; simulation++)
        {
            cancellation.ThrowIfCancellationRequested();
            table.Begin();
            subject.Propagate(
                table.Network,
                table.WeightsOf(simulation),
                table.InputOf(simulation),
                snapshot =>
                {
                    if (table.Wants(snapshot.Depth))
                    {
                        table.Take(snapshot.Depth, snapshot.Place, snapshot.Moments());
                    }

                    if (snapshot.Depth > 0 && snapshot.Place == table.LastPlace)
                    {
                        depthReached?.Invoke();
                    }
                }
            );
        }

        return table.Finish();
    }
}
