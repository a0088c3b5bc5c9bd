package dev.fovea.tensor;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * Loads libtorch, once.
 *
 * <p>The whole folder of libraries is extracted before the first of them is loaded: libtorch.so needs libtorch_cpu.so beside it,
 * and where that file is not there yet the dynamic linker would take a libtorch of the operating system, of another version.
 */
final class Natives {
    static {
        load();
    }

    private Natives() {}

    /** Makes sure that libtorch is loaded. */
    static void ensureLoaded() {
        // the static initialiser did it
    }

    private static void load() {
        if (System.getProperty("org.bytedeco.javacpp.maxPhysicalBytes") == null) {
            // JavaCPP would limit the process to a multiple of the Java heap; native tensors need what the machine has.
            System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        }
        try {
            String folder = "/org/bytedeco/pytorch/" + Loader.getPlatform();
            String extension = System.getProperty("org.bytedeco.javacpp.platform.extension", "");
            for (String candidate : new String[] {folder + extension + "/", folder + "-gpu/", folder + "/"}) {
                if (torch.class.getResource(candidate) != null) {
                    File[] extracted = Loader.cacheResources(torch.class, candidate);
                    if (extracted.length > 0) {
                        break;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot unpack libtorch into the native cache (~/.javacpp/cache); free some disk space or set"
                            + " -Dorg.bytedeco.javacpp.cachedir: " + e.getMessage(),
                    e);
        }
        Loader.load(torch.class);
    }
}
