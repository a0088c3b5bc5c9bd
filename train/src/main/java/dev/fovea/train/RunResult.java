package dev.fovea.train;

import dev.fovea.data.load.Skipped;
import java.util.List;

/** What a run of any task came to. */
public interface RunResult {
    RunFolder folder();

    /** Of the best weights on the held-out split. */
    Evaluation evaluation();

    /** The name of that split: test, or validation where there is no test split. */
    String split();

    List<TrainListener.Epoch> history();

    int bestEpoch();

    /** The time of the whole run. */
    double seconds();

    /** The time of the loop alone. */
    double trainSeconds();

    /** Pictures that could not be read. */
    List<Skipped> skipped();

    /** What happened to given weights, for people; empty without. */
    String note();
}
