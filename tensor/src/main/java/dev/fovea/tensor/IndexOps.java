package dev.fovea.tensor;

import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptionalList;
import org.bytedeco.pytorch.global.torch;

/** Choosing elements by their places, cutting into pieces, and counting values. */
abstract sealed class IndexOps extends ShapeOps permits ConvolutionOps {
    IndexOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    /** The entries of a dimension at the given places (int64). */
    public final Tensor indexSelect(long dim, Tensor index) {
        return Op.run(
                "index_select",
                Attributes.of("dim", dim),
                () -> torch.index_select(raw(), dim, index.raw()),
                self(),
                index);
    }

    /** One element for each place in {@code index} along a dimension. */
    public final Tensor gather(long dim, Tensor index) {
        return Op.run("gather", Attributes.of("dim", dim), () -> torch.gather(raw(), dim, index.raw()), self(), index);
    }

    /** A copy with the elements of {@code source} put at the places in {@code index} along a dimension. */
    public final Tensor scatter(long dim, Tensor index, Tensor source) {
        return Op.run(
                "scatter",
                Attributes.of("dim", dim),
                () -> torch.scatter(raw(), dim, index.raw(), source.raw()),
                self(),
                index,
                source);
    }

    /** A copy with the elements of {@code source} added at the places in {@code index} along a dimension. */
    public final Tensor scatterAdd(long dim, Tensor index, Tensor source) {
        return Op.run(
                "scatter_add",
                Attributes.of("dim", dim),
                () -> torch.scatter_add(raw(), dim, index.raw(), source.raw()),
                self(),
                index,
                source);
    }

    /** Elements by lists of places, one list (int64, or bool mask) per leading dimension, as NumPy's advanced indexing. */
    public final Tensor index(Tensor... indices) {
        var inputs = new Tensor[indices.length + 1];
        inputs[0] = self();
        System.arraycopy(indices, 0, inputs, 1, indices.length);
        return Op.run("index", Attributes.NONE, () -> torch.index(raw(), optionals(indices)), inputs);
    }

    /** Overwrites the elements that {@link #index} would give. */
    public final Tensor indexPutInPlace(Tensor values, Tensor... indices) {
        Op.runSilently("index_put_", () -> torch.index_put_(raw(), optionals(indices), values.raw()), self(), values);
        return self();
    }

    private static TensorOptionalList optionals(Tensor[] indices) {
        var list = new TensorOptionalList();
        for (var index : indices) {
            list.push_back(index == null ? new TensorOptional() : new TensorOptional(index.raw()));
        }
        return list;
    }

    /** The places of all elements that are not zero: int64 {@code [n, rank]}. */
    public final Tensor nonzero() {
        return Op.run("nonzero", Attributes.NONE, () -> torch.nonzero(raw()), self());
    }

    /** The elements where {@code mask} (bool) is true, in one row. */
    public final Tensor maskedSelect(Tensor mask) {
        return Op.run("masked_select", Attributes.NONE, () -> torch.masked_select(raw(), mask.raw()), self(), mask);
    }

    /** Pieces of a dimension of the given lengths; they share memory. */
    public final List<Tensor> split(long dim, long... lengths) {
        return Op.runMany(
                "split",
                Attributes.of("dim", dim, "lengths", lengths),
                () -> Foreach.array(torch.split(raw(), lengths, dim)),
                self());
    }

    /** A dimension in {@code n} pieces as equal as can be; they share memory. */
    public final List<Tensor> chunk(long n, long dim) {
        return Op.runMany(
                "chunk",
                Attributes.of("chunks", n, "dim", dim),
                () -> Foreach.array(torch.chunk(raw(), n, dim)),
                self());
    }

    /** The slices along a dimension, which disappears; they share memory. */
    public final List<Tensor> unbind(long dim) {
        return Op.runMany("unbind", Attributes.of("dim", dim), () -> Foreach.array(torch.unbind(raw(), dim)), self());
    }

    /** One element along a dimension for each place in {@code index}, with broadcasting of the other dimensions. */
    public final Tensor takeAlongDim(Tensor index, long dim) {
        return Op.run(
                "take_along_dim",
                Attributes.of("dim", dim),
                () -> torch.take_along_dim(raw(), index.raw(), new LongOptional(dim)),
                self(),
                index);
    }

    /** A copy with the slices of {@code source} added at the places in {@code index} (one row) of a dimension. */
    public final Tensor indexAdd(long dim, Tensor index, Tensor source) {
        return Op.run(
                "index_add",
                Attributes.of("dim", dim),
                () -> torch.index_add(raw(), dim, index.raw(), source.raw()),
                self(),
                index,
                source);
    }

    /** Class indices as rows of zeros with one 1: {@code [..., classes]}, int64. */
    public final Tensor oneHot(long classes) {
        return Op.run("one_hot", Attributes.of("classes", classes), () -> torch.one_hot(raw(), classes), self());
    }

    /** The diagonal of the last two dimensions: {@code [..., min(rows, columns)]}; shares memory. */
    public final Tensor diagonal() {
        return Op.run(
                "diagonal",
                Attributes.of("offset", 0, "dim0", -2, "dim1", -1),
                () -> torch.diagonal(raw(), 0, -2, -1),
                self());
    }

    /** The different values in order, each once. */
    public final Tensor unique() {
        return Op.run("unique", Attributes.NONE, () -> unique(false)[0], self());
    }

    /**
     * The different values with their counts.
     *
     * @param values in order {@code [k]}
     * @param inverse for each element the place of its value; int64, of this tensor's shape
     * @param counts how often each value occurs; int64 {@code [k]}
     */
    public record Unique(Tensor values, Tensor inverse, Tensor counts) {}

    /** {@link #unique} with places and counts. */
    public final Unique uniqueWithCounts() {
        var all = Op.runMany("unique_with_counts", Attributes.NONE, () -> unique(true), self());
        return new Unique(all.get(0), all.get(1), all.get(2));
    }

    private org.bytedeco.pytorch.Tensor[] unique(boolean details) {
        var stack = Boxed.call("aten::_unique2", "", self(), true, details, details);
        var results = new org.bytedeco.pytorch.Tensor[3];
        for (int i = 0; i < 3; i++) {
            results[i] = stack.get(i).toTensor();
        }
        return results;
    }

    /**
     * Where values would go into this ordered row (its last dimension) so that it stays ordered; int64.
     *
     * @param right whether behind equal elements instead of before them
     */
    public final Tensor searchSorted(Tensor values, boolean right) {
        return Op.run(
                "searchsorted",
                Attributes.of("right", right),
                () -> torch.searchsorted(
                        raw(), values.raw(), false, right, new StringViewOptional(), new TensorOptional()),
                self(),
                values);
    }

    /** How often each of the integers 0, 1, … occurs in this row: int64, at least {@code length} long. */
    public final Tensor binCount(long length) {
        return Op.run(
                "bincount",
                Attributes.of("length", length),
                () -> torch.bincount(raw(), new TensorOptional(), length),
                self());
    }
}
