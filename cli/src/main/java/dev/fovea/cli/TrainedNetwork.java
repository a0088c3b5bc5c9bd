package dev.fovea.cli;

import dev.fovea.train.classify.TrainedClassifier;
import dev.fovea.vision.Classification;
import dev.fovea.vision.Image;
import dev.fovea.vision.transform.TestViews;
import java.util.List;

/** The network of a run, or one with published weights, on libtorch. */
record TrainedNetwork(TrainedClassifier classifier, TestViews views) implements Recogniser {
    @Override
    public List<Classification> predict(List<Image> images) {
        return classifier.predict(images, views);
    }

    @Override
    public void close() {
        classifier.close();
    }
}
