package dev.fovea.data;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A dataset that decodes each picture once, as far as its {@link PixelCache} has room. Worth it where decoding is the bound. */
public final class Cached implements Dataset {
    private final Dataset original;
    private final PixelCache cache;

    private Cached(Dataset original, PixelCache cache) {
        this.original = original;
        this.cache = cache;
    }

    /**
     * A dataset behind a cache.
     *
     * @param cache empty, and given to no other dataset, since it knows images by their index; whoever made it closes it
     */
    public static Cached of(Dataset original, PixelCache cache) {
        return new Cached(original, cache);
    }

    @Override
    public int size() {
        return original.size();
    }

    @Override
    public List<String> classes() {
        return original.classes();
    }

    @Override
    public Annotation annotation(int index) {
        return original.annotation(index);
    }

    @Override
    public String source(int index) {
        return original.source(index);
    }

    @Override
    public Optional<EncodedPicture> encoded(int index) throws IOException {
        return original.encoded(index);
    }

    @Override
    public List<DroppedBox> dropped() {
        return original.dropped();
    }

    @Override
    public Image image(int index, Optional<Size> atLeast) throws IOException {
        Optional<Image> known = cache.get(index, atLeast);
        if (known.isPresent()) {
            return known.get();
        }
        Image image = original.image(index, atLeast);
        cache.put(index, atLeast, image);
        return image;
    }
}
