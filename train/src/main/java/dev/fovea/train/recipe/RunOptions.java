package dev.fovea.train.recipe;

/**
 * The run itself.
 *
 * @param batch pictures a step and pass
 * @param accumulate passes a step: the effective batch is {@code batch * accumulate}
 * @param precision auto, float32 or bf16
 * @param device auto, cpu, cuda, cuda:N or mps
 * @param patience epochs without a better figure after which training stops, 0 for never
 * @param checkpointActivations whether blocks of the network are computed again for their gradients: a third slower, less memory kept
 * @param checkpointSeconds how often what is needed to resume is saved, besides at every epoch's end
 */
public record RunOptions(
        int epochs,
        Integer batch,
        int accumulate,
        String precision,
        String device,
        long seed,
        Integer threads,
        int patience,
        boolean checkpointActivations,
        int checkpointSeconds) {
    public RunOptions {
        RecipeValue.check(epochs >= 1 && epochs <= 100_000, "run.epochs", epochs, "use 1 to 100000");
        RecipeValue.check(batch == null || (batch >= 1 && batch <= 65_536), "run.batch", batch, "use 1 to 65536");
        RecipeValue.check(accumulate >= 1 && accumulate <= 65_536, "run.accumulate", accumulate, "use 1 or more");
        RecipeValue.check(
                threads == null || (threads >= 1 && threads <= 1024), "run.threads", threads, "use 1 to 1024");
        RecipeValue.check(patience >= 0, "run.patience", patience, "use 0 (off) or more epochs");
        RecipeValue.check(checkpointSeconds >= 0, "run.checkpoint_seconds", checkpointSeconds, "use 0 or more");
    }

    /**
     * The same with nothing left open.
     *
     * @param standardBatch where none was given
     * @param pictures there are; no batch is larger
     */
    public RunOptions resolved(int standardBatch, int pictures) {
        return new RunOptions(
                epochs,
                Math.min(batch != null ? batch : standardBatch, pictures),
                accumulate,
                precision,
                device,
                seed,
                threads != null ? threads : Integer.valueOf(Runtime.getRuntime().availableProcessors()),
                patience,
                checkpointActivations,
                checkpointSeconds);
    }
}
