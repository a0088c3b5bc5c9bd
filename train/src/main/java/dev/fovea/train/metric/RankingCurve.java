package dev.fovea.train.metric;

import java.util.stream.IntStream;

/**
 * How well scores put positives before negatives. Equal scores are one step of the curve.
 *
 * @param rocAuc area under the receiver operating characteristic, 0-1; NaN without positives or without negatives
 * @param averagePrecision the sum of {@code (R_i - R_{i-1}) P_i}, the area under the precision-recall curve, 0-1; NaN without positives
 */
public record RankingCurve(double rocAuc, double averagePrecision) {
    /** Computes both areas for one class. */
    public static RankingCurve of(float[] scores, boolean[] positive) {
        if (scores.length != positive.length) {
            throw new IllegalArgumentException(
                    "as many scores as answers are needed, got " + scores.length + " and " + positive.length);
        }
        int[] order = IntStream.range(0, scores.length)
                .boxed()
                .sorted((a, b) -> Float.compare(scores[b], scores[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        long positives =
                IntStream.range(0, positive.length).filter(i -> positive[i]).count();
        long negatives = positive.length - positives;
        double area = 0;
        double precisionSum = 0;
        long found = 0;
        long wrong = 0;
        for (int i = 0; i < order.length; ) {
            long foundBefore = found;
            long wrongBefore = wrong;
            float score = scores[order[i]];
            for (; i < order.length && scores[order[i]] == score; i++) {
                if (positive[order[i]]) {
                    found++;
                } else {
                    wrong++;
                }
            }
            area += (wrong - wrongBefore) * (found + foundBefore) / 2.0;
            precisionSum += (found - foundBefore) * ((double) found / (found + wrong));
        }
        return new RankingCurve(
                positives == 0 || negatives == 0 ? Double.NaN : area / ((double) positives * negatives),
                positives == 0 ? Double.NaN : precisionSum / positives);
    }
}
