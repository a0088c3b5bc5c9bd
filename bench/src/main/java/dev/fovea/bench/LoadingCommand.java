package dev.fovea.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** From files to tensors. */
@Command(
        name = "loading",
        mixinStandardHelpOptions = true,
        description =
                "JPEG files to normalised 224x224 tensors (shortest side to 256, centre crop), a whole pass over a folder"
                        + " each time: Fovea's loader, ImageIO, Pillow through torchvision's loader.")
final class LoadingCommand implements Callable<Integer> {
    @Mixin
    private RaceFlags flags;

    @Parameters(paramLabel = "FOLDER", description = "A folder with a folder of JPEG files for each class.")
    private Path folder;

    @Override
    public Integer call() throws IOException {
        checkFolder(folder);
        String threads = String.valueOf(flags.threads);
        String path = folder.toString();
        flags.run(
                "from JPEG files to normalised 224x224 tensors",
                List.of(
                        new Contender("fovea", Commands.java("fovea-loading", path, threads)),
                        new Contender("imageio", Commands.java("imageio-loading", path, threads)),
                        new Contender("python", Commands.python(flags.python, "loading", path, threads))),
                1,
                2);
        return 0;
    }

    static void checkFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder + " (give a folder with a folder of JPEG files for each class)");
        }
    }
}
