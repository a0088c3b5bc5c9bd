package dev.fovea.cli;

import dev.fovea.export.DetectorForm;
import dev.fovea.models.detect.Detector;
import dev.fovea.vision.Size;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How the file of a network that finds objects is made. */
final class DetectorFileFlags {
    @Option(names = "--nms", description = "Of detectors: let the graph choose the boxes, overlaps and all.")
    private boolean nms;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            description =
                    "Of detectors: width and height of the pictures that the graph takes, or one number for a square"
                            + " (default: as the network was trained).")
    private String size;

    @CommandLine.Mixin
    private SelectionFlags selection;

    /** The form of a network's file; two-stage networks choose within the graph in any case. */
    DetectorForm form(CommandSpec spec, Detector<?> network) {
        boolean twoStage = network.hasBoxOfEachClass();
        var form = nms || twoStage ? DetectorForm.choosing(network) : DetectorForm.dense(network);
        form = size == null ? form : form.withSize(size(spec));
        return form.withSelection(selection.over(network.selection()));
    }

    private Size size(CommandSpec spec) {
        var sides = size.split("x", -1);
        try {
            int width = Integer.parseInt(sides[0]);
            int height = Integer.parseInt(sides[sides.length - 1]);
            if (sides.length <= 2 && width > 0 && height > 0) {
                return new Size(height, width);
            }
        } catch (NumberFormatException e) {
            // said below, for all that is no size
        }
        throw new ParameterException(
                new CommandLine(spec),
                "--size: expected width and height in pixels such as 640x480, got '" + size + "'");
    }

    /** A network that finds no objects has no use for them. */
    void refuse(CommandSpec spec) {
        selection.refuse(spec);
        if (nms || size != null) {
            throw new ParameterException(
                    new CommandLine(spec),
                    (nms ? "--nms" : "--size") + " is for networks that find objects; this one names whole pictures");
        }
    }
}
