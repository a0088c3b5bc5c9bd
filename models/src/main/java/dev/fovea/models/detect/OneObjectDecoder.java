package dev.fovea.models.detect;

import dev.fovea.nn.detect.Boxes;
import dev.fovea.tensor.DType;
import java.util.List;

/** One box for each picture, with the best class; how it scores against no object decides whether it is kept. */
final class OneObjectDecoder implements PlaceDecoder<OneObjectOutput> {
    @Override
    public PlaceScores places(OneObjectOutput outputs, Pictures pictures) {
        var frame = pictures.frame();
        var corners =
                Boxes.scaled(Boxes.centersToCorners(outputs.boxes().to(DType.FLOAT32)), frame.width(), frame.height());
        var scores = outputs.classes().to(DType.FLOAT32).softmax(1);
        return new PlaceScores(
                corners.unsqueeze(1),
                scores.narrow(1, 1, scores.dim(1) - 1).unsqueeze(1),
                DenseDecoder.ranking().ofBestClasses());
    }

    @Override
    public List<FoundBoxes> decode(OneObjectOutput outputs, Pictures pictures, Selection selection) {
        return DenseDecoder.chosen(places(outputs, pictures), pictures, selection.withMost(1));
    }
}
