package dev.fovea.models.weights;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The folder where published weights lie once they were fetched: {@code $FOVEA_HOME/weights}, or {@code ~/.cache/fovea/weights}. */
public record WeightsFolder(Path path) {
    /** Where this user's weights lie; the system property {@code fovea.home} goes before the variable. */
    public static WeightsFolder standard() {
        String home = System.getProperty("fovea.home", System.getenv("FOVEA_HOME"));
        var folder = home == null || home.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "fovea")
                : Path.of(home);
        return new WeightsFolder(folder.resolve("weights"));
    }

    /** Where a file of weights lies, or would. */
    public Path place(PublishedWeights weights) {
        return path.resolve(weights.fileName());
    }

    /** The file, if it was fetched or put there. */
    public Optional<Path> find(PublishedWeights weights) {
        return Optional.of(place(weights)).filter(Files::isRegularFile);
    }

    /** The file; where it is not there yet, the error says how to fetch it. */
    public Path require(PublishedWeights weights) throws NoSuchFileException {
        return find(weights)
                .orElseThrow(() -> new NoSuchFileException(
                        place(weights).toString(),
                        null,
                        "the published weights of " + weights.model() + " are not here yet; run 'fovea pull "
                                + (weights.preferred() ? weights.model() : weights.name()) + "', or put "
                                + weights.address() + " into " + path));
    }
}
