package dev.fovea.data;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Completes what was found to three parts, checks them and describes them. */
final class HeldOut {
    /** Of data without any parts, the validation part is all there is to judge by. */
    private static final Fractions FLAT = Fractions.validation(0.2);

    /** Beside a test part, the validation part only chooses the best epoch. */
    private static final Fractions FROM_TRAIN = Fractions.validation(0.1);

    private HeldOut() {}

    static SplitDatasets complete(Found found, Optional<Fractions> wanted) throws DatasetException {
        List<String> classes = found.train().classes();
        if (classes.size() < 2 && !found.multiLabel()) {
            throw new DatasetException(found.what() + " has one class only, '" + classes.get(0)
                    + "'; classification needs at least two, add pictures of another class");
        }
        if (found.validation().isPresent()) {
            return checked(found, found.train(), found.validation().get(), found.test(), "");
        }
        boolean flat = found.test().isEmpty();
        Fractions fractions = wanted.orElse(flat ? FLAT : FROM_TRAIN);
        if (!flat) {
            fractions = Fractions.validation(fractions.validation());
        }
        var parts = Splits.byHash(found.train(), found.key(), fractions);
        Optional<Dataset> test = fractions.test() > 0 ? Optional.of(parts.test()) : found.test();
        return checked(found, parts.train(), parts.validation(), test, describe(fractions, flat));
    }

    private static String describe(Fractions fractions, boolean flat) {
        String validation = percent(fractions.validation()) + (flat ? "" : " of train") + " held out for validation";
        String test = fractions.test() > 0 ? " and " + percent(fractions.test()) + " for test" : "";
        return " (" + validation + test + ", by name)";
    }

    private static SplitDatasets checked(
            Found found, Dataset train, Dataset validation, Optional<Dataset> test, String how)
            throws DatasetException {
        if (train.size() == 0) {
            throw new DatasetException(found.what() + " has no pictures to train with; add some");
        }
        if (validation.size() == 0) {
            throw new DatasetException(found.what() + " has no class with two or more pictures, so none can be held out"
                    + " for validation; add pictures");
        }
        List<String> classes = train.classes();
        String description = found.what() + ": " + classes.size() + (classes.size() == 1 ? " class, " : " classes, ")
                + train.size() + " train + " + validation.size() + " validation"
                + test.map(t -> " + " + t.size() + " test").orElse("") + " pictures" + how
                + dropped(train.dropped().size());
        return new SplitDatasets(train, validation, test, classes, found.multiLabel(), description);
    }

    private static String dropped(int boxes) {
        return boxes == 0 ? "" : "; " + boxes + (boxes == 1 ? " box" : " boxes") + " without area left out";
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.3g", part * 100).replaceAll("\\.?0+$", "") + " %";
    }
}
