package dev.fovea.models.detect;

import dev.fovea.nn.detect.BoxCoder;
import dev.fovea.nn.detect.Boxes;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;

/** Boxes of {@link DenseOutput} with exclusive classes, the background first: the best default boxes of each class, without overlapping. */
final class SsdDecoder implements PlaceDecoder<DenseOutput> {
    private final BoxCoder coder;

    SsdDecoder(BoxCoder coder) {
        this.coder = coder;
    }

    @Override
    public PlaceScores places(DenseOutput outputs, Pictures pictures) {
        var scores = scores(outputs);
        return new PlaceScores(
                boxes(outputs),
                scores.narrow(2, 1, scores.dim(2) - 1),
                Ranking.clippedFirst(Ranking.Among.CLASS, List.of(), 0));
    }

    private static Tensor scores(DenseOutput outputs) {
        return outputs.classes().to(DType.FLOAT32).softmax(2);
    }

    private Tensor boxes(DenseOutput outputs) {
        return coder.decode(outputs.boxes().to(DType.FLOAT32), outputs.anchors().unsqueeze(0));
    }

    @Override
    public List<FoundBoxes> decode(DenseOutput outputs, Pictures pictures, Selection selection) {
        var scores = scores(outputs);
        var boxes = boxes(outputs);
        var found = new ArrayList<FoundBoxes>();
        for (int i = 0; i < pictures.count(); i++) {
            found.add(chosen(
                    boxes.select(0, i), scores.select(0, i), pictures.sizes().get(i), selection));
        }
        return found;
    }

    private static FoundBoxes chosen(Tensor all, Tensor scores, Size size, Selection selection) {
        var clipped = Boxes.clipped(all, size.height(), size.width());
        var boxes = new ArrayList<Tensor>();
        var best = new ArrayList<Tensor>();
        var labels = new ArrayList<Tensor>();
        for (int column = 1; column < scores.dim(1); column++) {
            var score = scores.select(1, column);
            var places = Boxes.places(score.gt(selection.leastScore()));
            var top = score.indexSelect(0, places).topk(Math.min(selection.candidates(), places.dim(0)), 0, true);
            boxes.add(clipped.indexSelect(0, places.indexSelect(0, top.indices())));
            best.add(top.values());
            labels.add(Tensor.full(
                    column - 1.0, DType.INT64, all.device(), top.values().dim(0)));
        }
        return DenseDecoder.suppressed(Tensor.cat(boxes, 0), Tensor.cat(best, 0), Tensor.cat(labels, 0), selection);
    }
}
