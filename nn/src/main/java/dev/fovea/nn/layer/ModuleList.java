package dev.fovea.nn.layer;

import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Modules of one type named {@code 0}, {@code 1}, …, for a parent that decides how they are used. */
public final class ModuleList<M extends Module> extends Module implements Iterable<M> {
    private final List<M> items = new ArrayList<>();

    private ModuleList() {}

    public static <M extends Module> LayerSpec<ModuleList<M>> of(List<? extends LayerSpec<? extends M>> items) {
        var copy = List.copyOf(items);
        return () -> {
            var list = new ModuleList<M>();
            copy.forEach(spec -> list.add(spec));
            return list;
        };
    }

    private void add(LayerSpec<? extends M> spec) {
        M module = spec.build();
        items.add(child(String.valueOf(items.size()), module));
    }

    public M get(int index) {
        return items.get(index);
    }

    public int size() {
        return items.size();
    }

    @Override
    public Iterator<M> iterator() {
        return List.copyOf(items).iterator();
    }
}
