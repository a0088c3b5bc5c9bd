package dev.fovea.nn;

/** A module that learns statistics of its inputs in training, besides its parameters. */
public interface RunningStatistics {
    /** While held, training uses the running statistics, as evaluation does, and leaves them unchanged. */
    void holdStatistics(boolean on);

    boolean areStatisticsHeld();
}
