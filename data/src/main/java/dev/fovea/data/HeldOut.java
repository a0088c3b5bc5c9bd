package dev.fovea.data;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;

/** Completes what a form found to three parts, checks them and describes them. */
final class HeldOut {
    /** Of data without any parts, the validation part is all there is to judge by. */
    private static final Fractions FLAT = Fractions.validation(0.2);

    /** Beside a test part, the validation part only chooses the best epoch. */
    private static final Fractions FROM_TRAIN = Fractions.validation(0.1);

    private HeldOut() {}

    /** Data without parts. */
    static SplitDatasets flat(
            String what, Dataset all, IntFunction<String> key, Optional<Fractions> wanted, boolean multiLabel)
            throws DatasetException {
        requireClasses(what, all, multiLabel);
        Fractions fractions = wanted.orElse(FLAT);
        var parts = Splits.byHash(all, key, fractions);
        Optional<Dataset> test = fractions.test() > 0 ? Optional.of(parts.test()) : Optional.empty();
        String how = percent(fractions.validation()) + " held out for validation"
                + (fractions.test() > 0 ? " and " + percent(fractions.test()) + " for test" : "") + ", by name";
        return checked(what, parts.train(), parts.validation(), test, multiLabel, how);
    }

    /** Data with a training part and perhaps a test part. */
    static SplitDatasets fromTrain(
            String what,
            Dataset train,
            IntFunction<String> key,
            Optional<Dataset> test,
            Optional<Fractions> wanted,
            boolean multiLabel)
            throws DatasetException {
        if (test.isEmpty()) {
            return flat(what, train, key, wanted, multiLabel);
        }
        requireClasses(what, train, multiLabel);
        Fractions fractions = Fractions.validation(wanted.orElse(FROM_TRAIN).validation());
        var parts = Splits.byHash(train, key, fractions);
        String how = percent(fractions.validation()) + " of train held out for validation, by name";
        return checked(what, parts.train(), parts.validation(), test, multiLabel, how);
    }

    /** Data that has a validation part of its own. */
    static SplitDatasets complete(
            String what, Dataset train, Dataset validation, Optional<Dataset> test, boolean multiLabel)
            throws DatasetException {
        requireClasses(what, train, multiLabel);
        return checked(what, train, validation, test, multiLabel, "");
    }

    private static void requireClasses(String what, Dataset train, boolean multiLabel) throws DatasetException {
        List<String> classes = train.classes();
        if (classes.size() < 2 && !multiLabel) {
            throw new DatasetException(what + " has one class only, '" + classes.get(0)
                    + "'; classification needs at least two, add pictures of another class");
        }
    }

    private static SplitDatasets checked(
            String what, Dataset train, Dataset validation, Optional<Dataset> test, boolean multiLabel, String how)
            throws DatasetException {
        if (train.size() == 0) {
            throw new DatasetException(what + " has no pictures to train with; add some");
        }
        if (validation.size() == 0) {
            throw new DatasetException(what + " has no class with two or more pictures, so none can be held out for"
                    + " validation; add pictures");
        }
        List<String> classes = train.classes();
        String description = what + ": " + classes.size() + " classes, " + train.size() + " train + "
                + validation.size() + " validation"
                + test.map(t -> " + " + t.size() + " test").orElse("") + " pictures"
                + (how.isEmpty() ? "" : " (" + how + ")");
        return new SplitDatasets(train, validation, test, classes, multiLabel, description);
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.3g", part * 100).replaceAll("\\.?0+$", "") + " %";
    }
}
