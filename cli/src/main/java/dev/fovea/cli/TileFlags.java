package dev.fovea.cli;

import dev.fovea.vision.Detections;
import dev.fovea.vision.Image;
import dev.fovea.vision.Tiles;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Whether large pictures are looked at tile by tile. */
final class TileFlags {
    private static final double USUAL_OVERLAP = 0.2;
    private static final double USUAL_IOU = 0.5;

    @Option(
            names = "--tiles",
            paramLabel = "PIXELS",
            description =
                    "Of detectors: look at large pictures tile by tile, squares of so many pixels, and at the whole.")
    private Integer tiles;

    @Option(
            names = "--overlap",
            paramLabel = "PART",
            description = "Of --tiles: what neighbours share, 0 to less than 1 (default 0.2).")
    private Double overlap;

    /**
     * Objects found tile by tile if that is asked for.
     *
     * @param selection says from which overlap on two boxes are one object
     * @param top how many are kept of a picture at most; null for all
     */
    Function<List<Image>, List<Detections>> sliced(
            CommandSpec spec, Function<List<Image>, List<Detections>> detector, SelectionFlags selection, Integer top) {
        if (tiles == null) {
            if (overlap != null) {
                throw new ParameterException(new CommandLine(spec), "--overlap needs --tiles");
            }
            return detector;
        }
        var slicing = new Tiles(tiles, overlap == null ? USUAL_OVERLAP : overlap, selection.iouOr(USUAL_IOU));
        return images -> images.stream()
                .map(image -> slicing.detect(image, detector))
                .map(found -> top == null ? found : found.top(top))
                .toList();
    }

    /** A network that finds no objects has no use for them. */
    void refuse(CommandSpec spec) {
        if (tiles != null || overlap != null) {
            throw new ParameterException(
                    new CommandLine(spec),
                    (tiles != null ? "--tiles" : "--overlap")
                            + " is for networks that find objects; this one names whole pictures");
        }
    }
}
