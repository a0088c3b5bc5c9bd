package dev.fovea.train.report;

import java.util.Locale;

/** Numbers as a report writes them; what is not a number is a dash. */
public final class Figures {
    private Figures() {}

    /** A share 0-1 in percent. */
    public static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", share * 100);
    }

    public static String number(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value);
    }

    public static String duration(double seconds) {
        long s = Math.round(seconds);
        return s < 60
                ? String.format(Locale.ROOT, "%.1f s", seconds)
                : s < 3600
                        ? String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60)
                        : String.format(Locale.ROOT, "%d h %02d min", s / 3600, s / 60 % 60);
    }
}
