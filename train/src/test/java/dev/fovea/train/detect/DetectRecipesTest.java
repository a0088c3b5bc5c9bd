package dev.fovea.train.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.models.Models;
import dev.fovea.nn.Init;
import dev.fovea.train.recipe.RecipeTree;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Augmentation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The recipes that come with the project, as far as they can be checked without training. */
class DetectRecipesTest {
    private static final Path FOLDER = Path.of("..", "recipes", "detect");

    private static List<Path> recipes() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> every_recipe_can_be_read_and_its_network_built() throws IOException {
        return recipes().stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
    }

    private static void check(Path file) throws IOException {
        var recipe = RecipeTree.of(DetectRecipe.defaults()).withFile(file).as(DetectRecipe.class);
        var data = recipe.data();
        int side = data.size() == null ? 64 : data.size();
        if (!data.augment().equals("auto")) {
            assertThat(Augmentation.parse(data.augment(), Size.square(side)).steps())
                    .isNotEmpty();
        }
        var model = recipe.model();
        try (var unset = Init.off();
                var network = Models.buildDetector(DetectPlan.spec(model.name(), model.options(), data.size(), 3))) {
            assertThat(network.parameterCount()).isPositive();
        }
    }

    @Test
    void every_recipe_says_whence_it_is_and_how_it_is_run() throws IOException {
        for (var file : recipes()) {
            var head = Files.readAllLines(file).stream()
                    .takeWhile(l -> l.startsWith("#"))
                    .toList();
            assertThat(String.join("\n", head))
                    .as(file.toString())
                    .containsPattern("et al\\. (19|20)\\d\\d")
                    .contains("./fovea train detect --recipe recipes/detect/" + file.getFileName());
        }
    }
}
