package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.nn.Layer;
import dev.fovea.nn.layer.AdaptiveAvgPool2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * AlexNet: "ImageNet Classification with Deep Convolutional Neural Networks", Krizhevsky et al. 2012, in the form of "One weird trick for
 * parallelizing convolutional neural networks", Krizhevsky 2014, arXiv 1404.5997: no split over two GPUs and no local response
 * normalisation. Pictures {@code [N, 3, H, W]} from 63x63 on to logits {@code [N, classes]}.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause).
 */
public final class AlexNet extends SequentialBackbone {
    private static final int WIDTH = 4096;

    private final AdaptiveAvgPool2d avgpool;
    private final Sequential classifier;

    private AlexNet(ModelOptions options) {
        super(options, 63);
        addFeatures(List.of(
                new Step(Conv2d.of(options.inChannels(), 64, 11).stride(4).padding(2), 64, 4),
                new Step(ReLU.of(), 64, 1),
                new Step(MaxPool2d.of(3).stride(2), 64, 2),
                new Step(Conv2d.of(64, 192, 5).padding(2), 192, 1),
                new Step(ReLU.of(), 192, 1),
                new Step(MaxPool2d.of(3).stride(2), 192, 2),
                new Step(Conv2d.of(192, 384, 3).padding(1), 384, 1),
                new Step(ReLU.of(), 384, 1),
                new Step(Conv2d.of(384, 256, 3).padding(1), 256, 1),
                new Step(ReLU.of(), 256, 1),
                new Step(Conv2d.of(256, 256, 3).padding(1), 256, 1),
                new Step(ReLU.of(), 256, 1),
                new Step(MaxPool2d.of(3).stride(2), 256, 2)));
        avgpool = child("avgpool", AdaptiveAvgPool2d.of(6));
        double dropout = options.probability("dropout");
        classifier = child(
                "classifier",
                Sequential.of(
                        Dropout.of(dropout),
                        Linear.of(256 * 6 * 6, WIDTH),
                        ReLU.of(),
                        Dropout.of(dropout),
                        Linear.of(WIDTH, WIDTH),
                        ReLU.of(),
                        Linear.of(WIDTH, options.classes())));
    }

    private Tensor pooled(Tensor image) {
        return chain(image, features(), avgpool).flatten(1, -1); // [N, 9216]
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return chain(pooled(image), butLast(classifier)); // [N, 4096]
    }

    @Override
    protected Tensor logits(Tensor image) {
        return classifier.call(pooled(image));
    }

    @Override
    public int embeddingSize() {
        return WIDTH;
    }

    @Override
    public Layer head() {
        return classifier.stages().get(6);
    }

    @Override
    protected void setHead(int newClasses) {
        classifier.replace("6", Linear.of(WIDTH, newClasses));
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = featureStages();
        stages.put("classifier", List.of("classifier.1", "classifier.4"));
        stages.put("head", List.of("classifier.6"));
        return stages;
    }

    public static List<Architecture<Backbone>> architectures() {
        return List.of(new Architecture<Backbone>(
                "alexnet",
                List.of(
                        Option.classes(1000),
                        Option.inChannels(3),
                        Option.number(
                                "dropout",
                                0.5,
                                0,
                                "probability of dropping a value before the first two fully connected layers")),
                61_100_840,
                224,
                "torchvision 0.14.1",
                "Krizhevsky 2014, arXiv 1404.5997",
                AlexNet::new));
    }

    public static AlexNet alexnet(int classes) {
        return (AlexNet) Models.classify("alexnet", Map.of("classes", classes));
    }
}
