package dev.fovea.models.picture;

import dev.fovea.models.Backbone;
import dev.fovea.nn.Summary;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Recording;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;

/**
 * A network as a picture (SVG): its layers and blocks from the input to the output, equal ones in a row drawn once, the shapes between
 * them, and how parameters and multiply-adds are spread over them. Made from the modules and one run, for any network.
 */
public final class ArchitecturePicture {
    private ArchitecturePicture() {}

    /**
     * Runs the network once in evaluation mode and draws it.
     *
     * @param subtitle a line under the name, such as the paper
     * @param side height and width of the input in pixels
     */
    public static String of(Backbone network, String subtitle, int side) {
        var summary = Summary.of(network, network.inChannels(), side, side);
        var work = work(network, side);
        return new Drawing(network.spec().toString(), subtitle, summary, Outline.of(network, summary, work)).svg();
    }

    private static Work work(Backbone network, int side) {
        var work = new Work();
        boolean training = network.isTraining();
        network.eval();
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            var weight = network.parameters().values().iterator().next().value();
            var picture = Tensor.zeros(1, network.inChannels(), side, side)
                    .to(weight.device())
                    .to(weight.dtype());
            work.input(picture);
            try (var recording = Recording.start(work)) {
                network.call(picture);
            }
        } finally {
            network.train(training);
        }
        return work;
    }
}
