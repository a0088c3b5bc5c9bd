package dev.fovea.nn;

/** Named tensors do not fit a module; the message lists what is missing, unexpected and of another shape. */
public final class StateDictException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient LoadReport report;

    public StateDictException(String type, LoadReport report) {
        super("these weights do not fit " + type + ": " + report.sentence() + "\n" + report);
        this.report = report;
    }

    /** What does not fit. */
    public LoadReport report() {
        return report;
    }
}
