package dev.fovea.models.neck;

import dev.fovea.models.Backbone;
import dev.fovea.models.ModelSpec;
import dev.fovea.nn.Module;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which classifier a backbone was made of, and what its tensors are called in the network that has them now. */
public final class BackboneOrigin {
    private final ModelSpec spec;
    private final Map<String, Module> modules;

    private BackboneOrigin(ModelSpec spec, Map<String, Module> modules) {
        this.spec = spec;
        this.modules = modules;
    }

    /** Remembers a classifier's modules; to be called before its {@linkplain Backbone#trunk trunk} is taken. */
    public static BackboneOrigin of(Backbone classifier) {
        return new BackboneOrigin(classifier.spec(), new LinkedHashMap<>(classifier.modules()));
    }

    /** The classifier. */
    public ModelSpec spec() {
        return spec;
    }

    /** The modules of the classifier that are part of a network, by their path there. */
    public Map<String, Module> modules(Module network) {
        var shared = new LinkedHashMap<String, Module>();
        var own = Collections.newSetFromMap(new IdentityHashMap<Module, Boolean>());
        own.addAll(modules.values());
        network.modules().forEach((path, module) -> {
            if (own.contains(module)) {
                shared.put(path, module);
            }
        });
        return shared;
    }

    /** For each saved tensor of the classifier that a network has, the classifier's key and the network's. */
    public Map<String, String> keys(Module network) {
        var paths = new IdentityHashMap<Module, String>();
        network.modules().forEach((path, module) -> paths.put(module, path));
        var saved = network.savedStates();
        var keys = new LinkedHashMap<String, String>();
        modules.forEach((path, module) -> {
            if (paths.containsKey(module)) {
                module.states().keySet().forEach(name -> {
                    String there = joined(paths.get(module), name);
                    if (saved.containsKey(there)) {
                        keys.put(joined(path, name), there);
                    }
                });
            }
        });
        return keys;
    }

    private static String joined(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
