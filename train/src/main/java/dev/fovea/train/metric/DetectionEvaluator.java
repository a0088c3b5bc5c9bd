package dev.fovea.train.metric;

import dev.fovea.vision.Detection;
import dev.fovea.vision.Instance;
import java.util.List;

/**
 * Everything that is said of a detector on boxes: pictures are added one by one, evaluations of several processes are
 * merged, then the numbers are computed.
 *
 * <pre>{@code
 * var evaluator = new DetectionEvaluator(classes.size());
 * evaluator.add(annotation.instances(), detections.items()); // both in pixels of the original picture
 * DetectionReport report = evaluator.compute();
 * System.out.println(report.coco().ap() + " " + report.map50());
 * }</pre>
 *
 * <p>COCO numbers and curves look at finds of any score; the confusion matrix and the errors at those with at least the
 * minimum score. Add pictures in a fixed order: it decides between equal scores.
 */
public final class DetectionEvaluator {
    /** The score above which finds are shown to people unless they say otherwise. */
    public static final double MINIMUM_SCORE = 0.3;

    private final int classes;
    private final double minimumScore;
    private final CocoEvaluator<Rect> coco;
    private final VocEvaluator voc;
    private final ConfusionMatrix confusion;
    private DetectionErrors errors = DetectionErrors.NONE;

    public DetectionEvaluator(int classes) {
        this(classes, MINIMUM_SCORE);
    }

    /**
     * An empty evaluation.
     *
     * @param minimumScore for confusion matrix and errors, 0-1
     */
    public DetectionEvaluator(int classes, double minimumScore) {
        this.classes = classes;
        this.minimumScore = minimumScore;
        coco = CocoEvaluator.boxes(classes);
        voc = new VocEvaluator(classes, 0.5);
        confusion = new ConfusionMatrix(classes + 1);
    }

    /**
     * Adds a picture.
     *
     * @return what is wrong in it, to find the worst pictures by
     */
    public DetectionErrors add(List<Instance> there, List<Detection> found) {
        coco.add(
                there.stream()
                        .map(i -> new Truth<>(i.label().index(), Rect.of(i.box()), i.area(), i.crowd(), false))
                        .toList(),
                found.stream()
                        .map(d -> new Scored<>(
                                d.label().index(),
                                d.score(),
                                Rect.of(d.box()),
                                Rect.of(d.box()).area()))
                        .toList());
        voc.add(there, found);
        var sorter = new ErrorSorter(there, found, minimumScore);
        sorter.confuse(confusion);
        DetectionErrors own = sorter.errors();
        errors = errors.plus(own);
        return own;
    }

    /** Adds all pictures of another evaluation after those of this one. */
    public void merge(DetectionEvaluator other) {
        coco.merge(other.coco);
        voc.merge(other.voc);
        confusion.merge(other.confusion);
        errors = errors.plus(other.errors);
    }

    /** The numbers of all pictures so far. */
    public DetectionReport compute() {
        var copy = new ConfusionMatrix(classes + 1);
        copy.merge(confusion);
        return new DetectionReport(coco.pictures(), coco.compute(), voc.curves(), copy, errors, minimumScore);
    }
}
