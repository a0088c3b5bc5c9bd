package dev.fovea.nn.checkpoint;

import dev.fovea.tensor.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a file of weights holds. The tensors are on the CPU, contiguous, and belong to the {@link dev.fovea.tensor.Scope} in which
 * the file was read.
 *
 * @param file where it was read
 * @param format how the file is written
 * @param content the whole content as plain data: {@code Map<String, Object>}, {@code List<Object>}, {@link Tensor}, String, Long,
 *     {@link java.math.BigInteger}, Double, Boolean, {@code byte[]} or null; a training checkpoint of PyTorch is a map with entries
 *     such as {@code epoch}, {@code model}, {@code optimizer}
 * @param metadata the text entries of a safetensors file; empty for other formats
 */
public record Checkpoint(Path file, Format format, Object content, Map<String, String> metadata) {
    /** Where training scripts commonly put the state dict, most telling name first. */
    private static final List<String> HOMES =
            List.of("state_dict", "model_state_dict", "model", "net", "network", "weights", "params");

    /** Put in front of all names by wrappers: DataParallel and its kin, torch.compile. */
    private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.");

    public Checkpoint {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** How a file is written. */
    public enum Format {
        SAFETENSORS,
        /** {@code torch.save} since PyTorch 1.6. */
        PYTORCH_ZIP,
        /** {@code torch.save} before PyTorch 1.6. */
        PYTORCH_LEGACY
    }

    /** All tensors by the names on their path joined by dots, for example {@code model.conv1.weight}; list places are numbers. */
    public Map<String, Tensor> tensors() {
        var all = new LinkedHashMap<String, Tensor>();
        collect("", content, all);
        return Collections.unmodifiableMap(all);
    }

    private static void collect(String path, Object value, Map<String, Tensor> all) {
        if (value instanceof Tensor t) {
            all.put(path, t);
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, v) -> collect(path.isEmpty() ? key.toString() : path + "." + key, v, all));
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                collect(path.isEmpty() ? "" + i : path + "." + i, list.get(i), all);
            }
        }
    }

    /** An entry of the outermost map, for example {@code epoch}; empty if there is none or the content is no map. */
    public Optional<Object> get(String key) {
        return content instanceof Map<?, ?> map ? Optional.ofNullable(map.get(key)) : Optional.empty();
    }

    /**
     * The network's tensors by name, in the file's order. Looks at the outermost map, then in the entries where training scripts
     * put it ({@code state_dict}, {@code model}, …); drops a {@code module.} that all names begin with. Entries of that map that are
     * not tensors are in {@link #content} only.
     *
     * @throws CheckpointException if the file holds no map of tensors
     */
    public Map<String, Tensor> stateDict() throws CheckpointException {
        var dict = find(content, 0);
        if (dict.isEmpty()) {
            throw new CheckpointException(
                    file, "holds no state dict; there is " + describe(content) + "; pick from content() by hand");
        }
        return Collections.unmodifiableMap(unwrap(dict));
    }

    private static Map<String, Tensor> find(Object value, int depth) {
        var found = new LinkedHashMap<String, Tensor>();
        if (!(value instanceof Map<?, ?> map) || depth > 3) {
            return found;
        }
        for (String home : HOMES) {
            found.putAll(find(map.get(home), depth + 1));
            if (!found.isEmpty()) {
                return found;
            }
        }
        map.forEach((key, v) -> {
            if (v instanceof Tensor t) {
                found.put(key.toString(), t);
            }
        });
        return found;
    }

    private static Map<String, Tensor> unwrap(Map<String, Tensor> dict) {
        var names = dict;
        for (boolean again = true; again; ) {
            again = false;
            for (String wrapper : WRAPPERS) {
                if (names.keySet().stream().allMatch(k -> k.startsWith(wrapper) && k.length() > wrapper.length())) {
                    var shorter = new LinkedHashMap<String, Tensor>();
                    names.forEach((k, t) -> shorter.put(k.substring(wrapper.length()), t));
                    names = shorter;
                    again = true;
                }
            }
        }
        return names;
    }

    private static String describe(Object content) {
        if (content instanceof Map<?, ?> map) {
            var keys = map.keySet().stream().limit(10).toList();
            return "a map with " + map.size() + " entries " + keys + (map.size() > 10 ? " and more" : "");
        }
        return content == null ? "nothing" : "a " + content.getClass().getSimpleName();
    }
}
