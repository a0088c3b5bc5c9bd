package dev.fovea.cli;

import dev.fovea.vision.Classification;
import dev.fovea.vision.Image;
import java.util.List;

/** What recognises pictures: the network of a run, or an exported one, each on its own engine. */
interface Recogniser extends AutoCloseable {
    /** The classes of some images of any size, in their order. */
    List<Classification> predict(List<Image> images);

    @Override
    void close();
}
