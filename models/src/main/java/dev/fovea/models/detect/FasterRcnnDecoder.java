package dev.fovea.models.detect;

import dev.fovea.nn.detect.BoxCoder;
import dev.fovea.tensor.DType;
import java.util.List;

/** Runs the second stage of Faster R-CNN on the best regions of the first; each class of each region is a candidate of its own. */
final class FasterRcnnDecoder implements PlaceDecoder<RegionOutput> {
    private final RegionProposals proposals;
    private final RegionHeads heads;
    private final BoxCoder coder;

    FasterRcnnDecoder(RegionProposals proposals, RegionHeads heads, BoxCoder coder) {
        this.proposals = proposals;
        this.heads = heads;
        this.coder = coder;
    }

    @Override
    public boolean hasBoxOfEachClass() {
        return true;
    }

    @Override
    public PlaceScores places(RegionOutput outputs, Pictures pictures) {
        var regions = proposals.fixed(outputs, pictures.extents());
        long count = regions.boxes().dim(1);
        var answer = heads.callAll(outputs.maps(), regions.boxes(), pictures.frame());
        long columns = answer.classes().dim(1);
        var scores = answer.classes().to(DType.FLOAT32).softmax(1).reshape(-1, count, columns);
        var coded = answer.boxes().to(DType.FLOAT32).reshape(-1, count, columns, 4);
        var boxes = coder.decode(coded, regions.boxes().unsqueeze(2));
        return new PlaceScores(
                boxes.narrow(2, 1, columns - 1),
                scores.narrow(2, 1, columns - 1).mul(regions.valid().unsqueeze(2)),
                Ranking.clippedFirst(Ranking.Among.PICTURE, List.of(), RegionDecoder.SHORTEST_SIDE));
    }

    @Override
    public List<FoundBoxes> decode(RegionOutput outputs, Pictures pictures, Selection selection) {
        var second = new RegionDecoder(heads, coder);
        return second.decode(outputs.maps(), proposals.of(outputs, pictures), pictures, selection);
    }
}
