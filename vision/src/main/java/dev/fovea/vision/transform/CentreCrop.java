package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;

/** The centre of a picture; a picture that is smaller gets black on all sides. Rounds as torchvision's {@code center_crop}. */
public record CentreCrop(Size size) implements Transform {
    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        Frame frame = Frame.centre(picture.image().size(), size);
        return frame.warp().apply(picture, frame.cut(picture.image(), 0));
    }
}
