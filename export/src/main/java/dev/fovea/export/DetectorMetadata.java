package dev.fovea.export;

import dev.fovea.models.detect.Detector;
import dev.fovea.models.detect.Pictures;
import dev.fovea.models.detect.Preparation;
import dev.fovea.models.detect.Ranking;
import dev.fovea.runtime.BoxDecoding;
import dev.fovea.runtime.BoxForm;
import dev.fovea.runtime.BoxSelection;
import dev.fovea.runtime.ModelMetadata;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Interpolation;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.util.List;
import java.util.OptionalDouble;

/** What the file of a network that finds objects says of itself: its classes, how pictures are prepared, and how its outputs become boxes. */
public final class DetectorMetadata {
    /** More than any network has. */
    private static final int MOST_CANDIDATES = 1_000_000;

    private DetectorMetadata() {}

    /** That of a network with these names of classes, exported in this form. */
    public static ModelMetadata of(Detector<?> network, List<String> classes, DetectorForm form) {
        return ModelMetadata.detector(
                classes, preprocessing(network.preparation(), form.size()), decoding(network, form));
    }

    /** How pictures become the graph's input of a size. */
    static Preprocessing preprocessing(Preparation preparation, Size size) {
        var rule = preparation.rule();
        ResizePolicy policy = new ResizePolicy.Stretch(size, Interpolation.BILINEAR);
        if (rule instanceof Preparation.TopLeft box) {
            policy = new ResizePolicy.CornerLetterbox(size, box.fill());
        } else if (rule instanceof Preparation.WithinSides within) {
            policy = new ResizePolicy.WithinSides(within.shortest(), within.longest(), size);
        }
        return new Preprocessing(policy, normalize(preparation));
    }

    /** A detector scales levels 0-255 by its own factor, the runtime by 1/255. */
    private static Normalize normalize(Preparation preparation) {
        double factor = 255 * preparation.scale();
        return new Normalize(
                preparation.mean().stream().map(m -> (float) (m / factor)).toList(),
                preparation.std().stream().map(s -> (float) (s / factor)).toList(),
                preparation.bgr());
    }

    private static BoxDecoding decoding(Detector<?> network, DetectorForm form) {
        var selection = form.selection();
        var ranking = ranking(network, form.size());
        var iou = ranking.suppresses() && !form.chooses() ? OptionalDouble.of(selection.iou()) : OptionalDouble.empty();
        var kept = new BoxSelection(
                selection.leastScore(), iou, true, Math.min(selection.candidates(), MOST_CANDIDATES), selection.most());
        if (form.chooses()) {
            return new BoxDecoding(BoxForm.Chosen.ofRows(), kept);
        }
        var dense = BoxForm.Dense.ofCorners()
                .withBestClass(ranking.isOneClassEach())
                .withClipFirst(ranking.clipsFirst());
        return new BoxDecoding(
                switch (ranking.among()) {
                    case PICTURE -> dense;
                    case LEVEL ->
                        dense.ofEachLevel(
                                ranking.levels().stream().map(Math::toIntExact).toList());
                    case CLASS -> dense.ofEachClass();
                },
                kept);
    }

    /** How the network's decoder chooses; where levels matter they follow the size, so that one run tells. */
    private static Ranking ranking(Detector<?> network, Size size) {
        boolean training = network.isTraining();
        network.eval();
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            var image = Tensor.zeros(1, 3, size.height(), size.width());
            return network.places(Pictures.of(image)).ranking();
        } finally {
            network.train(training);
        }
    }
}
